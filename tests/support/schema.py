"""Alembic's configuration for a test database."""

from alembic.config import Config

from app.config.database_url import normalised
from app.db import schema_version


def alembic_config(url: str) -> Config:
    """The configuration for one database; ``url`` as people write it in ``DATABASE_URL``."""
    return schema_version.alembic_config(normalised(url))
