"""Idle: the memory that a connection holds while nothing happens, and what it cost to open it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.peers import Peer
from benchmarks.process import running
from benchmarks.results import Metric, OnStep, Report
from benchmarks.swarm import Swarm

MEMORY = Metric("memory", "KiB per connection")
OPENING = Metric("opening", "µs CPU per connection", 0)


@dataclass(frozen=True, kw_only=True)
class IdlePlan:
    """Sizes of a run. The first `warm_up` connections of a server are open before anything is measured, and stay.

    `quiet` are the seconds without any traffic before memory is read.
    """

    connections: int = 2000
    rounds: int = 3
    warm_up: int = 500
    quiet: float = 1.5


def idle(peers: Sequence[Peer], plan: IdlePlan, on_step: OnStep) -> Report:
    """Every peer, each round in a process of its own: memory that was once used is not given back."""
    report = Report("idle", {"connections": plan.connections, "rounds": plan.rounds}, (MEMORY, OPENING))
    for number in range(plan.rounds):
        for peer in peers:
            on_step(f"{peer.name}, round {number + 1}")
            memory, opening = _round(peer, plan)
            report.add(peer.name, MEMORY, memory)
            report.add(peer.name, OPENING, opening)
    return report


def _round(peer: Peer, plan: IdlePlan) -> tuple[float, float]:
    with (
        running(peer.name, peer.arguments, peer.environment) as server,
        Swarm(server.address, peer.separator) as swarm,
    ):
        # Not closed: the memory that they would leave behind would hide what the next ones take.
        swarm.open([peer.path] * plan.warm_up)
        time.sleep(plan.quiet)
        memory, cpu = server.memory_kib(), server.cpu_seconds()
        swarm.open([peer.path] * plan.connections)
        opening = server.cpu_seconds() - cpu
        time.sleep(plan.quiet)
        held = server.memory_kib() - memory
    return held / plan.connections, opening / plan.connections * 1e6
