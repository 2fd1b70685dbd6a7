"""The migrations make exactly the schema that the models describe, and take it away again."""

import anyio.to_thread
import pytest
from alembic import command
from sqlalchemy import CheckConstraint, Connection, inspect

from app.config.database_url import normalised
from app.db.base import Base
from app.db.database import Database
from tests.support.schema import alembic_config

pytestmark = pytest.mark.anyio

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
        async with database.engine.connect() as connection:
            return await connection.run_sync(_tables)
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

    async with database.engine.connect() as connection:
        found = await connection.run_sync(checks)

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
