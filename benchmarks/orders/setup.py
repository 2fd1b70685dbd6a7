"""What a scenario starts from: a load generator, databases that hold the seed, and the services to measure."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.orders.databases import Databases, run_waybill
from benchmarks.orders.load import Load, running_load
from benchmarks.orders.postgresql import PostgresqlDatabases, embedded_server, postgresql_databases
from benchmarks.orders.seed import Seed
from benchmarks.orders.services import OrderService, services
from benchmarks.orders.sqlite import sqlite_databases
from benchmarks.process import BenchmarkError
from benchmarks.results import OnStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which services to measure, and on which database: SQLite unless one of the two about PostgreSQL is set."""

    names: Sequence[str]
    reference: Path | None = None
    database_url: str | None = None
    embedded_postgres: bool = False


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that is ready before the services start."""

    services: Sequence[OrderService]
    databases: Databases
    load: Load


@contextmanager
def setup(wanted: Wanted, seed: Seed, on_step: OnStep) -> Iterator[Setup]:
    """Starts the load generator, migrates and fills the template; ends and deletes all of it afterwards.

    Raises BenchmarkError when Node is missing, or when the database cannot be used or is not durable.
    """
    with running_load() as load:
        on_step("preparing the database")
        with _databases(wanted) as databases:
            run_waybill("migrate", database_url=databases.template)
            on_step(f"filling in {seed.orders} orders")
            databases.fill(seed.tables())
            yield Setup(services(wanted.names, wanted.reference, databases, seed), databases, load)


@contextmanager
def _databases(wanted: Wanted) -> Iterator[Databases]:
    address = wanted.database_url
    if wanted.reference is not None and (address is not None or wanted.embedded_postgres):
        raise BenchmarkError("--reference works with SQLite only: leave it out where PostgreSQL is measured")
    if address is not None and wanted.embedded_postgres:
        raise BenchmarkError("--database-url and --embedded-postgres exclude each other")
    if wanted.embedded_postgres:
        with embedded_server() as own:  # thrown away with its databases
            yield PostgresqlDatabases.on(own)
    elif address is None:
        with sqlite_databases() as files:
            yield files
    elif address.startswith(("postgresql://", "postgres://")):
        with postgresql_databases(address) as made:
            yield made
    else:
        raise BenchmarkError(
            "--database-url takes postgresql://user:password@host:port/name; without it SQLite is measured"
        )
