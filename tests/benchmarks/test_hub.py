"""The benchmarks of the hub run at the smallest sizes and lose nothing unnoticed; no time is judged."""

import json
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks import swarm
from benchmarks.cli import cli
from benchmarks.echo import EchoPlan, echo
from benchmarks.fanout import FanoutPlan, connected, fanout
from benchmarks.idle import IdlePlan, idle
from benchmarks.peers import BASELINE, PEER_NAMES, PYTHON_PEERS, aspnetcore_peer
from benchmarks.process import BenchmarkError
from benchmarks.swarm import Client, Swarm
from tests.benchmarks.reports import assert_complete, quiet

TINY = FanoutPlan(connections=3, broadcasts=2, pause_ms=1, burst=4, rounds=2, warm_up=1)


def test_echo_gets_every_answer_at_every_depth() -> None:
    plan = EchoPlan(connections=2, depths=(1, 5), invocations=12, rounds=1, warm_up=0)

    report = echo(PYTHON_PEERS[::2], plan, quiet)

    assert_complete(report, PEER_NAMES[::2], rounds=1)
    assert len(report.metrics) == 4
    assert {report.ratio(BASELINE, metric) for metric in report.metrics} == {1.0}


def test_idle_measures_memory_and_opening() -> None:
    report = idle(PYTHON_PEERS[:1], IdlePlan(connections=5, rounds=1, warm_up=2, quiet=0.1), quiet)

    assert_complete(report, PEER_NAMES[:1], rounds=1)


def test_a_missing_message_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(swarm, "PATIENCE", 0.5)

    with connected(PYTHON_PEERS[-1], 2, quiet) as contestant:
        contestant.swarm.command("Broadcast", 2)
        with pytest.raises(BenchmarkError, match="messages are missing"):
            contestant.swarm.receive(3)


def test_a_message_too_many_ends_the_run() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, Swarm(listener.getsockname()) as clients:
        clients.clients.append(Client(listener.getsockname()))
        clients.clients[0].marks = 3

        with pytest.raises(BenchmarkError, match="received 3 messages, not 2"):
            clients.settle(2)


def test_a_server_that_does_not_start_is_quoted(tmp_path: Path) -> None:
    program = tmp_path / "reference"
    program.write_text("#!/bin/sh\necho out of order\nexit 1\n")
    program.chmod(0o755)

    with pytest.raises(BenchmarkError, match=r"did not start\naspnetcore printed: out of order"):
        fanout([aspnetcore_peer(program)], TINY, quiet)


def test_the_command_line_prints_a_table_and_writes_every_sample(tmp_path: Path) -> None:
    samples = tmp_path / "samples.json"
    sizes = ["--connections", "3", "--broadcasts", "2", "--burst", "4", "--rounds", "2", "--warm-up", "1"]

    result = CliRunner().invoke(cli, ["fanout", *sizes, "--json", str(samples)])

    assert result.exit_code == 0, result.output
    assert "fanout: 3 connections" in result.stdout
    rows = [line.split("│")[2:-1] for line in result.stdout.splitlines() if line.startswith("│")]
    figures = [(row[0].strip(), [float(cell) for cell in row[1:]]) for row in rows if row[0].strip()]
    assert [peer for peer, _ in figures] == [*PEER_NAMES, *PEER_NAMES]
    assert all(least <= median <= most for _, (median, least, most, _) in figures)
    written = json.loads(samples.read_text())
    assert {"python", "packages", "measured_at"} <= written["environment"].keys()
    assert [len(entry["metrics"]["burst"]["samples"]) for entry in written["peers"]] == [2, 2, 2]


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["fanout", "--peer", "nobody"], "choose from waybill, waybill-asgi, naive"),
        (["echo", "--depth", "0"], "--depth"),
        (["idle", "--reference", "no-such-program"], "does not exist"),
    ],
)
def test_bad_options_say_what_is_allowed(arguments: list[str], hint: str) -> None:
    result = CliRunner().invoke(cli, arguments)

    assert result.exit_code == 2
    assert hint in " ".join(result.stderr.replace("│", "").split())


def test_too_many_connections_are_refused_before_anything_starts() -> None:
    result = CliRunner().invoke(cli, ["fanout", "--connections", "100000000"])

    assert result.exit_code == 1
    assert "raise `ulimit -n`" in " ".join(result.stderr.split())
