"""Opening a WebSocket: who gets a connection, and with what status the others are turned away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient
from starlette.websockets import WebSocket
from websockets.exceptions import InvalidStatus

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
from tests.signalr.harness import HANDSHAKE, completion, invocation, messages_in, record
from tests.signalr.live import HOST, Adapter, hub_socket, listening, raw_socket

pytestmark = pytest.mark.anyio


class Open(Hub):
    async def who(self) -> list[str | None]:
        http = self.context.http
        return [
            self.context.connection_id,
            self.context.user_identifier,
            http.query_params.get("tenant"),
            http.headers.get("x-kind"),
            http.cookies.get("kind"),
        ]


@authorize(roles=["staff"])
class Staff(Open):
    pass


class Picky(Open):
    pass


class PollingOnly(Open):
    pass


async def by_token(connection: HTTPConnection) -> ClaimsPrincipal:
    """The token is `name-role`, in the header or in the query."""
    header = connection.headers.get("authorization", "").removeprefix("Bearer ")
    token = header or connection.query_params.get("access_token", "")
    if not token:
        return ANONYMOUS
    name, _, role = token.partition("-")
    if not role:
        raise AuthenticationError("The token is malformed")
    return ClaimsPrincipal(name, frozenset({role}))


@asynccontextmanager
async def serving(adapter: Adapter) -> AsyncIterator[int]:
    app = FastAPI()
    add_signalr(app, authenticate=by_token)
    map_hub(app, "/open", Open)
    map_hub(app, "/staff", Staff)
    map_hub(app, "/picky", Picky, allowed_origins=["https://shop.example"])
    map_hub(app, "/polling", PollingOnly, endpoint=EndpointOptions(transports=frozenset({TransportType.LONG_POLLING})))
    async with listening(app, adapter) as port:
        yield port


async def negotiate(port: int, query: str = "?negotiateVersion=1") -> dict[str, Any]:
    async with httpx2.AsyncClient(base_url=f"http://{HOST}:{port}") as client:
        body: dict[str, Any] = (await client.post(f"/open/negotiate{query}")).json()
        return body


async def refusal(port: int, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers of a refused upgrade."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with pytest.raises(InvalidStatus) as refused:
        async with hub_socket(port, path, headers=named, handshake=False):
            pass
    response = refused.value.response
    return response.status_code, bytes(response.body or b""), {k.lower(): v for k, v in response.headers.raw_items()}


async def test_skipped_negotiation(adapter: Adapter) -> None:
    async with serving(adapter) as port, hub_socket(port, "/open") as first, hub_socket(port, "/open?id=") as second:
        ids = [(await client.invoke("Who"))["result"][0] for client in (first, second)]
        assert ids[0] != ids[1]
        assert {len(identifier) for identifier in ids} == {22}


@pytest.mark.parametrize(("query", "member"), [("?negotiateVersion=1", "connectionToken"), ("", "connectionId")])
async def test_a_negotiated_id(adapter: Adapter, query: str, member: str) -> None:
    async with serving(adapter) as port:
        negotiated = await negotiate(port, query)
        async with hub_socket(port, f"/open?id={negotiated[member]}") as client:
            assert (await client.invoke("Who"))["result"][0] == negotiated["connectionId"]


@pytest.mark.parametrize("early", [10, len(HANDSHAKE)], ids=["half a message", "a message"])
async def test_what_was_posted_before_the_socket_is_kept(adapter: Adapter, early: int) -> None:
    async with serving(adapter) as port:
        path = f"/open?id={(await negotiate(port))['connectionToken']}"
        async with httpx2.AsyncClient(base_url=f"http://{HOST}:{port}") as client:
            assert (await client.post(path, content=HANDSHAKE[:early])).status_code == 200
        async with hub_socket(port, path, handshake=False) as socket:
            await socket.connection.send(HANDSHAKE[early:].decode())
            assert await socket.receive() == {}
            assert (await socket.invoke("Who"))["type"] == 3


async def test_ids_that_open_nothing(adapter: Adapter) -> None:
    async with serving(adapter) as port:
        negotiated = await negotiate(port)
        for query in ("?id=nobody", f"?id={negotiated['connectionId']}", "?id=a&id=b"):
            status, body, _ = await refusal(port, "/open" + query)
            assert (status, body) == (404, b"No Connection with that ID")


async def test_an_id_serves_once(adapter: Adapter) -> None:
    async with serving(adapter) as port:
        path = f"/open?id={(await negotiate(port))['connectionToken']}"
        async with hub_socket(port, path) as client:
            assert (await refusal(port, path))[:2] == (409, b"")
            assert (await client.invoke("Who"))["type"] == 3
            await client.send({"type": 7})
            assert await client.closed() == 1000
        status, body, _ = await refusal(port, path)
        assert (status, body) == (404, b"No Connection with that ID")


async def test_requests_of_other_transports_to_a_socket(adapter: Adapter) -> None:
    async with serving(adapter) as port:
        path = f"/open?id={(await negotiate(port))['connectionToken']}"
        async with hub_socket(port, path), httpx2.AsyncClient(base_url=f"http://{HOST}:{port}") as client:
            for method, status, text in (
                ("POST", 405, "POST requests are not allowed for WebSocket connections."),
                ("DELETE", 400, "Cannot terminate this connection using the DELETE endpoint."),
                ("GET", 400, "Cannot change transports mid-connection"),
            ):
                response = await client.request(method, path)
                assert (response.status_code, response.text) == (status, text)


async def test_a_transport_that_is_not_allowed(adapter: Adapter) -> None:
    async with serving(adapter) as port:
        status, body, _ = await refusal(port, "/polling")
        assert (status, body) == (404, b"WebSockets transport not supported by this end point type")


async def test_negotiation_is_no_socket(adapter: Adapter) -> None:
    async with serving(adapter) as port:
        for path in ("/open/negotiate", "/open/Negotiate/?id=nobody"):
            status, body, headers = await refusal(port, path)
            assert (status, body) == (405, b"")
            assert headers["content-type"] == "text/plain"
        assert (await refusal(port, "/staff/negotiate"))[0] == 401


async def test_who_may_come_in(adapter: Adapter) -> None:
    async with serving(adapter) as port:
        status, body, headers = await refusal(port, "/staff")
        assert (status, body, headers["www-authenticate"]) == (401, b"", "Bearer")
        status, body, headers = await refusal(port, "/staff", authorization="Bearer forged")
        assert (status, body) == (401, b"")
        expected = 'Bearer error="invalid_token", error_description="The token is malformed"'
        assert headers["www-authenticate"] == expected
        status, body, headers = await refusal(port, "/staff", authorization="Bearer bob-customer")
        assert (status, body) == (403, b"")
        # Authorization comes first, so that nobody learns which ids there are.
        assert (await refusal(port, "/staff?id=nobody"))[0] == 401
        async with hub_socket(port, "/staff", headers={"Authorization": "Bearer sam-staff"}) as client:
            assert (await client.invoke("Who"))["result"][1] == "sam"
        async with hub_socket(port, "/staff?access_token=sam-staff") as client:
            assert (await client.invoke("Who"))["result"][1] == "sam"


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (None, True),
        ("https://shop.example", True),
        ("http://{host}", True),
        ("https://evil.example", False),
        ("https://shop.example.evil", False),
        ("null", False),
        ("", False),
    ],
)
async def test_origins(adapter: Adapter, origin: str | None, allowed: bool) -> None:
    async with serving(adapter) as port, raw_socket(port) as client:
        host = HOST  # the raw client's Host header has no port
        headers = [] if origin is None else [f"Origin: {origin.format(host=host)}"]
        client.request("/picky", *headers)
        assert (await client.head())[0].split()[1] == ("101" if allowed else "403")
        async with raw_socket(port) as other:
            other.request("/open", *headers)
            assert (await other.head())[0].split()[1] == "101"


async def test_the_request_is_seen_by_the_hub(adapter: Adapter) -> None:
    async with serving(adapter) as port:
        headers = {"X-Kind": "test", "Cookie": "kind=biscuit"}
        async with hub_socket(port, "/OPEN/?tenant=t%201", headers=headers) as client:
            assert (await client.invoke("Who"))["result"][1:] == [None, "t 1", "test", "biscuit"]


async def test_a_path_that_is_no_hub(adapter: Adapter) -> None:
    async with serving(adapter) as port:
        assert (await refusal(port, "/nothing"))[0] in (403, 404)


async def test_other_websocket_routes_are_untouched(adapter: Adapter) -> None:
    app = FastAPI()
    map_hub(app, "/open", Open)

    @app.websocket("/plain")
    async def plain(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(await websocket.receive_text() + "!")
        await websocket.close()

    async with listening(app, adapter) as port, hub_socket(port, "/plain", handshake=False) as client:
        await client.connection.send("hi")
        assert await client.connection.recv() == "hi!"
        assert await client.closed() == 1000


def test_starlette_s_test_client() -> None:
    app = FastAPI()
    map_hub(app, "/open", Open)
    with TestClient(app) as client, client.websocket_connect("/open?tenant=t1") as socket:
        socket.send_bytes(HANDSHAKE)
        assert socket.receive_text() == "{}\x1e"
        socket.send_text(record(invocation("Who", invocation_id="1")).decode())
        (answer,) = messages_in(socket.receive_text().encode())
        assert answer == completion([answer["result"][0], None, "t1", None, None])
        socket.send_text(record({"type": 7}).decode())
        assert socket.receive_text() == '{"type":7}\x1e'
        assert socket.receive()["type"] == "websocket.close"
