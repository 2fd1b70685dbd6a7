"""The threads that run units of work on SQLite: several readers, and one writer that shares its commits."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from app.db.errors import DatabaseUnavailable, reason_of
from app.db.sqlite_engine import driver_of

T = TypeVar("T")

COMMIT_TOGETHER = 64
"""How many waiting units of work may share one commit. The limit keeps the lock from being held for long."""

# The primary result codes that concern the file or its locks, not the statement.
_UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
    }
)


class _Unit(Generic[T]):
    """A unit of work on its way to a thread and back."""

    __slots__ = ("_future", "_loop", "_outcome", "_work", "error", "snapshot", "waiting_since")

    def __init__(self, work: Callable[[Connection], T], *, snapshot: bool = True) -> None:
        self.snapshot = snapshot
        self.waiting_since = time.monotonic()
        self.error: Exception | None = None
        self._work = work
        self._outcome: Any = None
        self._loop = asyncio.get_running_loop()
        self._future: asyncio.Future[T] = self._loop.create_future()

    async def result(self) -> T:
        return await self._future

    @property
    def is_abandoned(self) -> bool:
        """Whether the caller was cancelled."""
        return self._future.cancelled()

    def attempt(self, connection: Connection) -> None:
        """Runs the work and stores its result or its error. The thread calls it."""
        try:
            self._outcome = self._work(connection)
        except Exception as error:  # noqa: BLE001 - it is raised again where the work was given
            self.error = _translated(error)

    def settle(self) -> None:
        """Passes the result or the error to the caller. The thread calls it."""
        with suppress(RuntimeError):  # the event loop was closed, so nobody is waiting any more
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        if self._future.done():
            return
        if self.error is None:
            self._future.set_result(self._outcome)
        else:
            self._future.set_exception(self.error)


Inbox = SimpleQueue["_Unit[Any] | None"]


class Reader:
    """The threads that run units of work that only read."""

    def __init__(self, engine: Engine, *, threads: int) -> None:
        self._engine = engine
        self._inbox: Inbox = SimpleQueue()
        self._limit = threads
        self._threads: list[Thread] = []

    async def run(self, work: Callable[[Connection], T], *, snapshot: bool) -> T:
        """Runs the work on any free thread; with `snapshot`, inside one transaction."""
        if len(self._threads) < self._limit:
            self._threads.append(_started(self._serve, f"sqlite-reader-{len(self._threads)}"))
        unit = _Unit(work, snapshot=snapshot)
        self._inbox.put(unit)
        return await unit.result()

    async def stop(self) -> None:
        """Ends the threads after their current work. The next unit of work starts them again."""
        threads, self._threads = self._threads, []
        for _ in threads:
            self._inbox.put(None)
        await _joined(threads)

    def _serve(self) -> None:
        thread = _ThreadConnection(self._engine, "PRAGMA query_only = ON")
        while (unit := self._inbox.get()) is not None:
            if not unit.is_abandoned:
                self._read(thread, unit)
                unit.settle()
        thread.close()

    def _read(self, thread: "_ThreadConnection", unit: _Unit[Any]) -> None:
        try:
            connection = thread.open()
            if unit.snapshot:
                driver_of(connection).execute("BEGIN")
        except Exception as error:  # noqa: BLE001 - it is raised again where the work was given
            unit.error = _unavailable(error)
            return
        unit.attempt(connection)
        connection.rollback()


class Writer:
    """The one thread that writes. Units of work that wait at the same time share one commit.

    A commit waits for the disk, which is most of the cost of a small change. Each unit of work runs in its own
    savepoint, so one that fails does not affect the others. No caller gets a result before the commit.
    """

    def __init__(self, engine: Engine, *, patience_s: float) -> None:
        self._engine = engine
        self._inbox: Inbox = SimpleQueue()
        self._patience_s = patience_s
        self._thread: Thread | None = None

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Runs the work when it is its turn, and returns after the commit."""
        if self._thread is None:
            self._thread = _started(self._serve, "sqlite-writer")
        unit = _Unit(work)
        self._inbox.put(unit)
        return await unit.result()

    async def stop(self) -> None:
        """Ends the thread after all work that was given to it. The next unit of work starts it again."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._inbox.put(None)
            await _joined([thread])

    def _serve(self) -> None:
        thread = _ThreadConnection(self._engine)
        while units := self._waiting():
            self._run_together(thread, units)
            for unit in units:
                unit.settle()
        thread.close()

    def _waiting(self) -> list[_Unit[Any]]:
        """Waits for a unit of work and returns it with those that wait behind it. An empty list means: stop."""
        units: list[_Unit[Any]] = []
        try:
            unit = self._inbox.get()
            while unit is not None:
                if not unit.is_abandoned:
                    units.append(unit)
                if len(units) == COMMIT_TOGETHER:
                    return units
                unit = self._inbox.get_nowait() if units else self._inbox.get()
        except Empty:
            return units
        if units:
            self._inbox.put(None)  # stop after these
        return units

    def _run_together(self, thread: "_ThreadConnection", units: Sequence[_Unit[Any]]) -> None:
        try:
            connection = thread.open()
            driver = driver_of(connection)
            driver.execute("BEGIN IMMEDIATE")
        except Exception as error:  # noqa: BLE001 - it is raised again where the work was given
            self._refuse(units, _unavailable(error))
            return
        if len(units) == 1:
            _attempt_alone(connection, units[0])
        else:
            _attempt_in_savepoints(connection, driver, units)
        _commit(connection, driver, units)

    def _refuse(self, units: Sequence[_Unit[Any]], error: Exception) -> None:
        """Fails the units of work that could not begin, and those behind them that have waited long enough already."""
        for unit in units:
            unit.error = error
        latest = time.monotonic() - self._patience_s / 2
        behind: list[_Unit[Any] | None] = []
        try:
            while True:
                behind.append(self._inbox.get_nowait())
        except Empty:
            pass
        for waiting in behind:
            if waiting is not None and waiting.waiting_since < latest:
                waiting.error = error
                waiting.settle()
            else:
                self._inbox.put(waiting)


def _attempt_alone(connection: Connection, unit: _Unit[Any]) -> None:
    unit.attempt(connection)
    if unit.error is not None or unit.is_abandoned:
        connection.rollback()


def _attempt_in_savepoints(connection: Connection, driver: sqlite3.Connection, units: Sequence[_Unit[Any]]) -> None:
    for unit in units:
        driver.execute("SAVEPOINT unit")
        unit.attempt(connection)
        if not driver.in_transaction:  # SQLite itself has rolled everything back, for example because the disk is full
            _fail_all(units, unit.error)
            return
        if unit.error is not None or unit.is_abandoned:
            driver.execute("ROLLBACK TO unit")
        driver.execute("RELEASE unit")


def _commit(connection: Connection, driver: sqlite3.Connection, units: Sequence[_Unit[Any]]) -> None:
    try:
        connection.commit()
        if driver.in_transaction:  # no unit of work used the connection, so SQLAlchemy committed nothing
            driver.commit()
    except Exception as error:  # noqa: BLE001 - it is raised again where the work was given
        _fail_all(units, error)
        connection.rollback()
        driver.rollback()


def _fail_all(units: Sequence[_Unit[Any]], cause: Exception | None) -> None:
    """Fails all units of work that share a commit, because the commit failed."""
    reason = reason_of(cause) if cause is not None else "SQLite rolled the transaction back"
    for unit in units:
        unit.error = unit.error or DatabaseUnavailable(reason)


class _ThreadConnection:
    """The connection of one thread, opened when it is first needed. After a failure, the next use tries again."""

    def __init__(self, engine: Engine, *pragmas: str) -> None:
        self._engine = engine
        self._pragmas = pragmas
        self._connection: Connection | None = None

    def open(self) -> Connection:
        if self._connection is None:
            connection = self._engine.connect()
            for pragma in self._pragmas:
                driver_of(connection).execute(pragma)
            self._connection = connection
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _translated(error: Exception) -> Exception:
    """Returns the error for the caller: `DatabaseUnavailable` if the file or its locks are the cause."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    return _unavailable(error) if code is not None and code & 0xFF in _UNAVAILABLE else error


def _unavailable(error: Exception) -> DatabaseUnavailable:
    unavailable = DatabaseUnavailable(reason_of(error))
    unavailable.__cause__ = error
    return unavailable


def _started(serve: Callable[[], None], name: str) -> Thread:
    thread = Thread(target=serve, name=name, daemon=True)  # a forgotten database does not keep the process alive
    thread.start()
    return thread


async def _joined(threads: Sequence[Thread]) -> None:
    for thread in threads:
        await asyncio.to_thread(thread.join)
