"""`waybill demo`: a service with something to see, from nothing."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.engine import make_url

from app.auth.passwords import Passwords
from app.cli.console import CommandFailed, out, say
from app.cli.listener import base_address, listen
from app.cli.migrate import migrate_database
from app.cli.options import HostOption, PortOption, settings_with
from app.cli.serve import run_server
from app.config.logging import configure_logging
from app.config.settings import Settings
from app.db.database import Database
from app.db.schema_version import make_sqlite_directory
from app.db.serving_lock import ServingLock
from app.db.tables.orders import Order
from app.demo.accounts import ACCOUNTS
from app.demo.seed import SHOWN_ORDER_ID, seed_demo
from app.orders.lifecycle import OrderStatus

_SHIPPABLE = (OrderStatus.PENDING, OrderStatus.PROCESSING)
_EXTRACT = """python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])'"""


def demo(
    host: HostOption = None,
    port: PortOption = None,
    speed: Annotated[
        float | None,
        typer.Option(
            min=0.01,
            max=1000,
            help="How fast the courier works; 2 is twice as fast.",
            show_default="WAYBILL_COURIER_SPEED or 1",
        ),
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Delete the SQLite file first.")] = False,
) -> None:
    """Migrate, fill in demo customers and orders, start a simulated courier and serve. Earlier data stay."""
    settings = settings_with(host=host, port=port, courier_speed=speed, demo=True)
    configure_logging(settings)
    make_sqlite_directory(settings.database_url)
    lock = ServingLock(settings.database_url)
    # The lock and the port come first: a demo that cannot serve must not delete any data.
    with lock.held(), listen(settings) as listener:
        if reset:
            _delete(settings)
        migrate_database(settings.database_url)
        order_id = asyncio.run(_fill(settings))
        run_server(settings, listener, lock, ready=lambda: _invite(base_address(listener), order_id))


def _delete(settings: Settings) -> None:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or url.database is None:
        raise CommandFailed(
            "--reset deletes an SQLite file, and DATABASE_URL names a PostgreSQL database: drop and create that with "
            "dropdb and createdb"
        )
    for suffix in ("", "-wal", "-shm"):
        try:
            Path(url.database + suffix).unlink(missing_ok=True)
        except OSError as error:
            raise CommandFailed(f"{error.filename} cannot be deleted: {error.strerror}") from None
    say(f"Deleted {url.database}.")


async def _fill(settings: Settings) -> int:
    """Seeds the demo. Returns the id of an order that can be shipped, for the example."""
    database = Database(settings.database_url)
    try:
        report = await seed_demo(database, Passwords.of(settings))
        if report.accounts or report.orders:
            say(f"Added {report.accounts} accounts and {report.orders} orders.")
        query = select(Order.id).where(Order.status.in_(_SHIPPABLE))
        query = query.order_by(Order.id != SHOWN_ORDER_ID, Order.id.desc()).limit(1)
        found = await database.query(lambda connection: connection.scalar(query))
        return SHOWN_ORDER_ID if found is None else found
    finally:
        await database.dispose()


def _invite(address: str, order_id: int) -> None:
    table = Table("Sign in as", "Password", "Role", "Name", box=None, header_style="bold", pad_edge=False)
    for account in ACCOUNTS:
        table.add_row(account.username, account.password, account.role, account.name)
    staff = next(account for account in ACCOUNTS if account.role == "staff")
    form = f"username={staff.username}&password={staff.password}"
    out.print(f"\nWaybill is at {address} (the chat at {address}/chat, the API at {address}/docs)\n", markup=False)
    out.print(table)
    out.print("\nShip an order, and watch it arrive on the page:\n")
    out.print(f"TOKEN=$(curl -s -d '{form}' {address}/auth/token | {_EXTRACT})", markup=False)
    out.print(f'curl -X POST {address}/orders/{order_id}/ship -H "Authorization: Bearer $TOKEN"\n', markup=False)
