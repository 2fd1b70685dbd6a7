"""Connections to SQLite as this service uses it: one file in WAL mode, and transactions that say how they begin."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from app.db.json_columns import JSON_OPTIONS

BUSY_TIMEOUT_S = 5
"""How long a statement waits for a lock that another process holds."""


def sqlite_engine(url: str, *, foreign_keys: bool = True, echo: bool = False) -> Engine:
    """Returns an engine for an SQLite file: WAL, a wait for locks, and no transactions of the driver's own.

    Its user begins transactions by `driver_of(connection).execute("BEGIN IMMEDIATE")`, because the driver would begin
    them late. Migrations turn `foreign_keys` off: rebuilding a table would delete the rows that refer to it.
    """
    engine = create_engine(url, echo=echo, poolclass=NullPool, **JSON_OPTIONS)

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
    """Returns the connection of the driver below, for the statements around a unit of work."""
    driver: Any = connection.connection.dbapi_connection
    assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - the only driver that this engine uses
    return driver
