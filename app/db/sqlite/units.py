"""Units of work on SQLite, each in one hop to a thread."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Engine

from app.db.sqlite.engine import BUSY_TIMEOUT_S, sqlite_engine
from app.db.sqlite.reader import Reader
from app.db.sqlite.writer import Writer

T = TypeVar("T")

LONG_READERS = 2
"""Threads for reads that may take long, beside the one for short reads."""

READ_TOGETHER = 8
"""The most short reads that are answered together."""


class SqliteUnits:
    """The way to run each unit of work in one hop to a thread that keeps its connection open."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = sqlite_engine(url)
        # One thread for short reads: several would mostly wait for each other, because Python runs one at a time.
        self._short_reader = Reader(self.engine, threads=1, together=READ_TOGETHER, snapshot=False)
        self._long_reader = Reader(self.engine, threads=LONG_READERS, together=1, snapshot=True)
        self._writer = Writer(self.engine, patience_s=BUSY_TIMEOUT_S)

    async def query(self, work: Callable[[Connection], T]) -> T:
        return await self._short_reader.run(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self._long_reader.run(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await self._writer.run(work)

    async def dispose(self) -> None:
        await self._writer.stop()
        await self._short_reader.stop()
        await self._long_reader.stop()
