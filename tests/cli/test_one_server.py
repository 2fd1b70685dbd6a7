"""One process serves a database: what happens to the second one, and to several workers."""

from pathlib import Path

import pytest

from app.config.settings import Settings
from tests.cli.process import Process, running

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SERVING = r'"address":"http://localhost:\d+"'
STARTED = "Application startup complete"


def refusal(process: Process) -> str:
    """The one line of a command that did not start."""
    assert process.wait() == 1
    [line] = process.lines
    return line


@pytest.mark.parametrize(
    ("database_url", "command"),
    [("sqlite", "serve"), ("sqlite", "serve --reload"), ("postgres", "demo")],
    indirect=["database_url"],
)
def test_a_second_server_is_refused_in_one_line(settings: Settings, command: str) -> None:
    with running(settings, "app", "serve", "--port", "0") as first:
        first.wait_for(SERVING)
        with running(settings, "app", *command.split(), "--port", "0") as second:
            assert f"is served by process {first.pid} already" in refusal(second)
        assert first.end() == 0


@sqlite_only
def test_a_running_demo_keeps_its_file(settings: Settings, tmp_path: Path) -> None:
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/demo.db"}
    with running(settings, "app", "demo", "--port", "0", **database) as first:
        first.wait_for(SERVING)
        before = (tmp_path / "demo.db").stat().st_ino
        with running(settings, "app", "demo", "--reset", "--port", "0", **database) as second:
            assert refusal(second).startswith(f"waybill: {tmp_path}/demo.db is served by process {first.pid} already")
        assert (tmp_path / "demo.db").stat().st_ino == before


@pytest.mark.parametrize(
    ("database_url", "options", "variables"),
    [("sqlite", ["--workers", "2"], {}), ("postgres", [], {"WEB_CONCURRENCY": "2"})],
    ids=["--workers", "WEB_CONCURRENCY"],
    indirect=["database_url"],
)
def test_several_workers_of_uvicorn_are_refused(
    settings: Settings, options: list[str], variables: dict[str, str]
) -> None:
    command = ["uvicorn", "app.main:app", "--port", "0", "--timeout-worker-healthcheck", "1", *options]
    with running(settings, *command, **variables) as process:
        process.wait_for(r'"reason":"this server was started with several workers.*: run one worker .*"')
        process.wait()
        assert "failed to start, stopping the parent process" in process.output
        assert "Traceback" not in process.output


@sqlite_only
def test_reloading_is_not_mistaken_for_several_workers(settings: Settings, tmp_path: Path) -> None:
    watched = tmp_path / "watched"
    watched.mkdir()
    source = watched / "source.py"
    source.touch()
    options = ["--workers", "2", "--reload", "--reload-dir", str(watched)]
    with running(settings, "uvicorn", "app.main:app", "--port", "0", *options) as process:
        process.wait_for(STARTED)
        source.write_text("changed = True\n")
        process.wait_for(f"{STARTED}(.|\n)*Reloading(.|\n)*{STARTED}")
        process.end()
        assert "cannot start" not in process.output
