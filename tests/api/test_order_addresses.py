"""The address of an order is a page to a browser and data to everybody else."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from app.api.negotiation import prefers_html
from app.api.pages import add_pages
from app.api.problems import install_problem_handlers
from app.config.settings import Settings
from app.main import create_app
from tests.support.rest import place_order
from tests.support.tokens import bearer

pytestmark = pytest.mark.anyio
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "html"),
    [
        (CHROME, True),
        ("text/html", True),
        ("text/*", True),
        ("application/json;q=0.5, text/html", True),
        ("TEXT/HTML; charset=utf-8", True),
        (None, False),
        ("", False),
        ("*/*", False),
        ("application/json", False),
        ("application/json, text/plain, */*", False),
        ("text/html;q=0.5, application/json", False),
        ("text/html;q=0, */*", False),
        ("text/html;q=x, */*;q=0.1", False),
        ("text/html, application/json", False),
        (";;;,=,q=1", False),
    ],
)
def test_who_prefers_html(accept: str | None, html: bool) -> None:
    headers = [] if accept is None else [(b"accept", accept.encode())]
    assert prefers_html({"type": "http", "headers": headers}) is html


@sqlite_only
async def test_a_browser_gets_the_page_and_a_program_the_order(settings: Settings, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    dist.mkdir()
    (dist / "index.html").write_text("<title>Waybill</title>")
    app = FastAPI()
    add_pages(app, dist)
    install_problem_handlers(app)

    @app.get("/orders")
    @app.get("/orders/{order_id}")
    @app.get("/orders/{order_id}/events")
    async def data() -> dict[str, str]:
        return {"this": "is data"}

    @app.post("/orders")
    async def place() -> dict[str, str]:
        return {"this": "is data"}

    async with AsyncClient(transport=ASGITransport(app), base_url="http://waybill.test") as client:
        for path in ("/orders", "/orders/42", "/orders/abc", "/orders?status=Shipped"):
            assert (await client.get(path, headers={"Accept": CHROME})).text == "<title>Waybill</title>"
            assert (await client.get(path)).json() == {"this": "is data"}
        assert (await client.get("/orders/42/events", headers={"Accept": CHROME})).json() == {"this": "is data"}
        assert (await client.post("/orders", headers={"Accept": CHROME})).json() == {"this": "is data"}


@sqlite_only
async def test_every_answer_there_varies_by_accept_and_data_by_the_account_too(
    client: AsyncClient, staff_token: str
) -> None:
    order = await place_order(client, staff_token)
    for path in ("/orders", f"/orders/{order['id']}", "/orders/999"):
        for headers in ({}, bearer(staff_token), bearer(staff_token) | {"If-None-Match": "*"}):
            assert (await client.get(path, headers=headers)).headers["vary"] == "Accept, Authorization"
        page = await client.get(path, headers=bearer(staff_token) | {"Accept": CHROME})
        assert page.headers["vary"] == "Accept"
    events = await client.get(f"/orders/{order['id']}/events", headers=bearer(staff_token))
    assert events.headers["vary"] == "Authorization"
    assert "vary" not in (await client.get("/health/live")).headers


@sqlite_only
async def test_with_cors_the_answers_vary_by_the_origin_too(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"cors_origins": ["https://shop.example"]}))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://waybill.test") as client:
        response = await client.get("/orders", headers={"Origin": "https://shop.example"})
    assert {part.strip() for part in response.headers["vary"].split(",")} == {"Accept", "Authorization", "Origin"}
