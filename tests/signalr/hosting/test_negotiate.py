"""Negotiation, and the plain answers of a hub path, as HTTP clients see them."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from app.signalr import (
    ANONYMOUS,
    AuthenticationError,
    ClaimsPrincipal,
    EndpointOptions,
    Hub,
    TransportType,
    add_signalr,
    authorize,
    map_hub,
)

pytestmark = pytest.mark.anyio

ID = re.compile(r"[A-Za-z0-9_-]{22}")
TRANSPORTS = [
    {"transport": "WebSockets", "transferFormats": ["Text", "Binary"]},
    {"transport": "ServerSentEvents", "transferFormats": ["Text"]},
    {"transport": "LongPolling", "transferFormats": ["Text", "Binary"]},
]


class Open(Hub):
    pass


@authorize
class Members(Hub):
    pass


@authorize(roles=["staff"])
class Staff(Hub):
    pass


async def by_header(connection: HTTPConnection) -> ClaimsPrincipal:
    """`X-User: name role`; `X-User: forged` is a bad credential."""
    words = connection.headers.get("x-user", "").split()
    if not words:
        return ANONYMOUS
    if words == ["forged"]:
        raise AuthenticationError("The signature is not valid")
    return ClaimsPrincipal(words[0], frozenset(words[1:]))


@asynccontextmanager
async def browsing(endpoint: EndpointOptions | None = None) -> AsyncIterator[httpx2.AsyncClient]:
    app = FastAPI()
    add_signalr(app, authenticate=by_header)
    for hub in (Open, Members, Staff):
        map_hub(app, f"/hubs/{hub.__name__}", hub, endpoint=endpoint)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        yield client


async def negotiate(client: httpx2.AsyncClient, query: str = "") -> dict[str, Any]:
    response = await client.post("/hubs/open/negotiate" + query)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert int(response.headers["content-length"]) == len(response.content)
    body: dict[str, Any] = response.json()
    assert None not in body.values()
    return body


async def test_version_1() -> None:
    async with browsing() as client:
        body = await negotiate(client, "?negotiateVersion=1")
        assert list(body) == ["negotiateVersion", "connectionId", "connectionToken", "availableTransports"]
        assert body["negotiateVersion"] == 1
        assert ID.fullmatch(body["connectionId"])
        assert ID.fullmatch(body["connectionToken"])
        assert body["connectionId"] != body["connectionToken"]
        assert body["availableTransports"] == TRANSPORTS


@pytest.mark.parametrize("query", ["", "?negotiateVersion=0", "?other=1"])
async def test_version_0(query: str) -> None:
    async with browsing() as client:
        body = await negotiate(client, query)
        assert list(body) == ["negotiateVersion", "connectionId", "availableTransports"]
        assert body["negotiateVersion"] == 0
        assert ID.fullmatch(body["connectionId"])


@pytest.mark.parametrize(
    "query",
    [
        "?negotiateVersion=7",
        "?NEGOTIATEVERSION=1",
        "?tenant=1&negotiateVersion=1",
        "?negotiateVersion=2147483647",
        "?negotiateVersion=%2B" + "0" * 5000 + "1",
        "?negotiateVersion=%091%20",
        "?negotiateVersion=&negotiateVersion=1",
    ],
)
async def test_what_is_answered_with_version_1(query: str) -> None:
    async with browsing() as client:
        assert (await negotiate(client, query))["negotiateVersion"] == 1


@pytest.mark.parametrize(
    "query",
    [
        "=abc",
        "=",
        "=1.0",
        "=" + "9" * 40,
        "=1&negotiateVersion=1",
        "=%F0%9D%9F%8F",
        "=0x1",
        "=1_0",
        "=2147483648",
        "=%C2%A01",
    ],
)
async def test_a_version_that_is_no_integer(query: str) -> None:
    async with browsing() as client:
        body = await negotiate(client, "?negotiateVersion" + query)
        assert body == {"error": "The client requested a non-integer protocol version."}


@pytest.mark.parametrize(("minimum", "version"), [(0, "-1"), (1, "0"), (1, None)])
async def test_a_version_below_the_minimum(minimum: int, version: str | None) -> None:
    async with browsing(EndpointOptions(minimum_protocol_version=minimum)) as client:
        body = await negotiate(client, "" if version is None else f"?negotiateVersion={version}")
        assert body == {
            "error": f"The client requested version '{version or 0}', but the server does not support this version."
        }


@pytest.mark.parametrize(
    ("values", "stateful"),
    [
        (["true"], True),
        (["TRUE"], True),
        ([" true "], True),
        (["", "true"], True),
        (["true", "true"], False),
        (["false", "true"], False),
        (["1"], False),
        ([], False),
    ],
)
async def test_who_asks_for_stateful_reconnect(values: list[str], stateful: bool) -> None:
    async with browsing(EndpointOptions(allow_stateful_reconnects=True)) as client:
        response = await client.post("/hubs/open/negotiate", params={"useStatefulReconnect": values})
        assert response.json().get("useStatefulReconnect", False) is stateful


async def test_ids_are_never_the_same() -> None:
    async with browsing() as client:
        bodies = [await negotiate(client, "?negotiateVersion=1") for _ in range(100)]
        assert len({body["connectionId"] for body in bodies} | {body["connectionToken"] for body in bodies}) == 200


async def test_only_allowed_transports_are_offered() -> None:
    async with browsing(EndpointOptions(transports=frozenset({TransportType.WEB_SOCKETS}))) as client:
        assert (await negotiate(client))["availableTransports"] == TRANSPORTS[:1]


@pytest.mark.parametrize(
    "path",
    ["/hubs/open/negotiate", "/hubs/Open/Negotiate", "/HUBS/OPEN/NEGOTIATE", "/hubs/open/negotiate/"],
)
async def test_paths_ignore_case_and_a_trailing_slash(path: str) -> None:
    async with browsing() as client:
        assert (await client.post(path)).status_code == 200


@pytest.mark.parametrize(
    "path", ["/hubs/ope/negotiate", "/hubs/openx", "/hubs/open/negotiate/x", "/hubs/open/x", "/open/negotiate", "/"]
)
async def test_other_paths_are_not_ours(path: str) -> None:
    async with browsing() as client:
        response = await client.post(path)
        assert response.status_code == 404
        assert response.json() == {"detail": "Not Found"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_other_methods_of_negotiate(method: str) -> None:
    async with browsing() as client:
        response = await client.request(method, "/hubs/open/negotiate")
        assert (response.status_code, response.content) == (405, b"")
        assert response.headers["content-type"] == "text/plain"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_other_methods_of_a_hub(method: str) -> None:
    async with browsing() as client:
        assert (await client.request(method, "/hubs/open?id=x")).status_code == 405


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ("", 400, "Connection ID required"),
        ("?id=", 400, "Connection ID required"),
        ("?id=nobody", 404, "No Connection with that ID"),
        ("?id=a&id=b", 404, "No Connection with that ID"),
    ],
)
async def test_requests_without_a_connection(method: str, query: str, status: int, text: str) -> None:
    async with browsing() as client:
        for headers in ({}, {"Accept": "text/event-stream"}):
            response = await client.request(method, "/hubs/open" + query, headers=headers)
            assert (response.status_code, response.text) == (status, text)
            assert response.headers["content-type"] == "text/plain"


@pytest.mark.parametrize(
    ("accepted", "events"),
    [
        (["text/event-stream"], True),
        (["text/html, TEXT/Event-Stream"], True),
        (["text/html", "text/event-stream"], True),
        (["text/event-stream; charset=utf-8"], False),
        (["text/*", "*/*"], False),
    ],
)
async def test_who_asks_for_a_stream_of_events(accepted: list[str], events: bool) -> None:
    async with browsing() as client:
        response = await client.get("/hubs/open", headers=[("Accept", kind) for kind in accepted])
        assert response.status_code == 400
        assert ("cache-control" not in response.headers) is events  # only a poll forbids caching of such an answer


@pytest.mark.parametrize(
    ("hub", "headers", "status", "challenge"),
    [
        ("open", {}, 200, None),
        ("open", {"X-User": "forged"}, 200, None),
        ("members", {"X-User": "alice"}, 200, None),
        ("staff", {"X-User": "sam staff"}, 200, None),
        ("members", {}, 401, "Bearer"),
        ("staff", {}, 401, "Bearer"),
        (
            "members",
            {"X-User": "forged"},
            401,
            'Bearer error="invalid_token", error_description="The signature is not valid"',
        ),
        ("staff", {"X-User": "alice customer"}, 403, None),
    ],
)
async def test_who_may_come_in(hub: str, headers: Mapping[str, str], status: int, challenge: str | None) -> None:
    async with browsing() as client:
        response = await client.post(f"/hubs/{hub}/negotiate", headers=headers)
        assert response.status_code == status
        assert response.headers.get("www-authenticate") == challenge
        if status != 200:
            # Clients build their message of the body, or of the status when it is empty.
            assert response.content == b""
            for method in ("GET", "POST", "DELETE", "PUT"):
                for path in (f"/hubs/{hub}", f"/hubs/{hub}/negotiate", f"/hubs/{hub}?id=nobody"):
                    refused = await client.request(method, path, headers=headers)
                    assert (refused.status_code, refused.content) == (status, b"")


async def test_a_transport_that_is_not_allowed_is_named_before_one_that_is_in_use() -> None:
    async with browsing(EndpointOptions(transports=frozenset({TransportType.LONG_POLLING}))) as client:
        path = f"/hubs/open?id={(await negotiate(client))['connectionId']}"
        assert (await client.get(path)).status_code == 200
        response = await client.get(path, headers={"Accept": "text/event-stream"})
        text = "ServerSentEvents transport not supported by this end point type"
        assert (response.status_code, response.text) == (404, text)


@pytest.mark.parametrize(("poller", "status"), [("alice", 403), ("mallory", 200)])
async def test_who_sends_first_owns_the_connection(poller: str, status: int) -> None:
    async with browsing() as client:
        path = f"/hubs/open?id={(await negotiate(client))['connectionId']}"
        early = await client.post(path, content=b"x", headers={"X-User": "mallory"})
        assert early.status_code == 200
        assert (await client.get(path, headers={"X-User": poller})).status_code == status


async def test_a_hub_below_a_mount() -> None:
    inner = FastAPI()
    map_hub(inner, "/chat", Open)
    outer = FastAPI()
    outer.mount("/api", inner)
    transport = httpx2.ASGITransport(app=outer)
    async with (
        inner.router.lifespan_context(inner),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        assert (await client.post("/api/chat/negotiate")).status_code == 200
        assert (await client.post("/chat/negotiate")).status_code == 404


async def test_a_hub_at_the_root() -> None:
    app = FastAPI(docs_url=None)
    map_hub(app, "/", Open)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        assert (await client.post("/negotiate")).status_code == 200
        assert (await client.get("/")).text == "Connection ID required"


async def test_a_server_that_is_about_to_stop_promises_nothing() -> None:
    app = FastAPI()
    map_hub(app, "/hub", Open)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        app.state.signalr.drain()
        response = await client.post("/hub/negotiate")
        assert response.status_code == 503
        assert response.headers["retry-after"]
