"""The Python code of the documentation type-checks and runs."""

import importlib.util
import inspect
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from httpx2 import ASGITransport, AsyncClient

from app.signalr.testing import hub_server
from tests.docs.page import Page
from tests.support.paths import ROOT

pytestmark = pytest.mark.anyio
README = Page(ROOT / "README.md")
HUBS = Page(ROOT / "docs/hubs.md")


def imported(page: Page, directory: Path) -> ModuleType:
    """Returns the page's Python blocks, run as one module."""
    name = f"snippets_of_{page.path.stem.lower()}"
    path = directory / f"{name}.py"
    path.write_text(page.python)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_mypy_accepts_every_block(tmp_path: Path) -> None:
    names = []
    for page in (README, HUBS):
        names.append(f"{page.path.stem.lower()}.py")
        (tmp_path / names[-1]).write_text(page.python)
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", str(ROOT / "pyproject.toml")]
    command += ["--cache-dir", str(ROOT / ".mypy_cache"), *names]
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    finished = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr


async def test_the_application_of_the_readme_pushes(tmp_path: Path) -> None:
    module = imported(README, tmp_path)
    async with hub_server(module.app) as server, server.connect(module.OrderHub) as client:
        await client.invoke("Watch", 42)
        async with AsyncClient(transport=ASGITransport(module.app), base_url="http://waybill.test") as http:
            answer = await http.post("/orders/42/ship")
        assert answer.json() == {"orderId": 42, "status": "Shipped"}
        assert await client.receive("OrderShipped") == [{"orderId": 42, "status": "Shipped"}]


async def test_the_tests_of_the_page_about_hubs_pass(tmp_path: Path) -> None:
    module = imported(HUBS, tmp_path)
    tests = {name: test for name, test in vars(module).items() if name.startswith("test_")}
    assert tests
    for test in tests.values():
        assert inspect.iscoroutinefunction(test)
        await test()
