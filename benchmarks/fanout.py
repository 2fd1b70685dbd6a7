"""Fan-out: what one delivered message costs the server, when everyone is sent the same."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.peers import Peer
from benchmarks.process import ServerProcess, running
from benchmarks.results import Metric, OnStep, Report
from benchmarks.swarm import Swarm

PACED = Metric("paced", "µs CPU per message", 2)
BURST = Metric("burst", "µs CPU per message", 2)


@dataclass(frozen=True, kw_only=True)
class FanoutPlan:
    """Sizes of a run. Two rounds before the measured ones are for caches and compilers."""

    connections: int = 1000
    broadcasts: int = 30
    pause_ms: int = 30
    burst: int = 100
    rounds: int = 5
    warm_up: int = 2


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server with everyone connected."""

    peer: Peer
    server: ServerProcess
    swarm: Swarm

    def cost(self, target: str, count: int, *arguments: int) -> float:
        """µs of the server's processor per delivered message of one command."""
        before = self.server.cpu_seconds()
        self.swarm.command(target, count, *arguments)
        self.swarm.receive(count)
        return (self.server.cpu_seconds() - before) / (count * len(self.swarm.clients)) * 1e6


def fanout(peers: Sequence[Peer], plan: FanoutPlan, on_step: OnStep) -> Report:
    """Every peer, round by round, so that what else the machine does falls on all of them.

    Raises BenchmarkError when a message is lost.
    """
    report = Report(
        "fanout",
        {"connections": plan.connections, "rounds": plan.rounds, "ms_pause": plan.pause_ms, "in_a_burst": plan.burst},
        (PACED, BURST),
    )
    with ExitStack() as stack:
        contestants = [stack.enter_context(connected(peer, plan.connections, on_step)) for peer in peers]
        for number in range(plan.warm_up + plan.rounds):
            for contestant in contestants:
                on_step(f"{contestant.peer.name}, round {number + 1}")
                paced = contestant.cost("BroadcastPaced", plan.broadcasts, plan.pause_ms)
                burst = contestant.cost("Broadcast", plan.burst)
                if number >= plan.warm_up:
                    report.add(contestant.peer.name, PACED, paced)
                    report.add(contestant.peer.name, BURST, burst)
    return report


@contextmanager
def connected(peer: Peer, connections: int, on_step: OnStep) -> Iterator[Contestant]:
    """Starts a peer and connects its clients."""
    on_step(f"{peer.name}, connecting")
    with (
        running(peer.name, peer.arguments, peer.environment) as server,
        Swarm(server.address, peer.separator) as swarm,
    ):
        swarm.open([peer.path] * connections)
        yield Contestant(peer, server, swarm)
