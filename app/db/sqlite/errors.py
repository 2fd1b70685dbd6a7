"""What SQLite's errors mean to the caller of a unit of work."""

import sqlite3

from sqlalchemy.exc import DBAPIError

from app.db.errors import DatabaseUnavailable, reason_of

# The primary result codes that concern the file or its locks, not the statement.
_UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
    }
)


def translated(error: Exception) -> Exception:
    """Returns the error for the caller: `DatabaseUnavailable` if the file or its locks are the cause."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    return unavailable(error) if code is not None and code & 0xFF in _UNAVAILABLE else error


def unavailable(error: BaseException) -> DatabaseUnavailable:
    """Returns `DatabaseUnavailable` with the error as its reason and its cause."""
    unavailable = DatabaseUnavailable(reason_of(error))
    unavailable.__cause__ = error
    return unavailable
