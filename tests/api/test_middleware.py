"""The one pass that every request goes through."""

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient

from app.config.settings import Settings
from app.main import HUBS, create_app
from tests.support.tokens import bearer

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
ORIGIN = "https://shop.example"
# Everything that answers GET without a token; what it says may differ from one request to the next, how much may not.
READABLE = ["/", "/docs", "/openapi.json", "/asyncapi.json", "/health/live", "/health/ready", "/orders", "/nothing"]


@pytest.fixture
async def elsewhere(settings: Settings) -> AsyncIterator[AsyncClient]:
    """A client that is a page of an allowed origin, of an application with a route that fails."""
    app = create_app(settings.model_copy(update={"cors_origins": [ORIGIN]}))

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the secret internals")

    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="http://waybill.test", headers={"Origin": ORIGIN}) as client:
        yield client


@pytest.mark.parametrize("path", READABLE)
async def test_head_is_answered_like_get_without_the_body(client: AsyncClient, path: str) -> None:
    get, head = await client.get(path), await client.head(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    changing = {"x-request-id", "date"}
    assert {k: v for k, v in head.headers.items() if k not in changing} == {
        k: v for k, v in get.headers.items() if k not in changing
    }


async def test_a_wrong_method_is_told_all_that_the_path_takes(client: AsyncClient) -> None:
    response = await client.put("/orders")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST")
    assert response.json()["detail"] == "PUT is not possible here; allowed: GET, HEAD, POST."
    assert (await client.delete("/orders/42")).headers["allow"] == "GET, HEAD"
    assert (await client.post("/docs")).headers["allow"] == "GET, HEAD"


async def test_head_of_what_takes_only_post_is_not_allowed(client: AsyncClient) -> None:
    response = await client.head("/auth/token")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("hub", HUBS)
async def test_head_opens_no_transport_of_a_hub(client: AsyncClient, staff_token: str, hub: str) -> None:
    assert (await client.head(hub, headers=bearer(staff_token))).status_code == 405


async def test_a_page_elsewhere_can_read_an_unexpected_error(elsewhere: AsyncClient) -> None:
    response = await elsewhere.get("/broken")
    assert response.status_code == 500
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.json()["requestId"] == response.headers["x-request-id"]


async def test_a_page_elsewhere_can_read_that_its_body_is_too_large(elsewhere: AsyncClient, settings: Settings) -> None:
    response = await elsewhere.post("/orders", content=b" " * (settings.max_body_bytes + 1))
    assert response.status_code == 413
    assert response.headers["access-control-allow-origin"] == ORIGIN


@pytest.mark.parametrize("announced", ["1048577", "9" * 19, "9" * 5000])
async def test_an_announced_excess_is_refused_before_it_is_read(client: AsyncClient, announced: str) -> None:
    response = await client.post("/orders", headers={"Content-Length": announced}, content=b"{}")
    assert response.status_code == 413


async def test_each_header_of_ours_is_sent_once(app: FastAPI, client: AsyncClient) -> None:
    names = [name for name, _ in (await client.get("/health/live")).headers.multi_items()]
    assert len(names) == len(set(names))
