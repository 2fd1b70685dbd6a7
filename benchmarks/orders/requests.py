"""Requests: what one costs the server, by kind and by how many connections ask at once."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median, quantiles

from benchmarks.orders.load import Load
from benchmarks.orders.seed import Seed
from benchmarks.orders.services import KINDS, STAFF, OrderService
from benchmarks.orders.setup import Setup
from benchmarks.orders.workload import READ_ORDERS, Workload
from benchmarks.process import ServerProcess
from benchmarks.results import Metric, OnStep, Report


@dataclass(frozen=True, kw_only=True)
class RequestsPlan:
    """Sizes of a run. Each round sends so many requests of each kind over each number of connections."""

    kinds: Sequence[str] = KINDS
    connections: Sequence[int] = (1, 16, 64)
    requests: int = 500
    customers: int = 100
    rounds: int = 5
    warm_up: int = 2

    @property
    def cells(self) -> list["Cell"]:
        """What is measured in each round."""
        return [Cell(kind, connections) for kind in self.kinds for connections in self.connections]

    @property
    def seed(self) -> Seed:
        """An order of its own for every ship request, and those that are read."""
        ships = self.requests * len(self.connections) * (self.rounds + self.warm_up)
        return Seed(orders=READ_ORDERS + ships, customers=self.customers)


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of request over one number of connections, and its metrics."""

    kind: str
    connections: int

    @property
    def cpu(self) -> Metric:
        """Of the server and its children."""
        return self._metric("CPU", "µs per request", 0)

    @property
    def rate(self) -> Metric:
        """How many requests were answered."""
        return self._metric("rate", "per second", 0)

    @property
    def p50(self) -> Metric:
        """Half the answers took no longer."""
        return self._metric("p50", "ms", 2)

    @property
    def p99(self) -> Metric:
        """All but one answer of a hundred took no longer."""
        return self._metric("p99", "ms", 2)

    @property
    def busy(self) -> Metric:
        """How much of the time the load generator had something to do."""
        return self._metric("load busy", "%", 0)

    def _metric(self, name: str, unit: str, decimals: int) -> Metric:
        return Metric(f"{self.kind}, {self.connections}: {name}", unit, decimals)


@dataclass(frozen=True, slots=True)
class _Contestant:
    """A running service, a token for it and what it is asked next."""

    service: OrderService
    server: ServerProcess
    token: str
    workload: Workload


def requests(setup: Setup, plan: RequestsPlan, on_step: OnStep) -> Report:
    """Every service, round by round, so that what else the machine does falls on all of them.

    Raises BenchmarkError when a request fails.
    """
    report = Report(
        f"requests, {setup.databases.kind}",
        {"requests": plan.requests, "rounds": plan.rounds},
        [metric for cell in plan.cells for metric in (cell.cpu, cell.rate, cell.p50, cell.p99, cell.busy)],
    )
    with ExitStack() as stack:
        contestants = []
        for service in setup.services:
            on_step(f"{service.name}, starting")
            server = stack.enter_context(service.started(setup.databases.copy()))
            token = service.token(server.origin, "bench", STAFF)
            contestants.append(_Contestant(service, server, token, Workload(service, plan.customers)))
        for number in range(plan.warm_up + plan.rounds):
            for contestant in contestants:
                on_step(f"{contestant.service.name}, round {number + 1}")
                _round(contestant, setup.load, plan, report if number >= plan.warm_up else None)
    return report


def _round(contestant: _Contestant, load: Load, plan: RequestsPlan, report: Report | None) -> None:
    name, server = contestant.service.name, contestant.server
    for cell in plan.cells:
        if cell.kind not in contestant.service.kinds:
            continue
        wanted = contestant.workload.requests(cell.kind, plan.requests)
        before = server.cpu_seconds()
        with server.quoted():
            sent = load.send(server.origin, contestant.token, cell.connections, wanted)
        cost = server.cpu_seconds() - before
        if report is not None:
            report.add(name, cell.cpu, cost / len(wanted) * 1e6)
            report.add(name, cell.rate, len(wanted) / sent.seconds)
            report.add(name, cell.p50, median(sent.latencies))
            report.add(name, cell.p99, percentile_99(sent.latencies))
            report.add(name, cell.busy, sent.busy * 100)


def percentile_99(values: Sequence[float]) -> float:
    """Returns the value that 99 of 100 values do not exceed."""
    return quantiles(values, n=100, method="inclusive")[98] if len(values) > 1 else values[0]
