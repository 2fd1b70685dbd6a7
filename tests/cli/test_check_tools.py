"""The check of the tools, which `make run` and `make test` begin with, on a machine that has other ones."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

GOOD = {"python3": None, "node": "v22.12.0", "npm": "10.8.2", "make": "GNU Make 4.3"}
NODE = "needed is Node 20.19 or newer, or 22.12 or newer: https://nodejs.org/en/download"
NPM = "needed is npm 10 or newer, which comes with Node: https://nodejs.org/en/download"
PYTHON = "needed is Python 3.11 or newer: https://www.python.org/downloads/"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder of programs with nothing that is checked."""
    for name in ("sh", "sed", "head", "bash", "find", "make"):
        found = shutil.which(name)
        assert found is not None
        (tmp_path / name).symlink_to(found)
    return tmp_path


def install(machine: Path, tools: dict[str, str | None]) -> None:
    """Adds programs that only tell their version, and nothing else; None is the Python of the tests."""
    for name, version in tools.items():
        program = machine / name
        program.unlink(missing_ok=True)
        if version is None:
            program.symlink_to(sys.executable)
        else:
            program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{version}"\n')
            program.chmod(0o755)


def complaints(machine: Path, *names: str) -> list[str]:
    """The lines of the check, which fails if there are any."""
    command = ["sh", str(ROOT / "scripts/check-tools.sh"), *names]
    done = subprocess.run(command, env={"PATH": str(machine)}, capture_output=True, text=True, check=False)
    assert done.stdout == ""
    assert done.returncode == (1 if done.stderr else 0)
    return done.stderr.splitlines()


def test_good_tools_are_passed_in_silence(machine: Path) -> None:
    install(machine, GOOD)
    assert complaints(machine) == []


@pytest.mark.parametrize(
    ("tool", "version", "told"),
    [
        ("node", "v18.19.1", f"node: found 18.19.1 ({{}}), {NODE}"),
        ("node", "v20.18.3", f"node: found 20.18.3 ({{}}), {NODE}"),
        ("node", "v21.7.3", f"node: found 21.7.3 ({{}}), {NODE}"),
        ("node", "v22.11.0", f"node: found 22.11.0 ({{}}), {NODE}"),
        ("node", "", f"node: found one that does not start ({{}}), {NODE}"),
        ("npm", "9.2.0", f"npm: found 9.2.0 ({{}}), {NPM}"),
        ("python3", "Python 3.10.12", f"python3: found 3.10.12 ({{}}), {PYTHON} (PYTHON=... names another one)"),
        ("python3", "Python 3.12.3", "python3: found 3.12.3 ({}), which lacks venv or ensurepip: install python3-venv"),
        ("make", "GNU Make 3.81", "make: found 3.81 ({}), needed is GNU make 3.82 or newer"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " not in value else "",
)
def test_a_tool_that_is_too_old_is_one_line(machine: Path, tool: str, version: str, told: str) -> None:
    install(machine, GOOD | {tool: version})
    [line] = complaints(machine)
    assert line.startswith(told.format(machine / tool))


@pytest.mark.parametrize("version", ["v20.19.0", "v20.20.2", "v22.12.0", "v23.0.0", "v24.1.0", "v100.0.0"])
def test_every_node_that_builds_the_page_is_accepted(machine: Path, version: str) -> None:
    install(machine, GOOD | {"node": version})
    assert complaints(machine) == []


def test_all_missing_tools_are_told_at_once(machine: Path) -> None:
    (machine / "make").unlink()
    lines = complaints(machine)
    assert [line.split(",")[0] for line in lines] == [
        "python3: not found",
        "node: not found",
        "npm: not found",
        "make: not found",
    ]


def test_only_what_is_asked_for_is_checked(machine: Path) -> None:
    install(machine, {"python3": None})
    assert complaints(machine, "python", "make") == []


@pytest.mark.parametrize("goal", ["run", "test", "demo-reset", "check", "build", "dev"])
def test_make_checks_before_it_does_anything(machine: Path, tmp_path: Path, goal: str) -> None:
    install(machine, {"python3": None})
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    for name in ("Makefile", "scripts", "frontend"):
        (checkout / name).symlink_to(ROOT / name)
    command = [str(machine / "make"), goal]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        command, cwd=checkout, env=environment | {"PATH": str(machine)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    node, npm, make = done.stderr.splitlines()
    assert (node, npm) == (f"node: not found, {NODE}", f"npm: not found, {NPM}")
    assert make.startswith("make: *** ")
