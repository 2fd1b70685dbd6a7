"""The only module that reads the clock."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Returns the current time, aware and in UTC."""
    return datetime.now(UTC)
