"""Alembic's configuration for a test database."""

from alembic.config import Config

from app import schema
from app.database_url import normalised


def alembic_config(url: str) -> Config:
    """The configuration for one database; ``url`` as people write it in ``DATABASE_URL``."""
    return schema.alembic_config(normalised(url))
