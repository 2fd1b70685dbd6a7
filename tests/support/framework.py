"""The hub framework as its users get it: the distribution `fastapi-signalr`, built from `app/signalr`."""

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.support.paths import ROOT

FRAMEWORK = ROOT / "packages" / "fastapi-signalr"


def build_framework(target: Path, kind: str = "wheel") -> Path:
    """Builds the wheel, or the `sdist`, into an empty directory and returns its path."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", kind, "--directory", str(target)]
    done = subprocess.run(command, cwd=FRAMEWORK, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [built] = target.iterdir()
    return built


def unpack(wheel: Path, target: Path) -> Path:
    """Puts what a wheel holds into a directory, which Python can import from."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target
