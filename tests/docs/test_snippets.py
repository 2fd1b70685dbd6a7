"""The Python of the documentation type-checks and runs, against the built wheel of the framework.

In the checkout the framework is `app.signalr`; the documentation imports it by the name that its users know.
"""

import importlib
import importlib.util
import inspect
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from httpx2 import ASGITransport, AsyncClient

from tests.docs.page import Page
from tests.support.framework import FRAMEWORK, build_framework, unpack
from tests.support.paths import ROOT

pytestmark = pytest.mark.anyio
README = Page(ROOT / "README.md")
HUBS = Page(ROOT / "docs/hubs.md")
PACKAGE = Page(ROOT / "docs/fastapi-signalr.md")
PACKAGE_README = Page(FRAMEWORK / "README.md")
PAGES = {"readme": README, "hubs": HUBS, "package": PACKAGE, "package_readme": PACKAGE_README}


@pytest.fixture(scope="module")
def framework(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory that holds the package `fastapi_signalr`, out of its wheel."""
    wheel = build_framework(tmp_path_factory.mktemp("wheel"))
    return unpack(wheel, tmp_path_factory.mktemp("site"))


@pytest.fixture
def _importable(framework: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets the test import `fastapi_signalr`, and forgets it afterwards."""
    monkeypatch.syspath_prepend(str(framework))
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "fastapi_signalr"]:
        del sys.modules[name]


def imported(page: Page, directory: Path) -> ModuleType:
    """Returns the page's Python blocks, run as one module."""
    name = f"snippets_of_{page.path.stem.lower().replace('-', '_')}"
    path = directory / f"{name}.py"
    path.write_text(page.python)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_mypy_accepts_every_block(framework: Path, tmp_path: Path) -> None:
    names = [f"{name}.py" for name in PAGES]
    for name, page in PAGES.items():
        (tmp_path / f"{name}.py").write_text(page.python)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml")]
    command += ["--cache-dir", str(ROOT / ".mypy_cache"), *names]
    environment = {**os.environ, "MYPYPATH": str(framework)}
    finished = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.usefixtures("_importable")
async def test_the_application_of_the_readme_pushes(tmp_path: Path) -> None:
    module = imported(README, tmp_path)
    testing = importlib.import_module("fastapi_signalr.testing")
    async with testing.hub_server(module.app) as server, server.connect(module.OrderHub) as client:
        await client.invoke("Watch", 42)
        async with AsyncClient(transport=ASGITransport(module.app), base_url="http://waybill.test") as http:
            answer = await http.post("/orders/42/ship")
        assert answer.json() == {"orderId": 42, "status": "Shipped"}
        assert await client.receive("OrderShipped") == [{"orderId": 42, "status": "Shipped"}]


@pytest.mark.parametrize("page", [HUBS, PACKAGE], ids=lambda page: page.path.stem)
@pytest.mark.usefixtures("_importable")
async def test_the_tests_of_a_page_pass(page: Page, tmp_path: Path) -> None:
    module = imported(page, tmp_path)
    tests = {name: test for name, test in vars(module).items() if name.startswith("test_")}
    assert tests
    for test in tests.values():
        assert inspect.iscoroutinefunction(test)
        await test()
