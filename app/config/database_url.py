"""Database addresses: from what people write to what SQLAlchemy's engines take."""

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}
_ALLOWED = "use sqlite:///path/to/file.db or postgresql://user:password@host:port/name"


def normalised(value: str) -> str:
    """Returns the address with its driver; raises `ValueError`, which says what is wrong and what is allowed.

    Whatever driver was named is replaced. libpq's `sslmode` becomes asyncpg's `ssl`.
    """
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise ValueError(f"this is not a database address; {_ALLOWED}") from None
    driver = _DRIVERS.get(url.get_backend_name())
    if driver is None:
        raise ValueError(f"{url.get_backend_name()} is not supported; {_ALLOWED}")
    if driver == "sqlite":
        _refuse_memory(url)
    return _with_ssl(url.set(drivername=driver)).render_as_string(hide_password=False)


def masked(value: str) -> str:
    """Returns the address without its password, as it may be shown."""
    return make_url(value).render_as_string(hide_password=True)


def _refuse_memory(url: URL) -> None:
    if url.database in {None, "", ":memory:"} or "mode=memory" in (url.database or ""):
        raise ValueError(f"an in-memory SQLite database is lost with each connection; {_ALLOWED}")


def _with_ssl(url: URL) -> URL:
    if "sslmode" not in url.query:
        return url
    mode = url.query["sslmode"]
    return url.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})
