"""The commands that measure the hub: `fanout`, `echo` and `idle`."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.cli.options import JsonOption, ReferenceOption, Rounds, WarmUp, chosen, peers_option
from benchmarks.cli.running import run
from benchmarks.echo import EchoPlan, echo
from benchmarks.fanout import FanoutPlan, fanout
from benchmarks.idle import IdlePlan, idle
from benchmarks.peers import PEER_NAMES, PYTHON_PEERS, Peer, aspnetcore_peer

PeersOption = Annotated[list[str] | None, peers_option(PEER_NAMES)]
Connections = Annotated[int, typer.Option(min=1, help="Connections to each server.")]


def fanout_command(
    *,
    connections: Connections = FanoutPlan.connections,
    broadcasts: Annotated[int, typer.Option(min=1, help="Paced messages of a round.")] = FanoutPlan.broadcasts,
    pause_ms: Annotated[int, typer.Option(min=0, help="Pause after each paced message.")] = FanoutPlan.pause_ms,
    burst: Annotated[int, typer.Option(min=1, help="Messages of a burst.")] = FanoutPlan.burst,
    rounds: Rounds = FanoutPlan.rounds,
    warm_up: WarmUp = FanoutPlan.warm_up,
    peer: PeersOption = None,
    reference: ReferenceOption = None,
    json_file: JsonOption = None,
) -> None:
    """CPU time of the server for each message that it delivers to everyone."""
    plan = FanoutPlan(
        connections=connections,
        broadcasts=broadcasts,
        pause_ms=pause_ms,
        burst=burst,
        rounds=rounds,
        warm_up=warm_up,
    )
    peers = _peers(peer, reference)
    run(
        lambda on_step: fanout(peers, plan, on_step),
        steps=len(peers) * (1 + rounds + warm_up),
        sockets=len(peers) * connections,
        json_file=json_file,
    )


def echo_command(
    *,
    connections: Connections = EchoPlan.connections,
    depth: Annotated[
        list[int] | None, typer.Option(min=1, max=256, help="Unanswered invocations of a connection; repeatable.")
    ] = None,
    invocations: Annotated[int, typer.Option(min=1, help="Invocations of a connection.")] = EchoPlan.invocations,
    rounds: Rounds = EchoPlan.rounds,
    warm_up: WarmUp = EchoPlan.warm_up,
    peer: PeersOption = None,
    reference: ReferenceOption = None,
    json_file: JsonOption = None,
) -> None:
    """Invocations per second, and CPU time of the server for each."""
    plan = EchoPlan(
        connections=connections,
        depths=tuple(depth or EchoPlan.depths),
        invocations=invocations,
        rounds=rounds,
        warm_up=warm_up,
    )
    peers = _peers(peer, reference)
    run(
        lambda on_step: echo(peers, plan, on_step),
        steps=len(peers) * (1 + rounds + warm_up),
        sockets=len(peers) * connections,
        json_file=json_file,
    )


def idle_command(
    *,
    connections: Connections = IdlePlan.connections,
    rounds: Rounds = IdlePlan.rounds,
    warm_up: Annotated[int, typer.Option(min=0, help="Connections that are open before.")] = IdlePlan.warm_up,
    peer: PeersOption = None,
    reference: ReferenceOption = None,
    json_file: JsonOption = None,
) -> None:
    """Memory of the server for each connection, and CPU time for opening it."""
    plan = IdlePlan(connections=connections, rounds=rounds, warm_up=warm_up)
    peers = _peers(peer, reference)
    run(
        lambda on_step: idle(peers, plan, on_step),
        steps=len(peers) * rounds,
        sockets=connections + warm_up,
        json_file=json_file,
    )


def _peers(names: list[str] | None, reference: Path | None) -> list[Peer]:
    wanted = chosen(names, PEER_NAMES, "a peer")
    peers = [peer for peer in PYTHON_PEERS if peer.name in wanted]
    return [*peers, aspnetcore_peer(reference)] if reference else peers
