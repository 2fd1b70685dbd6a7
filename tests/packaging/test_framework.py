"""The hub framework as a distribution of its own: its contents, and the README's snippet with nothing else there."""

import ast
import asyncio
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from packaging.requirements import Requirement

import app.signalr
from tests.docs.page import Page
from tests.packaging.clean_environment import CleanEnvironment, clean_variables
from tests.support.framework import FRAMEWORK, build_framework
from tests.support.npm import VERSIONS, npm_client
from tests.support.paths import ROOT

pytestmark = pytest.mark.anyio
PACKAGE = ROOT / "app" / "signalr"
TOKEN = "very-secret-token"
ADDRESS = re.compile(r"Uvicorn running on (http://127\.0\.0\.1:\d+)")


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, built from the checkout."""
    return build_framework(tmp_path_factory.mktemp("sdist"), "sdist")


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution as pip builds it."""
    target = tmp_path_factory.mktemp("wheel")
    flags = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(target)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *flags, str(sdist)], cwd=target, check=True)
    [path] = target.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> CleanEnvironment:
    """Has the framework, what it declares, and nothing of the service."""
    made = CleanEnvironment(tmp_path_factory.mktemp("environment") / "venv")
    made.install(wheel)
    return made


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of a user, whose own package is called `app` as most are; `app/main.py` is the README's snippet."""
    directory = tmp_path_factory.mktemp("project")
    (directory / "app").mkdir()
    (directory / "app/__init__.py").touch()
    (directory / "app/main.py").write_text(Page(ROOT / "README.md").python)
    return directory


def sources(archive: Path) -> Iterator[str]:
    """The files of the package in a built archive, without what is in front of them."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as opened:
            names = opened.namelist()
    else:
        with tarfile.open(archive) as opened:
            names = [name.partition("/")[2] for name in opened.getnames()]
    return (name.removeprefix("fastapi_signalr/") for name in names if name.startswith("fastapi_signalr/"))


def test_both_archives_hold_the_package_and_its_marker_for_types(sdist: Path, wheel: Path) -> None:
    modules = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py")}
    assert set(sources(wheel)) == set(sources(sdist)) == modules | {"py.typed"}
    with zipfile.ZipFile(wheel) as archive:
        assert {name.split("/")[0].split("-")[0] for name in archive.namelist()} == {"fastapi_signalr"}


def test_a_wheel_from_the_checkout_is_the_one_from_the_source_distribution(wheel: Path, tmp_path: Path) -> None:
    direct = build_framework(tmp_path)
    assert direct.name == wheel.name == f"fastapi_signalr-{app.signalr.__version__}-py3-none-any.whl"
    assert set(sources(direct)) == set(sources(wheel))


def test_the_licence_is_that_of_the_service() -> None:
    assert (FRAMEWORK / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def test_every_package_that_is_imported_is_declared_and_no_other() -> None:
    imported: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add((node.module or "").split(".")[0])
    declared = tomllib.loads((FRAMEWORK / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {Requirement(one).name.replace("-", "_") for one in declared}
    # Pydantic requires exactly one version of its core.
    assert imported - sys.stdlib_module_names - {"pydantic_core"} == names


def test_nothing_of_the_service_can_be_imported_there(environment: CleanEnvironment, tmp_path: Path) -> None:
    check = "import importlib.util as u; print([u.find_spec(name) for name in ('app', 'sqlalchemy', 'structlog')])"
    assert environment.run("-c", check, cwd=tmp_path) == "[None, None, None]\n"
    every = "import fastapi_signalr as f, pkgutil, importlib; print(len([importlib.import_module(one.name) for one in"
    every += " pkgutil.walk_packages(f.__path__, 'fastapi_signalr.')]))"
    assert int(environment.run("-W", "error", "-c", every, cwd=tmp_path)) == len(list(PACKAGE.rglob("*.py"))) - 1


def test_loggers_are_named_after_the_package(environment: CleanEnvironment, tmp_path: Path) -> None:
    check = "import fastapi_signalr, logging; print([n for n in logging.root.manager.loggerDict if 'signalr' in n])"
    names = ast.literal_eval(environment.run("-c", check, cwd=tmp_path))
    assert names
    assert all(name == "fastapi_signalr" or name.startswith("fastapi_signalr.") for name in names)


def test_the_snippet_type_checks_strictly(environment: CleanEnvironment, project: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path)]
    command += ["--python-executable", str(environment.python), "app"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    # The types of the framework are seen: a call that the client does not understand is an error.
    wrong = (project / "app/main.py").read_text().replace("order_shipped(event)", "order_shipped(42)")
    (tmp_path / "wrong.py").write_text(wrong)
    command[-1] = str(tmp_path / "wrong.py")
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert 'incompatible type "int"; expected "OrderEvent"' in done.stdout


@asynccontextmanager
async def uvicorn_of(environment: CleanEnvironment, project: Path, *flags: str) -> AsyncIterator[tuple[str, list[str]]]:
    """Serves the user's project as a user does; the address, and the lines of the log as they come."""
    command = [str(environment.python), "-m", "uvicorn", "app.main:app", "--port", "0", *flags]
    process = await asyncio.create_subprocess_exec(
        *command, cwd=project, stdout=PIPE, stderr=STDOUT, env=clean_variables()
    )
    assert process.stdout is not None
    log: list[str] = []
    address = None
    while address is None:
        line = (await process.stdout.readline()).decode()
        assert line, "".join(log)
        log.append(line)
        address = ADDRESS.search(line)
    try:
        yield address[1], log
    finally:
        process.terminate()
        log += (await process.stdout.read()).decode().splitlines(keepends=True)
        await process.wait()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("flags", [(), ("--ws", "fastapi_signalr.transports.uvicorn:HubWebSocketProtocol")])
async def test_the_snippet_runs_with_the_official_client(
    flags: tuple[str, ...], version: str, environment: CleanEnvironment, project: Path
) -> None:
    async with uvicorn_of(environment, project, *flags) as (address, log), npm_client(version, address) as client:
        connection = await client.connect("/hubs/orders", token=TOKEN, targets=["OrderShipped"])
        await connection.invoke("Watch", 42)
        async with httpx2.AsyncClient() as http:
            answer = await http.post(f"{address}/orders/42/ship")
        assert answer.json() == {"orderId": 42, "status": "Shipped"}
        assert await connection.next("OrderShipped") == [{"orderId": 42, "status": "Shipped"}]
        await connection.stop()
    written = "".join(log)
    assert "POST /orders/42/ship" in written
    assert "/hubs/orders" in written
    assert TOKEN not in written
