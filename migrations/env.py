"""Runs the migrations, for `waybill migrate`, for Alembic's own command line and for the tests.

The first of these that is set names the database: `config.attributes["connection"]`, `sqlalchemy.url` of the
configuration, `DATABASE_URL`. `config.attributes["on_step"]` is called with every revision that was applied.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any

from alembic import context
from alembic.runtime.migration import MigrationContext, MigrationInfo
from sqlalchemy import Connection, text
from sqlalchemy.pool import NullPool

import app.db.tables  # noqa: F401 - fills Base.metadata
from app.config.settings import load_settings
from app.db.base import Base
from app.db.postgres import postgres_engine
from app.db.sqlite.engine import driver_of, sqlite_engine

config = context.config
_ONE_MIGRATION_AT_A_TIME = 7_262_918_455
_OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "compare_server_default": True,
    "transactional_ddl": True,
}


def main() -> None:
    if config.cmd_opts is not None:
        logging.basicConfig(format="%(message)s")
        logging.getLogger("alembic").setLevel(logging.INFO)
    connection = config.attributes.get("connection")
    if connection is not None:
        migrate(connection)
    elif context.is_offline_mode():
        context.configure(url=database_url(), literal_binds=True, **_OPTIONS)
        with context.begin_transaction():
            context.run_migrations()
    else:
        connect_and_migrate(database_url())


def database_url() -> str:
    return config.get_main_option("sqlalchemy.url") or load_settings().database_url


def connect_and_migrate(url: str) -> None:
    if url.startswith("sqlite"):
        with sqlite_engine(url, foreign_keys=False).connect() as connection:
            driver_of(connection).execute("BEGIN IMMEDIATE")
            migrate(connection)
    else:
        asyncio.run(connect_and_migrate_postgres(url))


async def connect_and_migrate_postgres(url: str) -> None:
    async with postgres_engine(url, poolclass=NullPool).connect() as connection:
        await connection.run_sync(migrate)


def migrate(connection: Connection) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    context.configure(connection=connection, render_as_batch=is_sqlite, on_version_apply=report, **_OPTIONS)
    with context.begin_transaction():
        if not is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_ONE_MIGRATION_AT_A_TIME})"))
        context.run_migrations()
        if is_sqlite:
            refuse_orphans(connection)


def report(
    ctx: MigrationContext,
    step: MigrationInfo,
    heads: Collection[Any],
    run_args: Mapping[str, Any],
) -> None:
    on_step: Callable[[str], None] | None = config.attributes.get("on_step")
    if on_step is not None:
        on_step(step.up_revision_id or step.down_revision_ids[0])


def refuse_orphans(connection: Connection) -> None:
    """Raises RuntimeError for rows that refer to nothing. Foreign keys are off while SQLite's tables are rebuilt."""
    orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
    if orphans:
        raise RuntimeError(f"the migration would leave rows that refer to nothing: {orphans[:5]}")


main()
