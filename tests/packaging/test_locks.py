"""The locks are complete, match the files they were made from, and name no package index."""

import json
import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.paths import ROOT

RUN, DEV = "requirements.lock", "requirements-dev.lock"
NPM_LOCKS = ["frontend/package-lock.json", "tests/npm/package-lock.json", "benchmarks/load/package-lock.json"]
PIN = re.compile(r"^([\w.\-]+)==([\w.+!]+)(?: ; .+)? \\$", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    """Returns the version of every package in a lock."""
    return {canonicalize_name(name): version for name, version in PIN.findall((ROOT / lock).read_text())}


def project() -> dict[str, Any]:
    """The metadata from which the locks were resolved."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


@pytest.mark.parametrize("lock", [RUN, DEV, *NPM_LOCKS])
def test_a_lock_names_no_host_and_no_path(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert '"resolved"' not in text
    assert not re.search(r"file:|git\+|--(extra-)?index-url|--find-links", text)
    addresses = re.findall(r"https?://[^\s\"]+", text)
    assert not [address for address in addresses if "registry" in address or address.endswith((".tgz", ".whl"))]


@pytest.mark.parametrize(("lock", "extras"), [(RUN, ["postgres", "speed"]), (DEV, ["dev", "postgres", "speed"])])
def test_a_lock_satisfies_the_project(lock: str, extras: list[str]) -> None:
    metadata = project()
    wanted = [*metadata["dependencies"]]
    for extra in extras:
        wanted += metadata["optional-dependencies"][extra]
    locked = pins(lock)
    for requirement in map(Requirement, wanted):
        if requirement.name != metadata["name"]:
            assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement


def test_the_tools_are_added_to_what_the_service_runs_with() -> None:
    assert pins(RUN).items() <= pins(DEV).items()


@pytest.mark.parametrize("lock", NPM_LOCKS)
def test_an_npm_lock_knows_the_optional_packages_of_every_platform(lock: str) -> None:
    packages: dict[str, dict[str, Any]] = json.loads((ROOT / lock).read_text())["packages"]
    optional = {name for entry in packages.values() for name in entry.get("optionalDependencies", {})}
    assert {f"node_modules/{name}" for name in optional} <= packages.keys()
