"""The command line of the benchmarks: one command for each scenario."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from benchmarks.echo import EchoPlan, echo
from benchmarks.fanout import FanoutPlan, fanout
from benchmarks.idle import IdlePlan, idle
from benchmarks.peers import PEER_NAMES, PYTHON_PEERS, Peer, aspnetcore_peer
from benchmarks.process import BenchmarkError, allow_many_sockets
from benchmarks.results import OnStep, Report, write_json
from benchmarks.ship import ShipPlan, ship

_SPARE_FILES = 200

cli = typer.Typer(
    help="What the push costs the server, beside the same push written in other ways.",
    no_args_is_help=True,
    add_completion=False,
)
PeersOption = Annotated[
    list[str] | None,
    typer.Option("--peer", help=f"Measure only this one; may be repeated. One of {', '.join(PEER_NAMES)}."),
]
ReferenceOption = Annotated[
    Path | None,
    typer.Option(
        "--reference",
        exists=True,
        dir_okay=False,
        help="Measure this ASP.NET Core server too: a program that maps a hub like BenchHub at /bench.",
    ),
]
JsonOption = Annotated[Path | None, typer.Option("--json", dir_okay=False, help="Write every sample to this file.")]
Rounds = Annotated[int, typer.Option(min=1, help="Measured rounds.")]
Connections = Annotated[int, typer.Option(min=1, help="Connections to each server.")]


@cli.command("fanout")
def fanout_command(
    *,
    connections: Connections = FanoutPlan.connections,
    broadcasts: Annotated[int, typer.Option(min=1, help="Paced messages of a round.")] = FanoutPlan.broadcasts,
    pause_ms: Annotated[int, typer.Option(min=0, help="Pause after each paced message.")] = FanoutPlan.pause_ms,
    burst: Annotated[int, typer.Option(min=1, help="Messages of a burst.")] = FanoutPlan.burst,
    rounds: Rounds = FanoutPlan.rounds,
    warm_up: Annotated[int, typer.Option(min=0, help="Rounds before the measured ones.")] = FanoutPlan.warm_up,
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
    _run(
        lambda on_step: fanout(peers, plan, on_step),
        steps=len(peers) * (1 + rounds + warm_up),
        sockets=len(peers) * connections,
        json_file=json_file,
    )


@cli.command("echo")
def echo_command(
    *,
    connections: Connections = EchoPlan.connections,
    depth: Annotated[
        list[int] | None, typer.Option(min=1, max=256, help="Unanswered invocations of a connection; repeatable.")
    ] = None,
    invocations: Annotated[int, typer.Option(min=1, help="Invocations of a connection.")] = EchoPlan.invocations,
    rounds: Rounds = EchoPlan.rounds,
    warm_up: Annotated[int, typer.Option(min=0, help="Rounds before the measured ones.")] = EchoPlan.warm_up,
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
    _run(
        lambda on_step: echo(peers, plan, on_step),
        steps=len(peers) * (1 + rounds + warm_up),
        sockets=len(peers) * connections,
        json_file=json_file,
    )


@cli.command("idle")
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
    _run(
        lambda on_step: idle(peers, plan, on_step),
        steps=len(peers) * rounds,
        sockets=connections + warm_up,
        json_file=json_file,
    )


@cli.command("ship")
def ship_command(
    *,
    customers: Annotated[int, typer.Option(min=1, help="Connected customers.")] = ShipPlan.customers,
    requests: Annotated[int, typer.Option(min=1, help="Orders shipped in a round.")] = ShipPlan.requests,
    rounds: Rounds = ShipPlan.rounds,
    warm_up: Annotated[int, typer.Option(min=0, help="Rounds before the measured ones.")] = ShipPlan.warm_up,
    database_url: Annotated[
        str | None,
        typer.Option(help="An empty database, made for this run, which keeps its rows; without it a temporary file."),
    ] = None,
    json_file: JsonOption = None,
) -> None:
    """Time from sending POST /orders/{id}/ship to the frame at its customer, and to the answer."""
    plan = ShipPlan(customers=customers, requests=requests, rounds=rounds, warm_up=warm_up)
    _run(
        lambda on_step: ship(plan, database_url, on_step),
        steps=1 + rounds + warm_up,
        sockets=customers,
        json_file=json_file,
    )


def _peers(names: list[str] | None, reference: Path | None) -> list[Peer]:
    if unknown := sorted(set(names or ()) - set(PEER_NAMES)):
        raise typer.BadParameter(f"{unknown[0]!r} is not a peer; choose from {', '.join(PEER_NAMES)}")
    peers = [peer for peer in PYTHON_PEERS if not names or peer.name in names]
    return [*peers, aspnetcore_peer(reference)] if reference else peers


def _run(measure: Callable[[OnStep], Report], *, steps: int, sockets: int, json_file: Path | None) -> None:
    out, err = Console(), Console(stderr=True)
    try:
        allow_many_sockets(sockets + _SPARE_FILES)
        with _progress(err, steps) as on_step:
            report = measure(on_step)
    except BenchmarkError as error:
        err.print(f"[bold red]benchmarks:[/] {error}", highlight=False)
        raise typer.Exit(1) from error
    out.print(report.table())
    if json_file is not None:
        write_json(json_file, report)


@contextmanager
def _progress(console: Console, steps: int) -> Iterator[OnStep]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    # Drawn when a step begins and not in between: the drawing must not take time from the server.
    with Progress(*columns, console=console, auto_refresh=False, transient=True) as progress:
        task = progress.add_task("starting", total=steps, completed=-1)

        def on_step(what: str) -> None:
            progress.update(task, description=what, advance=1)
            progress.refresh()

        yield on_step


def main() -> None:
    """The entry point."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # ends the servers too
    cli(prog_name="python -m benchmarks", args=sys.argv[1:])
