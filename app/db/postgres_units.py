"""Units of work on PostgreSQL, through asyncpg. Instead of a ping before each one, a lost connection causes a retry."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.db.errors import CommitOutcomeUnknown, DatabaseUnavailable, reason_of
from app.db.json_columns import JSON_OPTIONS

T = TypeVar("T")
_CONNECT_TIMEOUT_S = 5


class PostgresUnits:
    """The way to run units of work on pooled connections, in the caller's task."""

    def __init__(self, url: str, *, pool_size: int, echo: bool) -> None:
        self._writing = postgres_engine(url, pool_size=pool_size, echo=echo)
        self._querying = self._writing.execution_options(isolation_level="AUTOCOMMIT")
        self._reading = self._writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def engine(self) -> Engine:
        return self._writing.sync_engine

    async def query(self, work: Callable[[Connection], T]) -> T:
        return await _once_more_if_lost(self._querying, work, commit=False)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await _once_more_if_lost(self._reading, work, commit=False)

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await _once_more_if_lost(self._writing, work, commit=True)

    async def dispose(self) -> None:
        await self._writing.dispose()


class _ConnectionLostError(Exception):
    """The connection was lost before the commit, so the server has rolled the transaction back."""


async def _once_more_if_lost(engine: AsyncEngine, work: Callable[[Connection], T], *, commit: bool) -> T:
    """Runs the work, and runs it once more on a new connection if the pooled one turns out to be dead.

    SQLAlchemy discards the whole pool when it finds a dead connection, so the second run gets a new one.
    """
    try:
        return await _run(engine, work, commit=commit)
    except _ConnectionLostError:
        pass
    try:
        return await _run(engine, work, commit=commit)
    except _ConnectionLostError as error:
        raise DatabaseUnavailable(str(error)) from error.__cause__


async def _run(engine: AsyncEngine, work: Callable[[Connection], T], *, commit: bool) -> T:
    connection = await _connection(engine)
    try:
        result = await connection.run_sync(work)
        if commit:
            await _commit(connection)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise _ConnectionLostError(reason_of(error)) from error
        raise
    finally:
        await connection.close()
    return result


async def _connection(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except Exception as error:
        raise DatabaseUnavailable(reason_of(error)) from error


async def _commit(connection: AsyncConnection) -> None:
    try:
        await connection.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise CommitOutcomeUnknown(reason_of(error)) from error
        raise


def postgres_engine(url: str, **options: Any) -> AsyncEngine:
    """Returns an engine for PostgreSQL through asyncpg."""
    return create_async_engine(
        url,
        connect_args={"timeout": _CONNECT_TIMEOUT_S, "server_settings": {"application_name": "waybill"}},
        **JSON_OPTIONS,
        **options,
    )
