"""The threads that run units of work that only read."""

from typing import Any

from sqlalchemy import Engine

from app.db.sqlite.engine import driver_of
from app.db.sqlite.inbox import Inbox, Threads, Unit, settle
from app.db.sqlite.thread_connection import ThreadConnection


class Reader(Threads):
    """A number of threads that read, with `snapshot` each unit of work inside one transaction.

    A thread takes up to `together` waiting units of work and answers them together. That wakes the event loop once
    for all of them, which is a large part of the cost of a short read. Long reads are better taken one by one.
    """

    def __init__(self, engine: Engine, *, threads: int, together: int, snapshot: bool) -> None:
        super().__init__(self._read_all, limit=threads, name="sqlite-reader")
        self._engine = engine
        self._together = together
        self._snapshot = snapshot

    def _read_all(self, inbox: Inbox) -> None:
        with ThreadConnection(self._engine, "PRAGMA query_only = ON") as thread:
            while units := inbox.take(self._together):
                for unit in units:
                    self._read(thread, unit)
                settle(units)

    def _read(self, thread: ThreadConnection, unit: Unit[Any]) -> None:
        with thread.failing([unit]):
            connection = thread.open()
            driver = driver_of(connection)
            if self._snapshot:
                driver.execute("BEGIN")
            unit.attempt(connection)
            connection.rollback()
            driver.rollback()  # SQLAlchemy does nothing if the work did not use the connection
