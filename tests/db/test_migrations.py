"""The migrations make exactly the schema that the models describe, and take it away again."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import anyio.to_thread
import pytest
from alembic import command
from sqlalchemy import CheckConstraint, Column, Connection, MetaData, String, Table, insert, inspect, select

from app.auth.accounts import all_accounts
from app.config.database_url import normalised
from app.db.base import Base, UtcDateTime
from app.db.database import Database
from tests.support.schema import alembic_config

pytestmark = pytest.mark.anyio
T = TypeVar("T")

TABLES = {
    "alembic_version",
    "customer",
    "customer_stream",
    "order_event",
    "order_line",
    "orders",
    "shipment",
    "shipment_line",
    "user_account",
}


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def _tables_at(url: str) -> set[str]:
    database = Database(normalised(url))
    try:
        return await database.query(_tables)
    finally:
        await database.dispose()


def test_up_down_and_up_again_leaves_what_the_models_describe(empty_database_url: str) -> None:
    config = alembic_config(empty_database_url)

    command.upgrade(config, "head")
    command.downgrade(config, "base")
    command.upgrade(config, "head")

    command.check(config)  # raises if a migration is missing


async def test_the_checks_are_those_of_the_models(database: Database) -> None:
    def checks(connection: Connection) -> set[str | None]:
        inspector = inspect(connection)
        return {check["name"] for table in Base.metadata.tables for check in inspector.get_check_constraints(table)}

    found = await database.query(checks)

    # The comparison that Alembic makes leaves them out.
    assert found == {
        str(constraint.name)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }


async def test_downgrade_leaves_nothing_behind(database_url: str) -> None:
    assert await _tables_at(database_url) == TABLES

    await anyio.to_thread.run_sync(command.downgrade, alembic_config(database_url), "base")

    assert await _tables_at(database_url) == {"alembic_version"}


def test_accounts_of_the_first_schema_stay_and_can_sign_in(empty_database_url: str) -> None:
    config = alembic_config(empty_database_url)
    command.upgrade(config, "0001")
    row = {"id": "c-1", "username": "ada", "password_hash": "-", "role": "customer", "display_name": "Ada"}
    made_at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    old = Table(
        "user_account", MetaData(), *[Column(name, String) for name in row], Column("created_at", UtcDateTime())
    )
    asyncio.run(_on(empty_database_url, lambda connection: _insert(connection, old, row | {"created_at": made_at})))

    command.upgrade(config, "head")

    [account] = asyncio.run(_on(empty_database_url, all_accounts))
    assert (account.id, account.created_at, account.password_changed_at) == ("c-1", made_at, made_at)
    assert account.is_enabled

    command.downgrade(config, "0001")

    [stored] = asyncio.run(_on(empty_database_url, lambda connection: connection.execute(select(old)).all()))
    assert stored._asdict() == row | {"created_at": made_at}


def _insert(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    connection.execute(insert(table).values(row))


async def _on(url: str, work: Callable[[Connection], T]) -> T:
    """Runs work that writes, on a database of any revision."""
    database = Database(normalised(url))
    try:
        return await database.write(work)
    finally:
        await database.dispose()
