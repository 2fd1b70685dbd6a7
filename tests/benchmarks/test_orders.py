"""The benchmarks of the order service run at the smallest sizes and report what they measured; no time is judged."""

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.cli import cli
from benchmarks.orders.pages import PagesPlan, pages
from benchmarks.orders.requests import RequestsPlan, requests
from benchmarks.orders.seed import Seed
from benchmarks.orders.services import SERVICE_NAMES
from benchmarks.orders.setup import Setup, Wanted, setup
from benchmarks.orders.ship import COMMIT, COMMIT_ALONE, ShipPlan, ship
from benchmarks.peers import REFERENCE
from benchmarks.process import BenchmarkError
from tests.benchmarks.reports import assert_complete, assert_measured, quiet
from tests.support.postgres import PostgresServer

ON_SQLITE = pytest.mark.parametrize("ready", [False], indirect=True, ids=["sqlite"])
ORDERS = 1020
"""Enough for every ship request of a scenario; what is read are the first 1 000."""


@pytest.fixture(scope="module", params=[False, True], ids=["sqlite", "postgresql"])
def ready(request: pytest.FixtureRequest) -> Iterator[Setup]:
    """A few orders of three customers, on each kind of database."""
    wanted = Wanted(names=SERVICE_NAMES, embedded_postgres=request.param)
    with setup(wanted, Seed(ORDERS, customers=3), quiet) as made:
        yield made


def test_requests_of_every_kind_are_measured(ready: Setup) -> None:
    plan = RequestsPlan(connections=(1, 3), requests=4, customers=3, rounds=2, warm_up=0)

    report = requests(ready, plan, quiet)

    assert len(report.metrics) == 4 * 2 * 5
    assert_complete(report, SERVICE_NAMES, rounds=2)


def test_ship_sees_every_frame_at_its_customer(ready: Setup) -> None:
    report = ship(ready, ShipPlan(customers=3, requests=4, rounds=1, warm_up=0), quiet)

    assert tuple(report.samples) == (*SERVICE_NAMES, COMMIT_ALONE)
    assert_measured(report, COMMIT_ALONE, [metric.name for metric in COMMIT], rounds=1)
    others = [metric.name for metric in report.metrics if metric not in COMMIT]
    for peer in SERVICE_NAMES:
        assert_measured(report, peer, others, rounds=1)


@ON_SQLITE
def test_pages_reads_the_first_and_a_far_one(ready: Setup) -> None:
    report = pages(ready, PagesPlan(page=3, requests=4, rounds=1, warm_up=0), quiet)

    assert_complete(report, SERVICE_NAMES, rounds=1)


@ON_SQLITE
def test_a_page_that_is_not_there_ends_the_run(ready: Setup) -> None:
    with pytest.raises(BenchmarkError, match="there is no page 22: page 21 is the last; raise --orders"):
        pages(replace(ready, services=ready.services[:1]), PagesPlan(page=22, requests=2, rounds=1, warm_up=0), quiet)


@ON_SQLITE
def test_a_request_that_is_refused_ends_the_run_and_quotes_only_its_server(ready: Setup) -> None:
    plan = RequestsPlan(kinds=("ship",), connections=(1,), requests=21, customers=3, rounds=1, warm_up=0)

    with pytest.raises(BenchmarkError, match="POST /orders/1021/ship was answered with 404") as caught:
        requests(ready, plan, quiet)

    assert "waybill printed: " in str(caught.value)
    assert "naive printed: " not in str(caught.value)


def test_the_reference_is_asked_for_what_it_can_do(tmp_path: Path) -> None:
    program = tmp_path / "reference"
    program.write_text(f"#!/bin/sh\nexec {sys.executable} -m tests.benchmarks.reference\n")
    program.chmod(0o755)
    plan = RequestsPlan(connections=(1,), requests=4, customers=3, rounds=1, warm_up=0)

    with setup(Wanted(names=(), reference=program), plan.seed, quiet) as ready:
        report = requests(ready, plan, quiet)

    assert_measured(report, REFERENCE, [m.name for m in report.metrics if m.name.startswith(("get", "ship"))], rounds=1)


@ON_SQLITE
def test_the_seed_is_a_whole_log(ready: Setup) -> None:
    file = ready.databases.copy().removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as connection:
        streams = connection.execute(
            "SELECT s.last_seq, count(*), min(e.seq), max(e.seq) FROM customer_stream s"
            " JOIN order_event e USING (customer_id) GROUP BY customer_id ORDER BY customer_id"
        ).fetchall()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()

    assert streams == [(events, events, 1, events) for events in [ORDERS * 2 // 3] * 3]
    assert broken == []


def test_the_command_line_prints_a_row_for_each_peer_and_writes_every_sample(tmp_path: Path) -> None:
    samples = tmp_path / "samples.json"
    sizes = [
        "--kind",
        "get",
        "--kind",
        "ship",
        "--connections",
        "2",
        "--requests",
        "4",
        "--rounds",
        "2",
        "--warm-up",
        "0",
    ]

    result = CliRunner().invoke(cli, ["requests", *sizes, "--json", str(samples)])

    assert result.exit_code == 0, result.output
    assert "requests, sqlite: 4 requests" in result.stdout
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in result.stdout.splitlines() if "│" in line]
    assert [row[:2] for row in rows] == [["get, 2", "waybill"], ["", "naive"], ["ship, 2", "waybill"], ["", "naive"]]
    assert all(float(least) <= float(median) <= float(most) for _, _, median, least, most, *_ in rows)
    assert [float(row[5]) for row in rows][1::2] == [1.0, 1.0]
    written = json.loads(samples.read_text())
    assert [len(entry["metrics"]["ship, 2: CPU"]["samples"]) for entry in written["peers"]] == [2, 2]


def test_a_server_whose_commits_are_not_durable_is_refused(postgres_server: PostgresServer) -> None:
    url = postgres_server.url("postgres")

    result = CliRunner().invoke(cli, ["ship", "--database-url", url])

    assert result.exit_code == 1
    assert "the server has fsync = off, but durable commits are measured: set it on" in " ".join(result.stderr.split())
    assert postgres_server.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'waybill_bench%'") == "0"


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--database-url", "mysql://somewhere/x"], "takes postgresql://user:password@host:port/name"),
        (["--database-url", "postgresql://h/x", "--embedded-postgres"], "exclude each other"),
        (["--embedded-postgres", "--reference", sys.executable], "--reference works with SQLite only"),
        (["--database-url", "postgresql://nobody@127.0.0.1:1/x"], "PostgreSQL: "),
    ],
)
def test_a_database_that_cannot_be_used_is_named(arguments: list[str], hint: str) -> None:
    result = CliRunner().invoke(cli, ["requests", *arguments])

    assert result.exit_code == 1
    assert hint in " ".join(result.stderr.split())


@pytest.mark.parametrize("command", ["requests", "ship", "pages"])
def test_without_node_one_line_says_so(command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    result = CliRunner().invoke(cli, [command])

    assert result.exit_code == 1
    assert "there is no `node` on the PATH" in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--kind", "delete"], "choose from get, list, ship, place"),
        (["--peer", "nobody"], "choose from waybill, naive"),
        (["--requests", "1"], "--requests"),
    ],
)
def test_bad_options_say_what_is_allowed(arguments: list[str], hint: str) -> None:
    result = CliRunner().invoke(cli, ["requests", *arguments])

    assert result.exit_code == 2
    assert hint in " ".join(result.stderr.replace("│", "").split())
