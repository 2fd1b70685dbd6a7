"""Units of work on SQLite, on one writer thread and a few reader threads."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine

from app.db.sqlite_engine import BUSY_TIMEOUT_S, sqlite_engine
from app.db.sqlite_threads import Reader, Writer

T = TypeVar("T")

READERS = 3
"""The number of reader threads, which is enough to keep a slow search from holding up other reads."""


class SqliteUnits:
    """The way to run each unit of work in one hop to a thread that keeps its connection open."""

    def __init__(self, url: str, *, echo: bool) -> None:
        self.engine: Engine = sqlite_engine(url, echo=echo)
        self._reader = Reader(self.engine, threads=READERS)
        self._writer = Writer(self.engine, patience_s=BUSY_TIMEOUT_S)

    async def query(self, work: Callable[[Connection], T]) -> T:
        return await self._reader.run(work, snapshot=False)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self._reader.run(work, snapshot=True)

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await self._writer.run(work)

    async def dispose(self) -> None:
        await self._writer.stop()
        await self._reader.stop()
