"""All selected cases are played in the background, side by side and once for all test processes."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.signalr.golden.outcomes import Outcomes
from tests.signalr.golden.recordings import Case
from tests.signalr.golden.serve import ADAPTERS

_ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def adapter() -> str:
    """How WebSockets reach the hubs: `GOLDEN_WS=takeover` (the default) or `asgi`."""
    chosen = os.environ.get("GOLDEN_WS", "takeover")
    if chosen not in ADAPTERS:
        raise pytest.UsageError(f"GOLDEN_WS is {chosen!r}; it must be one of {', '.join(ADAPTERS)}")
    return chosen


@pytest.fixture(scope="session")
def outcomes(
    request: pytest.FixtureRequest, adapter: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Outcomes]:
    """What becomes of the cases; the first process that asks has them played."""
    base = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        base = base.parent  # the processes of one run share it
    directory = base / "golden"
    outcomes = Outcomes(directory)
    with (base / "golden.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        starts = not directory.exists()
        if starts:
            directory.mkdir()
            outcomes.select(_selected(request.session))
            player = _start(adapter, directory)
    yield outcomes
    if starts:
        # The other processes may still wait for cases, unless the run was broken off.
        if not request.session.shouldstop:
            player.wait()
        player.kill()
        player.communicate()


def _selected(session: pytest.Session) -> list[str]:
    callspecs = [getattr(item, "callspec", None) for item in session.items]
    cases = [spec.params["case"] for spec in callspecs if spec is not None and "case" in spec.params]
    return [case.name for case in cases if isinstance(case, Case)]


def _start(adapter: str, directory: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-W", "error", "-m", "tests.signalr.golden.play", adapter, str(directory)]
    with (directory / "log.txt").open("w") as log:
        return subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log)
