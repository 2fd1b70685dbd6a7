"""The built page, as it is served."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx2 import ASGITransport, AsyncClient

from app.api.docs.openapi import DescribedApi
from app.api.pages import add_pages
from app.api.problems import install_problem_handlers

pytestmark = pytest.mark.anyio


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    return tmp_path / "dist"


@pytest.fixture
async def client(dist: Path) -> AsyncIterator[AsyncClient]:
    app = DescribedApi(title="Pages")
    add_pages(app, dist)
    install_problem_handlers(app)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://waybill.test") as client:
        yield client


def build(dist: Path) -> None:
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<title>Waybill</title>")
    (dist / "chat.html").write_text("<title>Chat</title>")
    (dist / "assets" / "main-abc123.js").write_text("start()")


async def test_a_page_that_was_not_built_says_how_to_build_it(client: AsyncClient) -> None:
    for path in ("/", "/chat"):
        response = await client.get(path)
        assert response.status_code == 503
        assert response.json()["type"] == "/problems/page-not-built"
        assert "make build" in response.json()["detail"]
    assert (await client.get("/assets/main-abc123.js")).status_code == 404


async def test_a_page_built_while_the_server_runs_is_served(client: AsyncClient, dist: Path) -> None:
    await client.get("/assets/main-abc123.js")
    build(dist)
    assert "Waybill" in (await client.get("/")).text
    assert (await client.get("/assets/main-abc123.js")).status_code == 200


async def test_pages_are_revalidated_and_assets_kept_for_ever(client: AsyncClient, dist: Path) -> None:
    build(dist)
    for path, title in (("/", "Waybill"), ("/chat", "Chat")):
        page = await client.get(path)
        assert title in page.text
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["cache-control"] == "no-cache"
    asset = await client.get("/assets/main-abc123.js")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset.headers["content-type"].startswith("text/javascript")


async def test_an_unchanged_page_is_not_sent_again(client: AsyncClient, dist: Path) -> None:
    build(dist)
    etag = (await client.get("/")).headers["etag"]
    assert (await client.get("/", headers={"If-None-Match": etag})).status_code == 304


@pytest.mark.parametrize("path", ["/assets/none.js", "/assets/", "/assets/../index.html", "/assets/%2e%2e/index.html"])
async def test_nothing_else_is_served(client: AsyncClient, dist: Path, path: str) -> None:
    build(dist)
    response = await client.get(path)
    assert response.status_code == 404 or response.text == "<title>Waybill</title>"
    assert "immutable" not in response.headers.get("cache-control", "")
