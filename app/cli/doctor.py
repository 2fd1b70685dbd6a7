"""`waybill doctor`: what is wrong with this installation, and how to fix it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import typer
from broadcaster import Broadcast
from rich.markup import escape

from app.api.static_files import DIST
from app.auth.accounts import all_accounts
from app.auth.principal import Role
from app.cli.console import out
from app.config.database_url import masked
from app.config.secret_key import secret_flaw
from app.config.settings import Settings, SettingsError, load_settings, unknown_variables
from app.db.database import Database
from app.db.errors import DatabaseUnavailable
from app.db.schema_version import SchemaMismatch, head_revision, require_current_schema
from app.db.serving_lock import ServingLock
from app.startup import HOW_TO_ADD_AN_ADMIN

_BROKER_SECONDS = 5
_CHANNEL = "waybill-doctor"
_CHECKOUT = Path(__file__).parents[2]
_MARKS: Final = {"ok": "[green]ok  [/]", "note": "[yellow]note[/]", "fail": "[bold red]fail[/]"}


class _Finding(Exception):  # noqa: N818 - what a check has found, not a defect
    """Something that somebody may want to change; the text says what and how."""

    mark = "note"


class _Flaw(_Finding):
    """Something that is wrong; the text says what and how to fix it."""

    mark = "fail"


def doctor() -> None:
    """Check settings, database, accounts, broker, page and tools. Says how to fix what is wrong."""
    if not asyncio.run(_examine()):
        raise typer.Exit(1)


async def _examine() -> bool:
    try:
        settings = load_settings()
    except SettingsError as error:
        for line in str(error).splitlines():
            _report("settings", "fail", line)
        return False
    checks = {
        "settings": _settings,
        "database": _database,
        "schema": _schema,
        "accounts": _accounts,
        "server": _server,
        "broker": _broker,
        "page": _page,
        "tools": _tools,
    }
    return all([await _passes(name, check, settings) for name, check in checks.items()])


async def _passes(name: str, check: Callable[[Settings], Awaitable[str]], settings: Settings) -> bool:
    try:
        _report(name, "ok", await check(settings))
    except _Finding as finding:
        for line in str(finding).splitlines():
            _report(name, finding.mark, line)
        return not isinstance(finding, _Flaw)
    return True


def _report(name: str, mark: str, text: str) -> None:
    out.print(f"{_MARKS[mark]}  {name:<9} {escape(text)}")


async def _settings(settings: Settings) -> str:
    if unknown := unknown_variables():
        raise _Flaw(f"{', '.join(unknown)}: no such setting; .env.example lists them all")
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


async def _accounts(settings: Settings) -> str:
    database = Database(settings.database_url)
    try:
        await require_current_schema(database)
        accounts = await database.query(all_accounts)
    except (DatabaseUnavailable, SchemaMismatch):
        raise _Flaw("unknown until database and schema are right") from None
    finally:
        await database.dispose()
    enabled = [account for account in accounts if account.is_enabled]
    admins = sum(account.role is Role.ADMIN for account in enabled)
    if not admins:
        finding = _Flaw if settings.environment == "production" else _Finding
        raise finding(f"no admin can sign in: run `{HOW_TO_ADD_AN_ADMIN}`")
    return f"{len(enabled)} can sign in, {admins} of them as admin"


async def _server(settings: Settings) -> str:
    holder = ServingLock(settings.database_url).holder()
    if holder is None:
        return "no process on this machine serves the database"
    return f"process {holder.pid} serves the database"


async def _broker(settings: Settings) -> str:
    """Sends a message to itself."""
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


async def _tools(_: Settings) -> str:
    """The check that `make run` begins with. Nothing that is installed needs the tools."""
    script = _CHECKOUT / "scripts" / "check-tools.sh"
    if not script.is_file():
        return "none needed: this is not a checkout"
    check = await asyncio.create_subprocess_exec("sh", str(script), stderr=asyncio.subprocess.PIPE)
    complaints = (await check.communicate())[1]
    if check.returncode:
        raise _Finding(complaints.decode(errors="replace"))
    return "as make needs them"
