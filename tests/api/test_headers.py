"""What every response carries: an id, and headers that make browsers careful."""

import re
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.middleware.response_headers import PAGE_POLICY
from app.config.settings import Settings
from app.main import create_app

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
PAGES = ["/health/live", "/nothing/here", "/orders", "/assets/none.js", "/docs", "/openapi.json"]


async def test_each_request_gets_an_id_of_its_own(client: AsyncClient) -> None:
    ids = {(await client.get("/health/live")).headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch(r"[0-9a-f]{32}", request_id) for request_id in ids)


async def test_a_sane_id_is_taken_over(client: AsyncClient) -> None:
    response = await client.get("/nothing/here", headers={"X-Request-ID": "trace:7f/3a=="})
    assert response.headers["x-request-id"] == response.json()["requestId"] == "trace:7f/3a=="


@pytest.mark.parametrize("inbound", [b"", b"a b", b"x" * 129, b"<script>", b"\xff\xfe", b"a\tb"])
async def test_a_strange_id_is_replaced(client: AsyncClient, inbound: bytes) -> None:
    response = await client.get("/health/live", headers={b"X-Request-ID": inbound})
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["x-request-id"])


@pytest.mark.parametrize("path", PAGES)
async def test_every_response_has_the_security_headers(client: AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


async def test_the_page_may_run_no_inline_script_or_style(client: AsyncClient) -> None:
    policy = (await client.get("/")).headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "connect-src 'self' ws: wss:" in policy


async def test_the_docs_have_the_policy_of_every_other_page(client: AsyncClient) -> None:
    response = await client.get("/docs")
    assert response.headers["content-security-policy"] == PAGE_POLICY
    assert re.findall(r"<script>|<style|style=", response.text) == []


def of_another_page(app: FastAPI, origin: str) -> AsyncClient:
    headers = {"Origin": origin}
    return AsyncClient(transport=ASGITransport(app), base_url="http://waybill.test", headers=headers)


async def test_listed_origins_may_call_with_credentials(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"cors_origins": ["https://shop.example"]}))
    async with of_another_page(app, "https://shop.example") as client:
        preflight = await client.options(
            "/chathub/negotiate",
            headers={
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,x-requested-with,x-signalr-user-agent",
            },
        )
        refusal = await client.get("/orders")
    assert preflight.status_code == 200
    allowed = preflight.headers["access-control-allow-headers"]
    assert all(name in allowed for name in ("authorization", "x-requested-with", "x-signalr-user-agent"))
    for response in (preflight, refusal):
        assert response.headers["access-control-allow-origin"] == "https://shop.example"
        assert response.headers["access-control-allow-credentials"] == "true"
    assert refusal.status_code == 401
    assert "WWW-Authenticate" in refusal.headers["access-control-expose-headers"]


async def test_other_origins_may_not(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"cors_origins": ["https://shop.example"]}))
    async with of_another_page(app, "https://evil.example") as client:
        response = await client.get("/health/live")
    assert "access-control-allow-origin" not in response.headers


async def test_without_origins_there_is_no_cors(app: FastAPI) -> None:
    async with of_another_page(app, "https://shop.example") as client:
        response = await client.get("/health/live")
    assert "access-control-allow-origin" not in response.headers


async def test_a_websocket_is_handed_on_without_a_wrapper(settings: Settings) -> None:
    """Whatever stood between the socket and the hub would be run through for every message."""
    app = create_app(settings.model_copy(update={"cors_origins": ["https://shop.example"]}))
    given: list[Any] = []

    async def end(scope: Scope, receive: Receive, send: Send) -> None:
        given.extend((receive, send))

    async def receive() -> Message:
        raise AssertionError("nobody listens")

    async def send(message: Message) -> None:
        raise AssertionError(f"nobody speaks: {message}")

    stack: ASGIApp = end
    for middleware in reversed(app.user_middleware):
        stack = middleware.cls(stack, *middleware.args, **middleware.kwargs)
    await stack({"type": "websocket", "path": "/chathub", "headers": []}, receive, send)
    assert given == [receive, send]
