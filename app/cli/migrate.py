"""`waybill migrate`: brings the schema to the newest revision."""

import asyncio

from app.cli.console import say
from app.config.database_url import masked
from app.config.settings import load_settings
from app.db.database import Database
from app.db.schema_version import (
    SchemaMismatch,
    SchemaState,
    head_revision,
    make_sqlite_directory,
    revision_title,
    schema_state,
    upgrade,
)


def migrate() -> None:
    """Bring the database's schema to the newest revision. Does nothing if it is there already."""
    migrate_database(load_settings().database_url)


def migrate_database(url: str) -> None:
    """Upgrades the schema and prints each step; raises `SchemaMismatch` for a database of a newer version."""
    make_sqlite_directory(url)
    state = asyncio.run(_state(url))
    if state.flaw is None:
        say(f"The schema is at {state.head} already.")
        return
    if not state.is_known:
        raise SchemaMismatch(state.flaw)
    say(f"Migrating {masked(url)}")
    upgrade(url, on_step=lambda revision: say(f"  {revision}  {revision_title(revision)}"))
    say(f"The schema is at {head_revision()}.")


async def _state(url: str) -> SchemaState:
    database = Database(url)
    try:
        await database.ping()  # raises if it cannot be reached or, for SQLite, created
        return await schema_state(database)
    finally:
        await database.dispose()
