"""What the commands for accounts share."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from app.auth.account_service import AccountService
from app.auth.passwords import Passwords
from app.cli.console import say
from app.config.settings import Settings, load_settings
from app.db.database import Database
from app.db.schema_version import require_current_schema

T = TypeVar("T")

UsernameArgument = Annotated[str, typer.Argument(show_default=False)]


def with_accounts(work: Callable[[AccountService], Awaitable[T]]) -> T:
    """Runs the work with the accounts of the configured database."""
    return with_database(lambda database, settings: work(AccountService(database, Passwords.of(settings))))


def with_database(work: Callable[[Database, Settings], Awaitable[T]]) -> T:
    """Runs the work with the configured database; raises `SchemaMismatch` unless it has the schema of this version."""
    return asyncio.run(_run(load_settings(), work))


async def _run(settings: Settings, work: Callable[[Database, Settings], Awaitable[T]]) -> T:
    database = Database(settings.database_url)
    try:
        await require_current_schema(database)
        return await work(database, settings)
    finally:
        await database.dispose()


def say_when_tokens_end(username: str) -> None:
    """Says that the change does not end the tokens that the account has already."""
    ttl = load_settings().token_ttl
    say(
        f"A token that {username} has already stays valid until it expires, within {ttl} seconds (WAYBILL_TOKEN_TTL), "
        "or as long as `waybill token --ttl` said."
    )
