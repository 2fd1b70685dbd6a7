"""The whole service with a database of its own, as the end-to-end measurement needs it."""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from app.auth.principal import Role
from app.auth.tokens import Tokens
from app.config.database_url import normalised
from app.config.settings import Settings
from app.db.database import Database
from app.db.errors import DatabaseUnavailable
from app.db.schema_version import schema_state, upgrade
from benchmarks.http import HttpConnection
from benchmarks.process import BenchmarkError, ServerProcess, running

_SECRET = "the secret of a server that lives for one measurement"
_TOKEN_SECONDS = 24 * 3600


class Service:
    """A running service, and tokens for it."""

    def __init__(self, server: ServerProcess, tokens: Tokens) -> None:
        self.server = server
        self._tokens = tokens

    def hub_path(self, customer: str) -> str:
        """Where a customer's page connects."""
        return f"/hubs/orders?access_token={self._tokens.issue(customer, Role.CUSTOMER)}"

    def staff(self) -> HttpConnection:
        """A connection that may place and ship orders."""
        return HttpConnection(self.server.address, self._tokens.issue("bench", Role.STAFF))


def customer_id(number: int) -> str:
    """The id of a made-up customer."""
    return f"bench-{number}"


def place_orders(http: HttpConnection, count: int, customers: int) -> list[int]:
    """Places orders of two lines for the customers in turn; returns their ids."""
    orders: list[int] = []
    for number in range(count):
        customer = customer_id(number % customers)
        lines = [{"sku": f"S-{line}", "name": f"Article {line}", "quantity": line} for line in (1, 2)]
        body = {"customerId": customer, "customerName": customer, "lines": lines}
        orders.append(http.call("POST", "/orders", body)["id"])
    return orders


@contextmanager
def running_service(database_url: str | None) -> Iterator[Service]:
    """`waybill serve` on a migrated database: an SQLite file that is deleted afterwards, or the empty one given.

    Raises BenchmarkError for a database that holds anything, or that cannot be reached.
    """
    with tempfile.TemporaryDirectory(prefix="waybill-bench-", ignore_cleanup_errors=True) as directory:
        url = database_url or f"sqlite:///{Path(directory) / 'bench.db'}"
        _prepare(url)
        settings = Settings(
            _env_file=None,
            environment="production",
            database_url=url,
            secret_key=SecretStr(_SECRET),
            token_ttl=_TOKEN_SECONDS,
        )
        environment = {
            "DATABASE_URL": url,
            "BROADCAST_URL": "memory://",
            "WAYBILL_ENVIRONMENT": "production",
            "WAYBILL_SECRET_KEY": _SECRET,
            "WAYBILL_DEMO": "false",
            "WAYBILL_LOG_LEVEL": "info",
            "WAYBILL_LOG_FORMAT": "json",
            "WAYBILL_VAR_DIR": directory,
        }
        command = [sys.executable, "-m", "app", "serve", "--host", "127.0.0.1", "--port", "{port}"]
        with running("waybill", command, environment) as server:
            yield Service(server, Tokens.of(settings))


def _prepare(url: str) -> None:
    try:
        address = normalised(url)
    except ValueError as error:
        raise BenchmarkError(f"--database-url: {error}") from error
    if asyncio.run(_revision(address)) is not None:
        raise BenchmarkError("--database-url names a database that is in use; name an empty one, made for this run")
    upgrade(address)


async def _revision(address: str) -> str | None:
    database = Database(address)
    try:
        return (await schema_state(database)).current
    except DatabaseUnavailable as error:
        raise BenchmarkError(f"the database cannot be reached: {error}") from error
    finally:
        await database.dispose()
