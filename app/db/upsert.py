"""Inserts without the ORM's bookkeeping, and the one place that knows how each database spells ON CONFLICT."""

from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.database import Base


def table_of(entity: type[Base]) -> Table:
    """The table of a mapped class, for statements that need no objects."""
    return cast("Table", entity.__table__)


def upsert(session: AsyncSession, entity: type[Base]) -> postgresql.Insert | sqlite.Insert:
    """An INSERT into the entity's table that has ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table_of(entity))
    return sqlite.insert(table_of(entity))
