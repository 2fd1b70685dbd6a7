"""The thread that writes, and shares commits."""

import sqlite3
import time
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from app.db.errors import DatabaseUnavailable, reason_of
from app.db.sqlite.engine import ThreadConnection, driver_of
from app.db.sqlite.errors import unavailable
from app.db.sqlite.inbox import Inbox, Unit, joined, settle, started

T = TypeVar("T")

COMMIT_TOGETHER = 64
"""The most units of work that share one commit, so that the lock is not held for long."""


class Writer:
    """The one thread that writes. Units of work that wait at the same time share one commit.

    A commit waits for the disk, which is most of the cost of a small change. Each unit of work runs in its own
    savepoint, so one that fails does not affect the others. No caller gets a result before the commit.
    """

    def __init__(self, engine: Engine, *, patience_s: float) -> None:
        self._engine = engine
        self._inbox = Inbox()
        self._patience_s = patience_s
        self._thread: Thread | None = None

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Runs the work when it is its turn, and returns after the commit."""
        if self._thread is None:
            self._thread = started(self._serve, "sqlite-writer")
        unit = Unit(work)
        self._inbox.put(unit)
        return await unit.result()

    async def stop(self) -> None:
        """Ends the thread after all work that was given to it. The next unit of work starts it again."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._inbox.stop()
            await joined([thread])

    def _serve(self) -> None:
        thread = ThreadConnection(self._engine)
        while units := self._inbox.take(COMMIT_TOGETHER):
            self._run_together(thread, units)
            settle(units)
        thread.close()

    def _run_together(self, thread: ThreadConnection, units: Sequence[Unit[Any]]) -> None:
        try:
            connection = thread.open()
            driver = driver_of(connection)
            driver.execute("BEGIN IMMEDIATE")
        except Exception as error:  # noqa: BLE001 - it is raised again where the work was given
            self._refuse(units, unavailable(error))
            return
        if len(units) == 1:
            _attempt_alone(connection, units[0])
        else:
            _attempt_in_savepoints(connection, driver, units)
        _commit(connection, driver, units)

    def _refuse(self, units: Sequence[Unit[Any]], error: Exception) -> None:
        """Fails the units of work that could not begin, and those behind them that have waited long enough already."""
        behind = self._inbox.take_older_than(time.monotonic() - self._patience_s / 2)
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
            _fail_all(units, unit.error)
            return
        if unit.error is not None or unit.is_abandoned:
            driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")


def _commit(connection: Connection, driver: sqlite3.Connection, units: Sequence[Unit[Any]]) -> None:
    try:
        connection.commit()
        if driver.in_transaction:  # no unit of work used the connection, so SQLAlchemy committed nothing
            driver.commit()
    except Exception as error:  # noqa: BLE001 - it is raised again where the work was given
        _fail_all(units, error)
        connection.rollback()
        driver.rollback()


def _fail_all(units: Sequence[Unit[Any]], cause: Exception | None) -> None:
    """Fails all units of work that share a commit, because the commit failed."""
    reason = reason_of(cause) if cause is not None else "SQLite rolled the transaction back"
    for unit in units:
        unit.error = unit.error or DatabaseUnavailable(reason)
