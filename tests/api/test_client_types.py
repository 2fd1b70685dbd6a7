"""`waybill openapi`, and the types of the page that are generated from it."""

import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.config.settings import Settings
from app.main import create_app
from tests.support.paths import ROOT

FRONTEND = ROOT / "frontend"
GENERATED = FRONTEND / "src" / "api" / "openapi.generated.ts"


def described() -> str:
    """What the command prints."""
    result = CliRunner().invoke(cli, ["openapi"], prog_name="waybill")
    assert result.exit_code == 0, result.stderr
    return result.stdout


@pytest.fixture(autouse=True)
def _workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty directory without a .env."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_prints_what_the_server_serves(settings: Settings) -> None:
    assert json.loads(described()) == create_app(settings).openapi()


def test_the_command_leaves_nothing_behind(tmp_path: Path) -> None:
    described()
    assert list(tmp_path.iterdir()) == []


def test_the_types_of_the_page_match_the_document(tmp_path: Path) -> None:
    output = tmp_path / "openapi.ts"
    command = ["npm", "run", "--silent", "types", "--", "--output", str(output)]
    subprocess.run(command, cwd=FRONTEND, input=described(), text=True, check=True, capture_output=True)
    if output.read_text(encoding="utf-8") != GENERATED.read_text(encoding="utf-8"):
        pytest.fail("frontend/src/api/openapi.generated.ts does not match the API: run `make client-types`")
