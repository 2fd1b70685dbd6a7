"""Every link has a target, and everything that the documentation names exists."""

import re
from urllib.parse import urlsplit

import pytest

from tests.docs.page import Page, pages
from tests.support.paths import ROOT

PAGES = pages()
_FILE = re.compile(r"(?:[\w.-]+/)+[\w.-]*\w|[\w-]+\.(?:py|toml|lock|md|ini)")
_TARGET = re.compile(r"\bmake ([a-z][a-z-]*)")
_OURS = ("app/", "benchmarks/", "docs/", "frontend/", "migrations/", "tests/")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_resolves(page: Page) -> None:
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (page.path.parent / parts.path).resolve() if parts.path else page.path
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if parts.fragment:
            assert parts.fragment in Page(target).anchors, link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Page) -> None:
    bases = (ROOT, ROOT / "app", ROOT / "app/signalr", page.path.parent)
    for name in page.code:
        if _FILE.fullmatch(name) and (name.startswith(_OURS) or name.endswith(".py")):
            found = any((base / name).exists() for base in bases) or any(ROOT.glob(f"[at]*/**/{name}"))
            assert found, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_is_named_exists(page: Page) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {target for code in page.code for target in _TARGET.findall(code)}
    assert named <= targets


def test_every_decision_is_listed() -> None:
    directory = ROOT / "docs/decisions"
    listed = set(Page(directory / "README.md").links)
    assert listed == {path.name for path in directory.glob("[0-9]*.md")}
    for path in directory.glob("[0-9]*.md"):
        number = int(path.name[:4])
        assert path.read_text().startswith(f"# {number}. "), path.name


def test_pictures_are_small() -> None:
    for picture in ROOT.glob("docs/images/*"):
        assert picture.stat().st_size < 200_000, picture.name
