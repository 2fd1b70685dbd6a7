"""SQLite files, copied like any file."""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.orders.databases import ShipByHand
from benchmarks.orders.seed import Row, TableRows
from benchmarks.orders.shipping import shipping

_FULL = 2
_SCHEME = "sqlite:///"


class SqliteDatabases:
    """SQLite files of one directory, with `synchronous = FULL`, the default."""

    kind = "sqlite"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._numbers = count(1)

    @property
    def template(self) -> str:
        return _url(self._file)

    @property
    def _file(self) -> Path:
        return self._directory / "template.db"

    def fill(self, tables: Iterable[TableRows]) -> None:
        with closing(_connect(self._file)) as connection:
            connection.execute("BEGIN")
            for table in tables:
                marks = ", ".join("?" * len(table.columns))
                statement = f"INSERT INTO {table.table} ({', '.join(table.columns)}) VALUES ({marks})"
                connection.executemany(statement, map(_stored, table.rows))
            connection.execute("COMMIT")
            connection.execute("ANALYZE")
            # Only a file without a log can be copied alone.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def copy(self) -> str:
        file = self._directory / f"copy-{next(self._numbers)}.db"
        shutil.copyfile(self._file, file)
        return _url(file)

    @contextmanager
    def committing(self) -> Iterator[ShipByHand]:
        # It stays open: the last connection that is closed deletes the log, and making it anew takes time.
        with closing(_connect(Path(self.copy().removeprefix(_SCHEME)))) as connection:

            def ship(orders: Iterable[int]) -> list[float]:
                return [_commit_time(connection, order_id) for order_id in orders]

            yield ship


@contextmanager
def sqlite_databases() -> Iterator[SqliteDatabases]:
    """A directory for the files, deleted at the end. `TMPDIR` chooses the disk."""
    with tempfile.TemporaryDirectory(prefix="waybill-bench-", ignore_cleanup_errors=True) as directory:
        yield SqliteDatabases(Path(directory))


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute(f"PRAGMA synchronous = {_FULL}")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _commit_time(connection: sqlite3.Connection, order_id: int) -> float:
    connection.execute("BEGIN IMMEDIATE")
    for statement in shipping(order_id):
        connection.execute(statement)
    started = time.perf_counter()
    connection.execute("COMMIT")
    return (time.perf_counter() - started) * 1e3


def _url(file: Path) -> str:
    return f"{_SCHEME}{file}"


def _stored(row: Row) -> Row:
    return tuple(map(_value, row))


def _value(value: Any) -> Any:
    # As SQLAlchemy writes moments.
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value
