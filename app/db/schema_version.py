"""The version of the database's schema: which one it has, which one it should have, and how to get there."""

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
    """This version does not work with the database's schema. The text says how to fix that."""


@dataclass(frozen=True, slots=True)
class SchemaState:
    """The revision of a database (None if it has no schema) and the revision that it should have."""

    current: str | None
    head: str

    @property
    def is_known(self) -> bool:
        """Whether this version can migrate the schema, because there is none yet or it is an older one."""
        return self.current is None or self.current in _known_revisions()

    @property
    def flaw(self) -> str | None:
        """What is wrong with the schema and how to fix it, or None."""
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
    """Returns the state of the database's schema. Raises `DatabaseUnavailable` if the database cannot be reached."""
    return SchemaState(await database.query(_current), head_revision())


async def require_current_schema(database: Database) -> None:
    """Raises `SchemaMismatch` unless this version works with the database's schema.

    Does not create an SQLite file: a file that does not exist has no schema.
    """
    absent = database.missing_file is not None
    state = SchemaState(None, head_revision()) if absent else await schema_state(database)
    if state.flaw is not None:
        raise SchemaMismatch(state.flaw)


def make_sqlite_directory(url: str) -> None:
    """Creates the directory of the SQLite file with this URL. Raises `DatabaseUnavailable` if that fails."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return
    try:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(f"{error.strerror}: {error.filename}") from error


def upgrade(url: str, revision: str = "head", on_step: Callable[[str], None] | None = None) -> None:
    """Migrates the database with this URL to a revision, in one transaction.

    Calls `on_step` with each revision after it was applied. Creates the SQLite file if it does not exist. Call it
    outside of any event loop.
    """
    make_sqlite_directory(url)
    command.upgrade(alembic_config(url, on_step), revision)


@cache
def head_revision() -> str:
    """Returns the newest revision that this version contains."""
    head = _scripts().get_current_head()
    if head is None:
        raise RuntimeError(f"there are no migrations in {_location()}")
    return head


def revision_title(revision: str) -> str:
    """Returns the title of a revision, from its script."""
    return _scripts().get_revision(revision).doc


@cache
def _known_revisions() -> frozenset[str]:
    return frozenset(script.revision for script in _scripts().walk_revisions())


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(_location())


def alembic_config(url: str, on_step: Callable[[str], None] | None = None) -> Config:
    """Returns the configuration with which Alembic's commands migrate the database with this URL."""
    config = Config()
    config.set_main_option("script_location", str(_location()))
    config.set_main_option("path_separator", "os")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    config.attributes["on_step"] = on_step
    return config


def _location() -> Path:
    """Returns the directory of the migrations: inside the package if installed, beside it in a checkout."""
    packaged = _PACKAGE / "_migrations"
    return packaged if packaged.is_dir() else _PACKAGE.parent / "migrations"
