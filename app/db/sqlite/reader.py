"""The threads that run units of work that only read."""

from collections.abc import Callable
from threading import Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from app.db.sqlite.engine import ThreadConnection, driver_of
from app.db.sqlite.errors import unavailable
from app.db.sqlite.inbox import Inbox, Unit, joined, settle, started

T = TypeVar("T")


class Reader:
    """A number of threads with one inbox.

    A thread takes up to `together` waiting units of work and answers them together. That wakes the event loop once
    for all of them, which is a large part of the cost of a short read. Long reads are better taken one by one.
    """

    def __init__(self, engine: Engine, *, threads: int, together: int) -> None:
        self._engine = engine
        self._inbox = Inbox()
        self._limit = threads
        self._together = together
        self._threads: list[Thread] = []

    async def run(self, work: Callable[[Connection], T], *, snapshot: bool) -> T:
        """Runs the work on any free thread; with `snapshot`, inside one transaction."""
        if len(self._threads) < self._limit:
            self._threads.append(started(self._serve, f"sqlite-reader-{len(self._threads)}"))
        unit = Unit(work, snapshot=snapshot)
        self._inbox.put(unit)
        return await unit.result()

    async def stop(self) -> None:
        """Ends the threads after their current work. The next unit of work starts them again."""
        threads, self._threads = self._threads, []
        for _ in threads:
            self._inbox.stop()
        await joined(threads)

    def _serve(self) -> None:
        thread = ThreadConnection(self._engine, "PRAGMA query_only = ON")
        while units := self._inbox.take(self._together):
            for unit in units:
                _read(thread, unit)
            settle(units)
        thread.close()


def _read(thread: ThreadConnection, unit: Unit[Any]) -> None:
    try:
        connection = thread.open()
        if unit.snapshot:
            driver_of(connection).execute("BEGIN")
    except Exception as error:  # noqa: BLE001 - it is raised again where the work was given
        unit.error = unavailable(error)
        return
    unit.attempt(connection)
    connection.rollback()
