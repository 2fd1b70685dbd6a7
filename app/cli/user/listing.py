"""`waybill user list`."""

import json
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from app.auth.accounts import Account
from app.auth.principal import Role
from app.cli.console import out, say
from app.cli.user.accounts import with_accounts

_COLUMNS = ("Username", "Role", "State", "Created (UTC)", "Customer", "Name")


def list_users(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    role: Annotated[Role | None, typer.Option(help="Only accounts with this role.")] = None,
) -> None:
    """List the accounts by username."""
    accounts = [
        account for account in with_accounts(lambda accounts: accounts.all()) if role is None or account.role is role
    ]
    if as_json:
        typer.echo(json.dumps([_as_json(account) for account in accounts], indent=2, ensure_ascii=False))
    elif accounts:
        _print_table(accounts)
    else:
        say("There is no such account. Add one with `waybill user add USERNAME --role ROLE`.")


def _print_table(accounts: list[Account]) -> None:
    table = Table(*_COLUMNS, box=None, header_style="bold", pad_edge=False)
    for account in accounts:
        customer = account.id if account.role is Role.CUSTOMER else ""
        state = "enabled" if account.disabled_at is None else f"disabled {account.disabled_at:%Y-%m-%d}"
        cells = (account.username, account.role, state, f"{account.created_at:%Y-%m-%d %H:%M}", customer)
        table.add_row(*map(escape, cells), escape(account.display_name))
    out.print(table)


def _as_json(account: Account) -> dict[str, Any]:
    return {
        "id": account.id,
        "username": account.username,
        "role": account.role,
        "name": account.display_name,
        "enabled": account.is_enabled,
        "createdAt": _moment(account.created_at),
        "passwordChangedAt": _moment(account.password_changed_at),
        "disabledAt": None if account.disabled_at is None else _moment(account.disabled_at),
    }


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
