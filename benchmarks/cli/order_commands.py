"""The commands that measure the order service: `requests`, `ship` and `pages`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.cli.options import JsonOption, ReferenceOption, Rounds, WarmUp, chosen, peers_option
from benchmarks.cli.running import run
from benchmarks.orders.pages import PagesPlan, pages
from benchmarks.orders.requests import RequestsPlan, requests
from benchmarks.orders.services import KINDS, SERVICE_NAMES
from benchmarks.orders.setup import Wanted, setup
from benchmarks.orders.ship import ShipPlan, ship
from benchmarks.orders.table import requests_table
from benchmarks.results import OnStep, Report

ServicesOption = Annotated[list[str] | None, peers_option(SERVICE_NAMES)]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        help="A PostgreSQL server, as postgresql://user:password@host:port/name. Databases named waybill_bench_… are"
        " made on it and dropped at the end. Without it SQLite is measured.",
    ),
]
EmbeddedOption = Annotated[
    bool, typer.Option("--embedded-postgres", help="Measure on a PostgreSQL of our own that is thrown away.")
]
Customers = Annotated[int, typer.Option(min=1, max=100, help="Customers who have orders.")]
_PREPARATION = 2
"""Steps before the servers start."""


def requests_command(
    *,
    kind: Annotated[
        list[str] | None, typer.Option(help=f"Only these requests; may be repeated. One of {', '.join(KINDS)}.")
    ] = None,
    connections: Annotated[
        list[int] | None, typer.Option(min=1, help="Connections that ask at once; may be repeated. 1, 16 and 64.")
    ] = None,
    number: Annotated[
        int, typer.Option("--requests", min=2, help="Requests of each kind in a round, per number of connections.")
    ] = RequestsPlan.requests,
    customers: Customers = RequestsPlan.customers,
    rounds: Rounds = RequestsPlan.rounds,
    warm_up: WarmUp = RequestsPlan.warm_up,
    database_url: DatabaseOption = None,
    embedded_postgres: EmbeddedOption = False,
    peer: ServicesOption = None,
    reference: ReferenceOption = None,
    json_file: JsonOption = None,
) -> None:
    """CPU time of the server for each request, requests per second, and how long the answers take."""
    plan = RequestsPlan(
        kinds=chosen(kind, KINDS, "a kind of request"),
        connections=sorted(set(connections or RequestsPlan.connections)),
        requests=number,
        customers=customers,
        rounds=rounds,
        warm_up=warm_up,
    )
    names = chosen(peer, SERVICE_NAMES, "a peer")
    wanted = Wanted(names=names, reference=reference, database_url=database_url, embedded_postgres=embedded_postgres)

    def measure(on_step: OnStep) -> Report:
        with setup(wanted, plan.seed, on_step) as ready:
            return requests(ready, plan, on_step)

    run(
        measure,
        steps=_PREPARATION + _most(names, reference) * (1 + rounds + warm_up),
        sockets=sum(plan.connections),
        json_file=json_file,
        table=lambda report: requests_table(report, plan.cells),
    )


def ship_command(
    *,
    customers: Customers = ShipPlan.customers,
    number: Annotated[int, typer.Option("--requests", min=2, help="Orders shipped in a round.")] = ShipPlan.requests,
    rounds: Rounds = ShipPlan.rounds,
    warm_up: WarmUp = ShipPlan.warm_up,
    database_url: DatabaseOption = None,
    embedded_postgres: EmbeddedOption = False,
    peer: ServicesOption = None,
    reference: ReferenceOption = None,
    json_file: JsonOption = None,
) -> None:
    """Time from sending POST /orders/{id}/ship to the frame at its customer, beside the time of the commit alone."""
    plan = ShipPlan(customers=customers, requests=number, rounds=rounds, warm_up=warm_up)
    names = chosen(peer, SERVICE_NAMES, "a peer")
    wanted = Wanted(names=names, reference=reference, database_url=database_url, embedded_postgres=embedded_postgres)

    def measure(on_step: OnStep) -> Report:
        with setup(wanted, plan.seed, on_step) as ready:
            return ship(ready, plan, on_step)

    steps = _PREPARATION + _most(names, reference) * (1 + rounds + warm_up) + rounds + warm_up
    run(measure, steps=steps, sockets=customers, json_file=json_file)


def pages_command(
    *,
    orders: Annotated[int, typer.Option(min=1, help="Orders in the database.")] = PagesPlan.orders,
    page: Annotated[int, typer.Option(min=2, help="The far page; pages have 50 orders.")] = PagesPlan.page,
    number: Annotated[int, typer.Option("--requests", min=2, help="Requests for each page in a round.")] = (
        PagesPlan.requests
    ),
    connections: Annotated[int, typer.Option(min=1, help="Connections that ask at once.")] = PagesPlan.connections,
    rounds: Rounds = PagesPlan.rounds,
    warm_up: WarmUp = PagesPlan.warm_up,
    database_url: DatabaseOption = None,
    embedded_postgres: EmbeddedOption = False,
    peer: ServicesOption = None,
    json_file: JsonOption = None,
) -> None:
    """Whether staff wait longer for a far page of a long list than for the first."""
    plan = PagesPlan(orders=orders, page=page, requests=number, connections=connections, rounds=rounds, warm_up=warm_up)
    names = chosen(peer, SERVICE_NAMES, "a peer")
    wanted = Wanted(names=names, database_url=database_url, embedded_postgres=embedded_postgres)

    def measure(on_step: OnStep) -> Report:
        with setup(wanted, plan.seed, on_step) as ready:
            return pages(ready, plan, on_step)

    steps = _PREPARATION + len(names) * (1 + rounds + warm_up)
    run(measure, steps=steps, sockets=connections, json_file=json_file)


def _most(names: Sequence[str], reference: Path | None) -> int:
    return len(names) + (reference is not None)
