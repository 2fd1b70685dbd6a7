"""A Python environment that has one wheel and what it depends on, and nothing else: made without any network.

The dependencies come from the environment of the tests. They are found as pip finds them, by the metadata of each
distribution, so what the wheel does not declare cannot be imported.
"""

import os
import subprocess
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.framework import unpack


class CleanEnvironment:
    """A virtual environment; `python` is its interpreter."""

    def __init__(self, directory: Path) -> None:
        venv.create(directory, with_pip=False)
        self.python = directory / "bin" / "python"
        [self.packages] = directory.glob("lib/python*/site-packages")

    def install(self, wheel: Path) -> None:
        """Installs a wheel, and links to what it requires."""
        unpack(wheel, self.packages)
        [metadata] = self.packages.glob(f"{wheel.name.split('-')[0]}-*.dist-info")
        for required in _closure(Distribution.at(metadata)):
            for name in _top_level(required):
                if not (self.packages / name).exists():
                    (self.packages / name).symlink_to(Path(str(required.locate_file(name))))

    def run(self, *arguments: str | Path, cwd: Path) -> str:
        """Runs Python and returns what it printed; fails if it fails."""
        command = [str(self.python), *map(str, arguments)]
        done = subprocess.run(command, cwd=cwd, env=clean_variables(), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def clean_variables() -> dict[str, str]:
    """The environment variables of the tests, without those that tell Python where to look for modules."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def _closure(wanted: Distribution) -> list[Distribution]:
    """Everything that a distribution requires, directly or not."""
    found: dict[str, Distribution] = {}
    waiting = list(_required(wanted))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = distribution(name)
            waiting += _required(found[name])
    return list(found.values())


def _required(wanted: Distribution) -> Iterator[str]:
    for requirement in map(Requirement, wanted.requires or ()):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            assert requirement.specifier.contains(distribution(requirement.name).version), requirement
            yield canonicalize_name(requirement.name)


def _top_level(installed: Distribution) -> set[str]:
    names = {path.parts[0] for path in installed.files or ()}
    return names - {"..", "__pycache__"}
