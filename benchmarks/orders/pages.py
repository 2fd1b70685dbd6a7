"""Pages: whether the thousandth page of a long list costs more than the first."""

import http.client
import json
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from statistics import median
from urllib.parse import quote

from benchmarks.orders.load import Load
from benchmarks.orders.requests import percentile_99
from benchmarks.orders.seed import Seed
from benchmarks.orders.services import STAFF, OrderService
from benchmarks.orders.setup import Setup
from benchmarks.orders.workload import PAGE
from benchmarks.process import BenchmarkError, ServerProcess
from benchmarks.results import Metric, OnStep, Report


@dataclass(frozen=True, kw_only=True)
class PagesPlan:
    """Sizes of a run. `page` is the far page, counted from 1; pages have 50 orders."""

    orders: int = 1_000_000
    page: int = 1000
    requests: int = 500
    connections: int = 1
    rounds: int = 5
    warm_up: int = 2

    @property
    def seed(self) -> Seed:
        """All the orders."""
        return Seed(self.orders, customers=1000)


@dataclass(frozen=True, slots=True)
class _Place:
    """The metrics of one page."""

    name: str

    @property
    def cpu(self) -> Metric:
        return Metric(f"{self.name}, CPU", "µs per request", 0)

    @property
    def p50(self) -> Metric:
        return Metric(f"{self.name}, p50", "ms", 2)

    @property
    def p99(self) -> Metric:
        return Metric(f"{self.name}, p99", "ms", 2)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        return (self.cpu, self.p50, self.p99)


RATIO = Metric("p99 of the far page", "× first page", 2)


@dataclass(frozen=True, slots=True)
class _Contestant:
    service: OrderService
    server: ServerProcess
    token: str
    paths: Sequence[str]


def pages(setup: Setup, plan: PagesPlan, on_step: OnStep) -> Report:
    """Reads the first page and the far one in turn, as staff. Raises BenchmarkError when there is no such page."""
    places = (_Place("first page"), _Place(f"page {plan.page}"))
    report = Report(
        f"pages, {setup.databases.kind}",
        {"orders": plan.orders, "connections": plan.connections, "requests": plan.requests, "rounds": plan.rounds},
        [metric for place in places for metric in place.metrics] + [RATIO],
    )
    with ExitStack() as stack:
        contestants = []
        for service in setup.services:
            on_step(f"{service.name}, going to page {plan.page}")
            server = stack.enter_context(service.started(setup.databases.copy()))
            token = service.token(server.origin, "bench", STAFF)
            paths = (f"/orders?limit={PAGE}", _path_of_page(server, token, plan.page))
            contestants.append(_Contestant(service, server, token, paths))
        for number in range(plan.warm_up + plan.rounds):
            for contestant in contestants:
                on_step(f"{contestant.service.name}, round {number + 1}")
                _round(contestant, setup.load, plan, places, report if number >= plan.warm_up else None)
    return report


def _round(
    contestant: _Contestant, load: Load, plan: PagesPlan, places: Sequence[_Place], report: Report | None
) -> None:
    name, server, tails = contestant.service.name, contestant.server, []
    for place, path in zip(places, contestant.paths, strict=True):
        before = server.cpu_seconds()
        with server.quoted():
            sent = load.send(
                server.origin, contestant.token, plan.connections, [{"method": "GET", "path": path}] * plan.requests
            )
        cost = server.cpu_seconds() - before
        tails.append(percentile_99(sent.latencies))
        if report is not None:
            report.add(name, place.cpu, cost / plan.requests * 1e6)
            report.add(name, place.p50, median(sent.latencies))
            report.add(name, place.p99, tails[-1])
    if report is not None:
        report.add(name, RATIO, tails[1] / tails[0])


def _path_of_page(server: ServerProcess, token: str, page: int) -> str:
    """Follows the cursors to a page, as a reader would."""
    path = f"/orders?limit={PAGE}"
    with server.quoted(), closing(http.client.HTTPConnection(*server.address)) as connection:
        for number in range(1, page):
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != 200:
                raise BenchmarkError(f"GET {path} was answered with {answer.status}: {content[:500]!r}")
            cursor = json.loads(content)["nextCursor"]
            if cursor is None:
                raise BenchmarkError(f"there is no page {page}: page {number} is the last; raise --orders")
            path = f"/orders?limit={PAGE}&cursor={quote(cursor)}"
    return path
