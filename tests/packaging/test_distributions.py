"""The wheel and the source distribution contain everything that a server needs, the page and the migrations too."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.support.paths import ROOT

PAGE = "app/static/dist/index.html"


def run(*arguments: str | Path, cwd: Path, **variables: str) -> str:
    """Runs Python with the given arguments, hides npm from it, and returns what it printed."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PATH": str(cwd), **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, built from the checkout with the existing page."""
    assert (ROOT / PAGE).exists(), "the page is not built: run `make page`"
    target = tmp_path_factory.mktemp("sdist")
    run("-m", "hatchling", "build", "--target", "sdist", "--directory", target, cwd=ROOT)
    [path] = target.glob("*.tar.gz")
    return path


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution."""
    target = tmp_path_factory.mktemp("wheel")
    flags = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    run("-m", "pip", "wheel", *flags, "--wheel-dir", target, sdist, cwd=target)
    [path] = target.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory into which the wheel was installed."""
    target = tmp_path_factory.mktemp("site")
    run("-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", target, wheel, cwd=target)
    return target


def test_the_sdist_contains_the_built_page_and_its_sources(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {PAGE, "frontend/package-lock.json", "hatch_build.py", "migrations/env.py", "LICENSE"} <= names
    assert not [name for name in names if "node_modules" in name or name.startswith("tests/")]


def test_the_wheel_contains_the_page_and_the_migrations_but_no_tests_or_tools(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {
        PAGE,
        "app/py.typed",
        "app/_migrations/env.py",
        "app/_migrations/versions/0001_initial.py",
    } <= set(names)
    assert [name for name in names if name.startswith("app/static/dist/assets/") and name.endswith(".js")]
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"app", "waybill"}


def test_the_installed_wheel_runs_and_migrates_without_node_and_without_the_checkout(
    installed: Path, tmp_path: Path
) -> None:
    variables = {"PYTHONPATH": str(installed), "DATABASE_URL": f"sqlite:///{tmp_path}/waybill.db"}
    where = run("-c", "import app; print(app.__file__)", cwd=tmp_path, **variables)
    assert Path(where.strip()).is_relative_to(installed)
    assert "serve" in run("-m", "app", "--help", cwd=tmp_path, **variables)
    run("-m", "app", "migrate", cwd=tmp_path, **variables)
    assert (tmp_path / "waybill.db").stat().st_size > 0
