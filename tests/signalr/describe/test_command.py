"""What `waybill hubs` writes, and that the page was built from it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import cli
from app.main import HUBS
from tests.signalr.describe.tsc import compile_errors
from tests.support.paths import ROOT

GENERATED = ROOT / "frontend" / "src" / "live" / "hubs.generated.ts"
OUTDATED = "frontend/src/live/hubs.generated.ts does not match the hubs: run `make client-types`"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["hubs", *arguments], prog_name="waybill")


def test_the_page_has_the_declarations_of_the_hubs_as_they_are() -> None:
    if GENERATED.read_text(encoding="utf-8") != run("--typescript").stdout:
        pytest.fail(OUTDATED)


def test_the_declarations_compile(tmp_path: Path) -> None:
    assert compile_errors(tmp_path, {"hubs.ts": run("--typescript").stdout}) == {}


def test_the_document_has_every_hub() -> None:
    document = json.loads(run("--asyncapi").stdout)
    assert {channel["address"] for channel in document["channels"].values()} == set(HUBS)
    assert document["servers"] == {"hubs": {"host": "localhost:8000", "protocol": "ws"}}


def test_two_documents_at_once_are_refused() -> None:
    result = run("--typescript", "--asyncapi")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "waybill: --typescript and --asyncapi write different documents: give only one of them\n"
