"""The connection of one thread, and what happens when something goes wrong with it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine

from app.db.sqlite.engine import driver_of
from app.db.sqlite.errors import unavailable
from app.db.sqlite.inbox import Unit


class ThreadConnection:
    """The connection of one thread: opened when first needed, and replaced after an error that is not a statement's."""

    def __init__(self, engine: Engine, *pragmas: str) -> None:
        self._engine = engine
        self._pragmas = pragmas
        self._connection: Connection | None = None

    def open(self) -> Connection:
        """Returns the connection, and opens it if there is none."""
        if self._connection is None:
            self._connection = self._engine.connect()
            for pragma in self._pragmas:
                driver_of(self._connection).execute(pragma)
        return self._connection

    @contextmanager
    def failing(self, units: Sequence[Unit[Any]]) -> Iterator[None]:
        """Fails these units of work, whatever came of them, if the block raises. Nothing of theirs is committed.

        The thread goes on with a new connection, whose predecessor may be in any state. So callers are always
        answered, and no error ends the thread that everybody's work depends on.
        """
        try:
            yield
        except BaseException as error:  # noqa: BLE001 - it is raised again where the work was given
            for unit in units:
                unit.error = unavailable(error)
            self._discard()

    def _discard(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        driver = driver_of(connection)
        with suppress(Exception):
            connection.close()
        with suppress(Exception):  # whatever happened above, the driver lets go of the file and its locks
            driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discard()
