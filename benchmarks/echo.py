"""Echo: invocations per second, and what one costs the server, with more or fewer of them on the way at once."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks import wire
from benchmarks.fanout import Contestant, connected
from benchmarks.peers import Peer
from benchmarks.results import Metric, OnStep, Report

TEXT = "x" * 159 + "]"
"""What is echoed; the bracket is the mark that clients count."""


@dataclass(frozen=True, kw_only=True)
class EchoPlan:
    """Sizes of a run: `depths` are the numbers of unanswered invocations that each connection keeps on its way."""

    connections: int = 10
    depths: tuple[int, ...] = (1, 16, 64)
    invocations: int = 2000
    rounds: int = 5
    warm_up: int = 2


def echo(peers: Sequence[Peer], plan: EchoPlan, on_step: OnStep) -> Report:
    """Every peer at every depth, round by round. Raises BenchmarkError when an answer is missing."""
    metrics = {depth: _metrics(depth) for depth in plan.depths}
    report = Report(
        "echo",
        {"connections": plan.connections, "rounds": plan.rounds, "invocations_each": plan.invocations},
        [metric for pair in metrics.values() for metric in pair],
    )
    with ExitStack() as stack:
        contestants = [stack.enter_context(connected(peer, plan.connections, on_step)) for peer in peers]
        for number in range(plan.warm_up + plan.rounds):
            for contestant in contestants:
                on_step(f"{contestant.peer.name}, round {number + 1}")
                for depth, (cost, rate) in metrics.items():
                    microseconds, per_second = _round(contestant, plan.invocations, depth)
                    if number >= plan.warm_up:
                        report.add(contestant.peer.name, cost, microseconds)
                        report.add(contestant.peer.name, rate, per_second)
    return report


def _metrics(depth: int) -> tuple[Metric, Metric]:
    return Metric(f"cost at depth {depth}", "µs CPU"), Metric(f"rate at depth {depth}", "per s", 0)


def _round(contestant: Contestant, each: int, depth: int) -> tuple[float, float]:
    swarm, server = contestant.swarm, contestant.server
    call = wire.invocation(contestant.peer.separator, "Echo", TEXT, invocation_id="1")
    window = call * min(depth, each)
    unsent = dict.fromkeys(swarm.clients, each)
    swarm.begin()
    started, before = time.perf_counter(), server.cpu_seconds()
    for client in swarm.clients:
        client.send(window)
        unsent[client] -= min(depth, each)
    missing = each * len(swarm.clients)
    while missing:
        for client, answered in swarm.arrivals():
            missing -= answered
            if more := min(answered, unsent[client]):
                unsent[client] -= more
                client.send(window[: more * len(call)])
    cost, seconds = server.cpu_seconds() - before, time.perf_counter() - started
    total = each * len(swarm.clients)
    swarm.settle(each)
    return cost / total * 1e6, total / seconds
