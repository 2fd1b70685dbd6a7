"""Ship: from sending POST /orders/{id}/ship to the frame at the customer's socket, beside the commit alone."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count, islice
from statistics import median

from benchmarks.orders.load import Load
from benchmarks.orders.requests import percentile_99
from benchmarks.orders.seed import Seed
from benchmarks.orders.services import CUSTOMER, STAFF, OrderService
from benchmarks.orders.setup import Setup
from benchmarks.orders.workload import READ_ORDERS, Workload
from benchmarks.process import ServerProcess
from benchmarks.results import Metric, OnStep, Report

FRAME = (Metric("frame, median", "ms", 2), Metric("frame, p99", "ms", 2))
ANSWER = (Metric("answer, median", "ms", 2), Metric("answer, p99", "ms", 2))
OVER = Metric("frame over commit, median", "ms", 2)
CPU = Metric("server", "µs CPU per ship", 0)
COMMIT = (Metric("commit, median", "ms", 2), Metric("commit, p99", "ms", 2))
COMMIT_ALONE = "commit alone"

_MARK = '"target":"OrderShipped"'


@dataclass(frozen=True, kw_only=True)
class ShipPlan:
    """Sizes of a run. Every request ships an order of its own; one request is on its way at a time."""

    customers: int = 100
    requests: int = 300
    rounds: int = 5
    warm_up: int = 2

    @property
    def seed(self) -> Seed:
        """An order of its own for every request."""
        return Seed(READ_ORDERS + self.requests * (self.rounds + self.warm_up), self.customers)


@dataclass(frozen=True, slots=True)
class _Contestant:
    service: OrderService
    server: ServerProcess
    staff: str
    sockets: Sequence[str]
    workload: Workload


def ship(setup: Setup, plan: ShipPlan, on_step: OnStep) -> Report:
    """Ships to connected customers, service by service and round by round.

    In each round the same rows are also written by SQL alone, and the time of each COMMIT is taken: the part of a ship
    that no program can save. Raises BenchmarkError when a request fails or a frame does not come.
    """
    report = Report(
        f"ship, {setup.databases.kind}",
        {"customers": plan.customers, "requests": plan.requests, "rounds": plan.rounds},
        (*FRAME, *ANSWER, OVER, *COMMIT, CPU),
    )
    with ExitStack() as stack:
        contestants = [_start(stack, service, setup, plan, on_step) for service in setup.services]
        by_hand, orders = stack.enter_context(setup.databases.committing()), count(READ_ORDERS + 1)
        for number in range(plan.warm_up + plan.rounds):
            on_step(f"{COMMIT_ALONE}, round {number + 1}")
            commits = by_hand(islice(orders, plan.requests))
            measured = report if number >= plan.warm_up else None
            for contestant in contestants:
                on_step(f"{contestant.service.name}, round {number + 1}")
                _round(contestant, setup.load, plan, commits, measured)
            if measured is not None:
                _add(measured, COMMIT_ALONE, COMMIT, commits)
    return report


def _start(stack: ExitStack, service: OrderService, setup: Setup, plan: ShipPlan, on_step: OnStep) -> _Contestant:
    on_step(f"{service.name}, starting")
    server = stack.enter_context(service.started(setup.databases.copy()))
    tokens = [service.token(server.origin, service.customer_id(number), CUSTOMER) for number in range(plan.customers)]
    sockets = [f"/hubs/orders?access_token={token}" for token in tokens]
    staff = service.token(server.origin, "bench", STAFF)
    return _Contestant(service, server, staff, sockets, Workload(service, plan.customers))


def _round(
    contestant: _Contestant, load: Load, plan: ShipPlan, commits: Sequence[float], report: Report | None
) -> None:
    name, server = contestant.service.name, contestant.server
    wanted = contestant.workload.ships(plan.requests)
    with server.quoted(), load.watching(server.origin, contestant.sockets, handshake=contestant.service.handshake):
        before = server.cpu_seconds()
        answers, frames = load.push(server.origin, contestant.staff, _MARK, wanted)
        cost = server.cpu_seconds() - before
    if report is not None:
        _add(report, name, FRAME, frames)
        _add(report, name, ANSWER, answers)
        report.add(name, OVER, median(frames) - median(commits))
        report.add(name, CPU, cost / len(wanted) * 1e6)


def _add(report: Report, name: str, metrics: tuple[Metric, Metric], values: Sequence[float]) -> None:
    report.add(name, metrics[0], median(values))
    report.add(name, metrics[1], percentile_99(values))
