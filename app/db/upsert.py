"""The module that knows how each database spells ON CONFLICT."""

from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from app.db.base import Base


def table_of(entity: type[Base]) -> Table:
    """Returns the table of a mapped class, for Core statements."""
    return cast("Table", entity.__table__)


def upsert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Returns an INSERT into the table that has `on_conflict_do_update` and `on_conflict_do_nothing`."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
