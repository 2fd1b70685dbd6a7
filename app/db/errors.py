"""Errors of the database itself, as opposed to those of a statement."""

from sqlalchemy.exc import DBAPIError


class DatabaseUnavailable(Exception):  # noqa: N818 - a state of the world, told to people as such
    """The database is unreachable, refuses the connection, is full or was locked for too long. Nothing was changed."""


class CommitOutcomeUnknown(Exception):  # noqa: N818 - a state of the world, told to people as such
    """The connection was lost during the commit, so the change may or may not have been made."""


def reason_of(error: BaseException) -> str:
    """Returns the driver's message. SQLAlchemy's own message would add the statement and a link."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return str(cause) or type(cause).__name__
