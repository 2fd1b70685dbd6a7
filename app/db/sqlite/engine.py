"""The engine for SQLite: one file in WAL mode, and transactions that are begun explicitly."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from app.db.json_columns import JSON_OPTIONS

BUSY_TIMEOUT_S = 5
"""How many seconds a statement waits for a lock that another process holds."""


def sqlite_engine(url: str, *, foreign_keys: bool = True) -> Engine:
    """Returns an engine for an SQLite file. It uses WAL, waits for locks, and begins no transactions by itself.

    The caller begins a transaction with `driver_of(connection).execute("BEGIN IMMEDIATE")`, because the driver would
    begin it too late. Migrations turn `foreign_keys` off, because rebuilding a table would delete the rows that refer
    to it.
    """
    engine = create_engine(url, poolclass=NullPool, **JSON_OPTIONS)

    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    event.listen(engine, "connect", prepare)
    return engine


def driver_of(connection: Connection) -> sqlite3.Connection:
    """Returns the driver's connection, for the statements that begin and end a transaction."""
    driver: Any = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - the only driver that this engine uses
    return driver
