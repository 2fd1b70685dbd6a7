"""Units of work on their way to a thread and back."""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from app.db.sqlite.errors import translated

T = TypeVar("T")


class Unit(Generic[T]):
    """A unit of work that a task waits for. A thread attempts it; `settle` tells the task."""

    __slots__ = ("_future", "_outcome", "_work", "error", "loop", "waiting_since")

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self.waiting_since = time.monotonic()
        self.error: Exception | None = None
        self.loop = asyncio.get_running_loop()
        self._work = work
        self._outcome: Any = None
        self._future: asyncio.Future[T] = self.loop.create_future()

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
            self.error = translated(error)

    def tell(self) -> None:
        """Passes the result or the error to the caller. The event loop calls it."""
        if self._future.done():
            return
        if self.error is None:
            self._future.set_result(self._outcome)
        else:
            self._future.set_exception(self.error)


def settle(units: Iterable[Unit[Any]]) -> None:
    """Tells the callers of these units of work, and wakes each event loop once for all of them. The thread calls it."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Unit[Any]]] = {}
    for unit in units:
        by_loop.setdefault(unit.loop, []).append(unit)
    for loop, of_this_loop in by_loop.items():
        with suppress(RuntimeError):  # the event loop was closed, so nobody is waiting any more
            loop.call_soon_threadsafe(_tell_all, of_this_loop)


def _tell_all(units: Iterable[Unit[Any]]) -> None:
    for unit in units:
        unit.tell()


class Inbox:
    """The units of work that wait for a free thread."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Unit[Any] | None] = SimpleQueue()

    def put(self, unit: Unit[Any]) -> None:
        """Appends a unit of work."""
        self._queue.put(unit)

    def stop(self, threads: int) -> None:
        """Ends so many threads after everything that waits now. Nothing may be put afterwards."""
        for _ in range(threads):
            self._queue.put(None)

    def take(self, at_most: int) -> list[Unit[Any]]:
        """Waits for a unit of work and returns it with those that wait behind it. An empty list means: stop."""
        units: list[Unit[Any]] = []
        with suppress(Empty):
            unit = self._queue.get()
            while unit is not None:
                if not unit.is_abandoned:
                    units.append(unit)
                if len(units) == at_most:
                    return units
                unit = self._queue.get_nowait() if units else self._queue.get()
            if units:
                self._queue.put(None)  # stop after these
        return units

    def take_older_than(self, moment: float) -> list[Unit[Any]]:
        """Returns the waiting units of work that came before this moment of the monotonic clock."""
        older: list[Unit[Any]] = []
        younger: list[Unit[Any] | None] = []
        with suppress(Empty):
            while True:
                unit = self._queue.get_nowait()
                if unit is not None and unit.waiting_since < moment:
                    older.append(unit)
                else:
                    younger.append(unit)
        for kept in younger:
            self._queue.put(kept)
        return older


class Threads:
    """Threads that take units of work from one inbox, in batches, until they are stopped."""

    def __init__(self, serve: Callable[[Inbox], None], *, limit: int, name: str) -> None:
        self._serve = serve
        self._limit = limit
        self._name = name
        self._threads: list[Thread] = []
        self.inbox = Inbox()

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Runs the work on a free thread, and returns when it is settled."""
        if len(self._threads) < self._limit:
            # A daemon: a database that nobody disposes of does not keep the process alive.
            thread = Thread(target=self._serve, args=(self.inbox,), name=self._name, daemon=True)
            thread.start()
            self._threads.append(thread)
        unit = Unit(work)
        self.inbox.put(unit)
        return await unit.result()

    async def stop(self) -> None:
        """Ends the threads after all work that was given to them. Later work goes to new threads and a new inbox."""
        threads, self._threads = self._threads, []
        inbox, self.inbox = self.inbox, Inbox()
        inbox.stop(len(threads))
        for thread in threads:
            await asyncio.to_thread(thread.join)
