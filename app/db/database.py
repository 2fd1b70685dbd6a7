"""The database: the declarative base, the engine and the two kinds of unit of work."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, MetaData, TypeDecorator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from app.db import sqlite

_CONNECT_TIMEOUT_S = 5


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware when written (``ValueError`` otherwise), stored as UTC, aware and UTC when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of all mapped classes; its naming convention lets migrations name every constraint."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {datetime: UtcDateTime()}


class DatabaseUnavailable(Exception):  # noqa: N818 - a state of the world, told to people as such
    """A unit of work could not begin, so it changed nothing: unreachable, refused, or locked too long."""


class Database:
    """One engine and its units of work; ``dispose()`` it in the event loop that used it.

    ``url`` names an async driver, as ``Settings.database_url`` does.
    """

    def __init__(self, url: str, *, echo: bool = False, pool_size: int = 10) -> None:
        self.is_postgres = make_url(url).get_backend_name() == "postgresql"
        self.engine: AsyncEngine = (
            postgres_engine(url, echo=echo, pool_size=pool_size)
            if self.is_postgres
            else sqlite.sqlite_engine(url, echo=echo, pool_size=pool_size)
        )
        self._writing = async_sessionmaker(self.engine, expire_on_commit=False)
        self._snapshots = async_sessionmaker(self._snapshot_engine(), expire_on_commit=False)
        # SQLite has one writer at a time. Waiting for the turn here is fair and cheap; SQLite's own busy
        # handler sleeps and retries, and is left to settle matters between processes.
        self._turn: AbstractAsyncContextManager[Any] = nullcontext() if self.is_postgres else asyncio.Lock()

    def transaction(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A unit of work that writes: commits when the block ends, rolls back when it raises.

        On SQLite it holds the write lock from its first statement. Never nest two in one task.
        """
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        async with self._turn, self._begun(self._writing) as session:
            yield session
            await session.commit()

    def reading(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A unit of work that only reads: all its statements see one snapshot, and it locks nobody out."""
        return self._begun(self._snapshots)

    @asynccontextmanager
    async def _begun(self, sessions: async_sessionmaker[AsyncSession]) -> AsyncIterator[AsyncSession]:
        async with sessions() as session:
            try:
                await session.connection()
            except Exception as error:
                raise DatabaseUnavailable(_reason(error)) from error
            yield session

    @property
    def missing_file(self) -> Path | None:
        """The SQLite file if it does not exist; opening the database would make it."""
        file = Path(self.engine.url.database or "")
        return None if self.is_postgres or file.exists() else file

    async def dispose(self) -> None:
        """Close every idle connection."""
        await self.engine.dispose()

    def _snapshot_engine(self) -> AsyncEngine:
        if not self.is_postgres:
            return self.engine.execution_options(**{sqlite.BEGIN: "DEFERRED"})
        return self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def postgres_engine(url: str, **options: Any) -> AsyncEngine:
    """An engine for PostgreSQL through asyncpg; a connection that died while idle is replaced unnoticed."""
    return create_async_engine(
        url,
        pool_pre_ping=True,
        connect_args={"timeout": _CONNECT_TIMEOUT_S, "server_settings": {"application_name": "waybill"}},
        **options,
    )


def _reason(error: Exception) -> str:
    """The driver's own words: SQLAlchemy's add the statement and a link."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return str(cause) or type(cause).__name__
