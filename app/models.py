"""The registry of every mapped class: importing this module makes ``Base.metadata`` complete.

Alembic compares the database with it, and relationships by name resolve only after it was imported.
"""

from app.auth.models import UserAccount
from app.feed import models as feed_models
from app.orders import models as order_models

__all__ = ["UserAccount", "feed_models", "order_models"]
