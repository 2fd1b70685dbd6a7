"""What can go wrong with the database itself, as opposed to with a statement."""

from sqlalchemy.exc import DBAPIError


class DatabaseUnavailable(Exception):  # noqa: N818 - a state of the world, told to people as such
    """The database cannot do the work now, and nothing was changed: unreachable, refused, full or locked too long."""


class CommitOutcomeUnknown(Exception):  # noqa: N818 - a state of the world, told to people as such
    """The connection was lost while the commit was under way, so the change may or may not have been made."""


def reason_of(error: BaseException) -> str:
    """Returns the driver's own words: SQLAlchemy's add the statement and a link."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return str(cause) or type(cause).__name__
