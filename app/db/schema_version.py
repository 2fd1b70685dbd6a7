"""The database's schema: where it stands, where it should stand, and how it gets there."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from app.db.database import Database
from app.db.errors import DatabaseUnavailable

_PACKAGE = Path(__file__).parents[1]


class SchemaMismatch(Exception):  # noqa: N818 - a state of the world, told to people as such
    """The database's schema is not the one that this version works with; the text says how to mend it."""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The revision that a database is at (None: no schema at all) and the one that it should be at."""

    current: str | None
    head: str

    @property
    def is_known(self) -> bool:
        """Whether this version can bring the schema to its own: it has none yet, or one of the past."""
        return self.current is None or self.current in _known_revisions()

    @property
    def flaw(self) -> str | None:
        """What is wrong with the schema and how to mend it, or None."""
        if self.current == self.head:
            return None
        if self.current is None:
            return f"the database has no schema yet (it should be at {self.head}): run `waybill migrate`"
        if self.is_known:
            return f"the database's schema is at {self.current}, behind {self.head}: run `waybill migrate`"
        return (
            f"the database's schema is at {self.current}, which this version does not know "
            f"(it works with {self.head}): run the version of Waybill that migrated it, or a newer one"
        )


async def schema_state(database: Database) -> SchemaState:
    """Where the schema of the database stands; raises `DatabaseUnavailable` when nobody can tell."""
    return SchemaState(await database.read(_current), head_revision())


async def require_current_schema(database: Database) -> None:
    """Raise `SchemaMismatch` unless the schema is the one that this version works with.

    Looking makes no file: an SQLite file that is not there has no schema.
    """
    absent = database.missing_file is not None
    state = SchemaState(None, head_revision()) if absent else await schema_state(database)
    if state.flaw is not None:
        raise SchemaMismatch(state.flaw)


def make_sqlite_directory(url: str) -> None:
    """Make the directory of the SQLite file at this address; raises `DatabaseUnavailable`."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return
    try:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(f"{error.strerror}: {error.filename}") from error


def upgrade(url: str, revision: str = "head", on_step: Callable[[str], None] | None = None) -> None:
    """Bring the database at this address to a revision, all in one transaction.

    `on_step` is called with each revision after it was applied. An SQLite file is made if there is none.
    Call it outside any event loop.
    """
    make_sqlite_directory(url)
    command.upgrade(alembic_config(url, on_step), revision)


@cache
def head_revision() -> str:
    """The newest revision that this version brings."""
    head = _scripts().get_current_head()
    if head is None:
        raise RuntimeError(f"there are no migrations in {_location()}")
    return head


def revision_title(revision: str) -> str:
    """What a revision does, in the words of its script."""
    return _scripts().get_revision(revision).doc


@cache
def _known_revisions() -> frozenset[str]:
    return frozenset(script.revision for script in _scripts().walk_revisions())


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(_location())


def alembic_config(url: str, on_step: Callable[[str], None] | None = None) -> Config:
    """What Alembic's commands need to work on the database at this address with the migrations of this version."""
    config = Config()
    config.set_main_option("script_location", str(_location()))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    config.attributes["on_step"] = on_step
    return config


def _location() -> Path:
    """The migrations' directory: inside the package when installed, beside it in a checkout."""
    packaged = _PACKAGE / "_migrations"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "migrations"
