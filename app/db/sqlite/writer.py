"""The thread that writes, and shares commits."""

import sqlite3
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine

from app.db.errors import DatabaseUnavailable, reason_of
from app.db.sqlite.engine import driver_of
from app.db.sqlite.errors import unavailable
from app.db.sqlite.inbox import Inbox, Threads, Unit, settle
from app.db.sqlite.thread_connection import ThreadConnection

COMMIT_TOGETHER = 64
"""The most units of work that share one commit, so that the lock is not held for long."""


class Writer(Threads):
    """The one thread that writes. Units of work that wait at the same time share one commit.

    A commit waits for the disk, which is most of the cost of a small change. Each unit of work runs in its own
    savepoint, so one that fails does not affect the others. No caller gets a result before the commit.
    """

    def __init__(self, engine: Engine, *, patience_s: float) -> None:
        super().__init__(self._write_all, limit=1, name="sqlite-writer")
        self._engine = engine
        self._patience_s = patience_s

    def _write_all(self, inbox: Inbox) -> None:
        with ThreadConnection(self._engine) as thread:
            while units := inbox.take(COMMIT_TOGETHER):
                with thread.failing(units):
                    self._write(thread, units, inbox)
                settle(units)

    def _write(self, thread: ThreadConnection, units: Sequence[Unit[Any]], inbox: Inbox) -> None:
        try:
            connection = thread.open()
            driver = driver_of(connection)
            driver.execute("BEGIN IMMEDIATE")
        except Exception as error:  # noqa: BLE001 - it is raised again where the work was given
            self._refuse(units, inbox, unavailable(error))
            return
        if len(units) == 1:
            _attempt_alone(connection, units[0])
        else:
            _attempt_in_savepoints(connection, driver, units)
        _commit(connection, driver, units)

    def _refuse(self, units: Sequence[Unit[Any]], inbox: Inbox, error: Exception) -> None:
        """Fails the units of work that could not begin, and those behind them that have waited long enough already."""
        behind = inbox.take_older_than(time.monotonic() - self._patience_s / 2)
        for unit in (*units, *behind):
            unit.error = error
        settle(behind)


def _attempt_alone(connection: Connection, unit: Unit[Any]) -> None:
    unit.attempt(connection)
    if unit.error is not None or unit.is_abandoned:
        connection.rollback()


def _attempt_in_savepoints(connection: Connection, driver: sqlite3.Connection, units: Sequence[Unit[Any]]) -> None:
    for unit in units:
        driver.execute("SAVEPOINT unit")
        unit.attempt(connection)
        if not driver.in_transaction:  # SQLite itself has rolled everything back, for example because the disk is full
            raise DatabaseUnavailable(reason_of(unit.error) if unit.error else "SQLite rolled the transaction back")
        if unit.error is not None or unit.is_abandoned:
            driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")


def _commit(connection: Connection, driver: sqlite3.Connection, units: Sequence[Unit[Any]]) -> None:
    connection.commit()
    if driver.in_transaction:  # no unit of work used the connection, so SQLAlchemy committed nothing
        driver.commit()
