"""Units of work on PostgreSQL, through asyncpg. Instead of a ping before each one, a lost connection causes a retry."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import greenlet_spawn

from app.db.errors import CommitOutcomeUnknown, DatabaseUnavailable, reason_of
from app.db.json_columns import JSON_OPTIONS

T = TypeVar("T")
_CONNECT_TIMEOUT_S = 5
# In UTC, because PostgreSQL writes moments inside JSON in the time zone of the session.
_SERVER_SETTINGS = {"application_name": "waybill", "timezone": "UTC"}


class PostgresUnits:
    """Runs units of work on pooled connections, in the caller's task.

    A unit of work runs in one greenlet from the checkout of its connection to the return. One greenlet for each of
    these steps, as `AsyncConnection` has it, costs as much again as the statement of a read.
    """

    def __init__(self, url: str, *, pool_size: int) -> None:
        self._async_engine = postgres_engine(url, pool_size=pool_size)
        self.engine: Engine = self._async_engine.sync_engine
        self._querying = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reading = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    async def query(self, work: Callable[[Connection], T]) -> T:
        return await greenlet_spawn(_once_more_if_lost, self._querying, work, False)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await greenlet_spawn(_once_more_if_lost, self._reading, work, False)

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await greenlet_spawn(_once_more_if_lost, self.engine, work, True)

    async def dispose(self) -> None:
        await self._async_engine.dispose()


class _ConnectionLostError(Exception):
    """The connection was lost before the commit, so the server has rolled the transaction back."""


def _once_more_if_lost(engine: Engine, work: Callable[[Connection], T], commit: bool) -> T:
    """Runs the work, and runs it again on a new connection if a pooled one turns out to be dead.

    SQLAlchemy discards the whole pool when it finds a dead connection, so the second run gets a new one.
    """
    try:
        return _run(engine, work, commit=commit)
    except _ConnectionLostError:
        pass
    try:
        return _run(engine, work, commit=commit)
    except _ConnectionLostError as error:
        raise DatabaseUnavailable(str(error)) from error.__cause__


def _run(engine: Engine, work: Callable[[Connection], T], *, commit: bool) -> T:
    connection = _connection(engine)
    try:
        result = work(connection)
        if commit:
            _commit(connection)
    except DBAPIError as error:
        if error.connection_invalidated:
            raise _ConnectionLostError(reason_of(error)) from error
        raise
    finally:
        connection.close()
    return result


def _connection(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except Exception as error:
        raise DatabaseUnavailable(reason_of(error)) from error


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise CommitOutcomeUnknown(reason_of(error)) from error
        raise


def postgres_engine(url: str, **options: Any) -> AsyncEngine:
    """Returns an engine for PostgreSQL through asyncpg."""
    return create_async_engine(
        url,
        connect_args={"timeout": _CONNECT_TIMEOUT_S, "server_settings": _SERVER_SETTINGS},
        **JSON_OPTIONS,
        **options,
    )
