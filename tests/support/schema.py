"""Alembic's configuration for a test database."""

from alembic.config import Config

from app.config.database_url import normalised
from app.db import schema_version


def alembic_config(url: str) -> Config:
    """Returns the configuration for one database. `url` has the form of `DATABASE_URL`."""
    return schema_version.alembic_config(normalised(url))
