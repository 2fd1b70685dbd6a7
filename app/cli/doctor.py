"""``waybill doctor``: what is wrong with this installation, and how to mend it."""

import asyncio
from collections.abc import Awaitable, Callable

import typer
from broadcaster import Broadcast
from rich.markup import escape

from app.api.pages import DIST
from app.cli.console import out
from app.config.database_url import masked
from app.config.secret_key import secret_flaw
from app.config.settings import Settings, SettingsError, load_settings, unknown_variables
from app.db.database import Database
from app.db.errors import DatabaseUnavailable
from app.db.schema_version import SchemaMismatch, head_revision, require_current_schema

_BROKER_SECONDS = 5
_CHANNEL = "waybill-doctor"


class _Flaw(Exception):  # noqa: N818 - a finding, not a defect
    """What is wrong, and how to mend it."""


def doctor() -> None:
    """Check settings, database, schema, broker and page; say how to mend what is wrong."""
    if not asyncio.run(_examine()):
        raise typer.Exit(1)


async def _examine() -> bool:
    try:
        settings = load_settings()
    except SettingsError as error:
        for line in str(error).splitlines():
            _report("settings", line, well=False)
        return False
    checks = {
        "settings": _settings,
        "database": _database,
        "schema": _schema,
        "broker": _broker,
        "page": _page,
    }
    return all([await _passes(name, check, settings) for name, check in checks.items()])


async def _passes(name: str, check: Callable[[Settings], Awaitable[str]], settings: Settings) -> bool:
    try:
        _report(name, await check(settings), well=True)
    except _Flaw as flaw:
        _report(name, str(flaw), well=False)
        return False
    return True


def _report(name: str, text: str, *, well: bool) -> None:
    mark = "[green]ok  [/]" if well else "[bold red]fail[/]"
    out.print(f"{mark}  {name:<9} {escape(text)}")


async def _settings(settings: Settings) -> str:
    if unknown := unknown_variables():
        raise _Flaw(f"{', '.join(unknown)}: no such setting; .env.example has the names of all")
    try:
        secret = settings.signing_secret()
    except OSError as error:
        raise _Flaw(f"{error.filename}: {error.strerror}; set WAYBILL_SECRET_KEY or WAYBILL_VAR_DIR") from None
    if flaw := secret_flaw(secret):
        raise _Flaw(f"WAYBILL_SECRET_KEY {flaw}; production would refuse it")
    return f"{settings.environment}, secret {'set' if settings.secret_key else 'kept in ' + str(settings.var_dir)}"


async def _database(settings: Settings) -> str:
    address = masked(settings.database_url)
    database = Database(settings.database_url)
    try:
        if database.missing_file is not None:
            raise _Flaw(f"there is no file {database.missing_file}: run `waybill migrate`, or set DATABASE_URL")
        await database.ping()
    except DatabaseUnavailable as error:
        hint = "is the server running, and is DATABASE_URL right?"
        if not database.is_postgres:
            hint = "may this user write there?"
        raise _Flaw(f"{address}: {error}; {hint}") from None
    finally:
        await database.dispose()
    return address


async def _schema(settings: Settings) -> str:
    database = Database(settings.database_url)
    try:
        await require_current_schema(database)
    except SchemaMismatch as mismatch:
        raise _Flaw(str(mismatch)) from None
    except DatabaseUnavailable:
        raise _Flaw("unknown while the database cannot be reached") from None
    finally:
        await database.dispose()
    return f"at {head_revision()}, as it should be"


async def _broker(settings: Settings) -> str:
    """A message to ourselves has to come back."""
    broadcast = Broadcast(settings.broadcast_url)
    try:
        async with asyncio.timeout(_BROKER_SECONDS), broadcast, broadcast.subscribe(_CHANNEL) as messages:
            await broadcast.publish(_CHANNEL, "are you there?")
            await messages.get()
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise _Flaw(f"{settings.broadcast_url}: {reason}; check BROADCAST_URL") from error
    return f"{settings.broadcast_url} returns what is sent"


async def _page(_: Settings) -> str:
    missing = [name for name in ("index.html", "chat.html") if not (DIST / name).is_file()]
    if missing:
        raise _Flaw(f"{', '.join(missing)} missing: run `make build`")
    return f"built, in {DIST}"
