"""The order services that are measured: how each starts, who may call it, and what it can do."""

import sys
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from sqlalchemy.engine import make_url

from benchmarks.orders.databases import SECRET, Databases, run_waybill, settings
from benchmarks.orders.seed import Seed, customer_id
from benchmarks.orders.tokens import TokenMint
from benchmarks.peers import BASELINE, REFERENCE, WAYBILL, aspnetcore_environment
from benchmarks.process import BenchmarkError, ServerProcess, running

KINDS = GET, LIST, SHIP, PLACE = ("get", "list", "ship", "place")
"""The kinds of request that are measured."""

STAFF, CUSTOMER = "staff", "customer"
SERVICE_NAMES = (WAYBILL, BASELINE)

_TOKEN_SECONDS = str(24 * 3600)


class OrderService(Protocol):
    """A service with the routes of orders, and a hub at `/hubs/orders`.

    `kinds` are the requests that it can answer. `handshake`: its hub speaks SignalR; otherwise it sends bare JSON.
    """

    name: str
    kinds: Sequence[str]
    handshake: bool

    def started(self, database_url: str) -> AbstractContextManager[ServerProcess]:
        """Starts the service on a copy of the database, and stops it at the end."""

    def token(self, origin: str, subject: str, role: str) -> str:
        """A token that the service accepts."""

    def customer_number(self, order_id: int) -> int:
        """The number of the customer whose order this is, from 0."""

    def customer_id(self, number: int) -> str:
        """The id of the customer of this number."""


class PythonService:
    """What Waybill and its naive twin share: the database, the customers in it and the tokens."""

    kinds: Sequence[str] = KINDS

    def __init__(self, name: str, arguments: Sequence[str], seed: Seed, mint: TokenMint, *, handshake: bool) -> None:
        self.name = name
        self.handshake = handshake
        self._arguments = arguments
        self._seed = seed
        self._mint = mint

    def started(self, database_url: str) -> AbstractContextManager[ServerProcess]:
        return running(self.name, [sys.executable, "-m", *self._arguments], self._environment(database_url))

    def token(self, origin: str, subject: str, role: str) -> str:
        return self._mint.issue(subject, role)

    def customer_number(self, order_id: int) -> int:
        return self._seed.customer_number(order_id)

    def customer_id(self, number: int) -> str:
        return customer_id(number)

    def _environment(self, database_url: str) -> Mapping[str, str]:
        if self.name == WAYBILL:
            return {**settings(database_url), "WAYBILL_VAR_DIR": "{directory}"}
        return {"DATABASE_URL": _for_sqlalchemy(database_url), "SECRET_KEY": SECRET}


class ReferenceService:
    """The ASP.NET Core program: 1 000 orders of 100 customers in an SQLite file of its own, which it fills itself."""

    name = REFERENCE
    kinds: Sequence[str] = (GET, SHIP)
    handshake = True

    def __init__(self, program: Path) -> None:
        self._program = program

    def started(self, database_url: str) -> AbstractContextManager[ServerProcess]:
        return running(self.name, [str(self._program.resolve())], aspnetcore_environment())

    def token(self, origin: str, subject: str, role: str) -> str:
        query = urlencode({"sub": subject, "role": role, "seconds": _TOKEN_SECONDS})
        try:
            with urllib.request.urlopen(f"{origin}/token?{query}") as answer:
                content: bytes = answer.read()
        except OSError as error:
            raise BenchmarkError(f"the reference gave no token: GET /token: {error}") from error
        return content.decode()

    def customer_number(self, order_id: int) -> int:
        # It ships order `order_id % 1000 + 1`, and order n is customer n % 100 + 1's.
        return (order_id % 1000 + 1) % 100

    def customer_id(self, number: int) -> str:
        return str(number + 1)


def services(names: Sequence[str], reference: Path | None, databases: Databases, seed: Seed) -> list[OrderService]:
    """The services of these names, and the reference if its program is given. Raises BenchmarkError."""
    sample = run_waybill(
        *("token", "--subject", "bench", "--role", STAFF, "--ttl", _TOKEN_SECONDS), database_url=databases.template
    )
    mint = TokenMint(sample.strip(), SECRET)
    wanted: list[OrderService] = [
        PythonService(name, arguments, seed, mint, handshake=handshake)
        for name, arguments, handshake in (
            (WAYBILL, ("app", "serve", "--host", "127.0.0.1", "--port", "{port}"), True),
            (BASELINE, ("uvicorn", "benchmarks.apps.naive_orders.main:app", "--port", "{port}"), False),
        )
        if name in names
    ]
    if reference is not None:
        wanted.append(ReferenceService(reference))
    return wanted


def _for_sqlalchemy(url: str) -> str:
    """The address with the async driver named."""
    drivers = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}
    address = make_url(url)
    return address.set(drivername=drivers[address.drivername]).render_as_string(hide_password=False)
