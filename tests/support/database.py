"""Single statements on a test's database, and units of work that run as those of another process do."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Executable, Select, event

from app.db.database import Database, T, Work


async def execute(database: Database, statement: Executable) -> None:
    """Runs one statement that writes."""
    await database.write(lambda connection: connection.execute(statement).close())


async def scalars(database: Database, statement: Select[tuple[Any]]) -> list[Any]:
    """Returns the first column of what the statement finds."""
    return await database.query(lambda connection: list(connection.scalars(statement)))


@contextmanager
def statements_on(database: Database) -> Iterator[list[str]]:
    """Collects what is sent to the database inside the block, each statement once: that many round trips it takes.

    Beginning and ending a transaction are not among them.
    """
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


async def write_elsewhere(database: Database, work: Work[T]) -> T:
    """Runs a unit of work as another process does: in a thread, with an event loop and connections of its own.

    So it may block, and this event loop goes on.
    """
    url = database.engine.url.render_as_string(hide_password=False)

    async def write() -> T:
        other = Database(url)
        try:
            return await other.write(work)
        finally:
            await other.dispose()

    return await asyncio.to_thread(lambda: asyncio.run(write()))
