"""The database of one application, and the three ways to run a unit of work on it."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import make_url

from app.db.postgres import PostgresUnits
from app.db.sqlite.units import SqliteUnits

T = TypeVar("T")
Work = Callable[[Connection], T]
"""A unit of work: a plain function that executes statements and returns what it found.

It never commits, rolls back or keeps the connection. It runs a second time if the connection is lost before the commit,
so it must have no effect outside the database.
"""


class Units(Protocol):
    """The way in which one kind of database runs units of work."""

    @property
    def engine(self) -> Engine: ...
    def query(self, work: Work[T], /) -> Awaitable[T]: ...
    def read(self, work: Work[T], /) -> Awaitable[T]: ...
    def write(self, work: Work[T], /) -> Awaitable[T]: ...
    async def dispose(self) -> None: ...


class Database:
    """One database, which runs units of work. Call `dispose()` in the event loop that used it.

    Every unit of work raises `DatabaseUnavailable` if the database cannot be reached. `url` has the form of
    `Settings.database_url`. `pool_size` is how many connections to PostgreSQL are kept open.
    """

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.is_postgres = make_url(url).get_backend_name() == "postgresql"
        self._units: Units = PostgresUnits(url, pool_size=pool_size) if self.is_postgres else SqliteUnits(url)

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine, for code that watches statements."""
        return self._units.engine

    async def query(self, work: Work[T]) -> T:
        """Runs short read-only work without a transaction, to save round trips.

        Each statement sees its own snapshot. On SQLite such work runs one after the other, so it has to be short: what
        may look through many rows belongs into `read`.
        """
        return await self._units.query(work)

    async def read(self, work: Work[T]) -> T:
        """Runs read-only work of any length. All its statements see one snapshot, and no writer waits for it."""
        return await self._units.read(work)

    async def write(self, work: Work[T]) -> T:
        """Runs work that writes and commits it. Rolls it back if it raises.

        On SQLite, units of work run one after the other and may share a commit, but each one succeeds or fails alone.
        On PostgreSQL, they run side by side at READ COMMITTED. Raises `CommitOutcomeUnknown` if the connection is lost
        during the commit. If the caller is cancelled before the commit, nothing changes.
        """
        return await self._units.write(work)

    async def ping(self) -> None:
        """Raises `DatabaseUnavailable` unless the database answers. Creates the SQLite file if it does not exist."""
        await self.query(lambda connection: connection.exec_driver_sql("SELECT 1").close())

    @property
    def missing_file(self) -> Path | None:
        """The path of the SQLite file if it does not exist yet, else None. Opening the database would create it."""
        file = Path(self.engine.url.database or "")
        return None if self.is_postgres or file.exists() else file

    async def dispose(self) -> None:
        """Finishes the units of work that were started and closes every connection."""
        await self._units.dispose()
