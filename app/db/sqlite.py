"""SQLite as this service uses it: one file, many readers, one writer at a time."""

import asyncio
import sqlite3
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

BEGIN = "sqlite_begin"
"""The execution option that says how transactions begin: IMMEDIATE (the default) locks at once, DEFERRED reads."""

_BUSY_TIMEOUT_MS = 5000


def sqlite_engine(url: str, *, foreign_keys: bool = True, **options: Any) -> AsyncEngine:
    """An engine for an SQLite file: WAL, transactions that lock at once (DDL too), and a wait for locks.

    Migrations turn ``foreign_keys`` off, because rebuilding a table would delete what refers to it.
    """
    engine = create_async_engine(url, async_creator=partial(_connect, url), **options)

    def prepare(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver's own transaction handling begins late and commits early; _begin() does it instead.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get(BEGIN, 'IMMEDIATE')}")


class _Connection(aiosqlite.Connection):
    """Remembers when its thread will have ended."""

    stopped: asyncio.Future[Any] | None = None

    def stop(self) -> asyncio.Future[Any] | None:
        self.stopped = super().stop()
        return self.stopped


async def _connect(url: str) -> aiosqlite.Connection:
    address = make_url(url)
    arguments, keywords = address.get_dialect()().create_connect_args(address)
    connection = _Connection(partial(sqlite3.connect, *arguments, **keywords), iter_chunk_size=64)
    # A connection that was left open shall not keep the process alive.
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does
    try:
        return await connection
    except BaseException:
        # The driver does not wait for its thread here, whose last words would find a closed event loop
        # when the program ends because of this failure.
        if connection.stopped is not None:
            await connection.stopped
        raise
