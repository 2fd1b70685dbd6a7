"""Ship: from sending POST /orders/{id}/ship to the frame at the customer's socket, through the whole service."""

import selectors
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from statistics import median, quantiles

from benchmarks.http import HttpConnection, accepted
from benchmarks.process import BenchmarkError
from benchmarks.results import Metric, OnStep, Report
from benchmarks.service import Service, customer_id, place_orders, running_service
from benchmarks.swarm import PATIENCE, Client, Swarm

FRAME = (Metric("frame, median", "ms", 2), Metric("frame, p99", "ms", 2))
ANSWER = (Metric("answer, median", "ms", 2), Metric("answer, p99", "ms", 2))
ALONE = (Metric("REST only, median", "ms", 2), Metric("REST only, p99", "ms", 2))
CPU = Metric("server", "µs CPU per ship", 0)
_TARGET = b'"target":"OrderShipped"'


@dataclass(frozen=True, kw_only=True)
class ShipPlan:
    """Sizes of a run. Every request ships an order of its own; one request is on its way at a time."""

    customers: int = 100
    requests: int = 300
    rounds: int = 5
    warm_up: int = 1

    @property
    def orders(self) -> int:
        """What the rounds ship: each once with its customers connected, and once with nobody."""
        return 2 * self.requests * (self.rounds + self.warm_up)


def ship(plan: ShipPlan, database_url: str | None, on_step: OnStep) -> Report:
    """Ships to connected customers and to nobody, in turn.

    Raises BenchmarkError when a request fails or a frame does not come.
    """
    report = Report(
        "ship",
        {"customers": plan.customers, "rounds": plan.rounds, "requests_each": plan.requests},
        (*FRAME, *ANSWER, *ALONE, CPU),
    )
    with running_service(database_url) as service, closing(service.staff()) as staff:
        on_step(f"placing {plan.orders} orders")
        orders = iter(place_orders(staff, plan.orders, plan.customers))
        name = "waybill, postgresql" if database_url and database_url.startswith("postgres") else "waybill, sqlite"
        for number in range(plan.warm_up + plan.rounds):
            on_step(f"round {number + 1}")
            frames, answers, cost = _to_everyone(service, staff, orders, plan)
            _, alone = _ship_each([], staff, orders, plan.requests)
            if number >= plan.warm_up:
                for metrics, latencies in ((FRAME, frames), (ANSWER, answers), (ALONE, alone)):
                    report.add(name, metrics[0], median(latencies) * 1e3)
                    report.add(name, metrics[1], quantiles(latencies, n=100, method="inclusive")[98] * 1e3)
                report.add(name, CPU, cost)
    return report


def _to_everyone(
    service: Service, staff: HttpConnection, orders: Iterator[int], plan: ShipPlan
) -> tuple[list[float], list[float], float]:
    with Swarm(service.server.address) as swarm:
        swarm.open([service.hub_path(customer_id(number)) for number in range(plan.customers)])
        before = service.server.cpu_seconds()
        frames, answers = _ship_each(swarm.clients, staff, orders, plan.requests)
        return frames, answers, (service.server.cpu_seconds() - before) / plan.requests * 1e6


def _ship_each(
    clients: Sequence[Client], staff: HttpConnection, orders: Iterator[int], count: int
) -> tuple[list[float], list[float]]:
    """Seconds to the frame (none without clients) and to the answer, for each of the next orders."""
    with selectors.DefaultSelector() as selector:
        selector.register(staff.socket, selectors.EVENT_READ, staff)
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
        measured = [_ship_one(selector, staff, next(orders), pushed=bool(clients)) for _ in range(count)]
    return [frame for frame, _ in measured if frame is not None], [answer for _, answer in measured]


def _ship_one(
    selector: selectors.BaseSelector, staff: HttpConnection, order: int, *, pushed: bool
) -> tuple[float | None, float]:
    frame: float | None = None
    answered: float | None = None
    path = f"/orders/{order}/ship"
    started = time.perf_counter()
    staff.send("POST", path)
    while answered is None or (pushed and frame is None):
        events = selector.select(PATIENCE)
        now = time.perf_counter() - started
        if not events:
            raise BenchmarkError(f"{path}: {'the frame' if answered else 'the answer'} did not come")
        for key, _ in events:
            source: HttpConnection | Client = key.data
            if isinstance(source, Client):
                frame = now if _TARGET in source.read() else frame
            elif (answer := source.read()) is not None:
                accepted(answer, path)
                answered = now
    return frame, answered
