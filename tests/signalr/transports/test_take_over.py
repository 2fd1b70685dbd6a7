"""What lies between uvicorn's handshake and the moment a hub has the socket; both adapters must manage."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from app.signalr import ANONYMOUS, ClaimsPrincipal, add_signalr, map_hub
from tests.signalr.chat import TEXT, Chat, Journal, chatting, serving
from tests.signalr.harness import HANDSHAKE, completion, invocation, record
from tests.signalr.live import Adapter, RawSocket, client_frame, hub_socket, listening, raw_socket

pytestmark = pytest.mark.anyio


async def test_each_adapter_is_really_used(adapter: Adapter, journal: Journal) -> None:
    async with chatting(adapter) as (_, client):
        name = {Adapter.TAKEOVER: "TakenSocket", Adapter.ASGI: "AsgiWebSocket"}[adapter]
        assert await client.invoke("Transport") == completion(["WebSockets", name])


class Gatekeeper:
    """Lets nobody in until its gate is open."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.gate = asyncio.Event()

    async def authenticate(self, _: HTTPConnection) -> ClaimsPrincipal:
        self.asked.set()
        await self.gate.wait()
        return ANONYMOUS

    @asynccontextmanager
    async def keeping_out(self, adapter: Adapter) -> AsyncIterator[tuple[int, RawSocket]]:
        """A server, and a client whose upgrade waits for its answer."""
        app = FastAPI()
        add_signalr(app, authenticate=self.authenticate)
        map_hub(app, "/hub", Chat)
        async with listening(app, adapter) as port, raw_socket(port) as client:
            client.request()
            await self.asked.wait()
            yield port, client

    async def let_in(self, client: RawSocket) -> None:
        self.gate.set()
        assert (await client.head())[0].startswith("HTTP/1.1 101 ")


async def test_frames_that_come_before_the_answer_to_the_upgrade(adapter: Adapter, journal: Journal) -> None:
    """They are already in uvicorn's hands: the take-over must leave the socket there, and nothing is lost."""
    keeper = Gatekeeper()
    async with keeper.keeping_out(adapter) as (port, client):
        call = record(invocation("Echo", "é" * 10, invocation_id="1"))
        client.write(client_frame(TEXT, HANDSHAKE), client_frame(TEXT, call[:9], fin=False), client_frame(0, call[9:]))
        await _received(port)
        await keeper.let_in(client)
        assert await client.frame() == (TEXT, b"{}\x1e")
        assert await client.messages() == [completion("é" * 10)]


@pytest.mark.parametrize("sent", [1, 8, 20], ids=["part of a head", "part of a frame", "a fragment"])
async def test_half_a_message_before_the_answer_to_the_upgrade(adapter: Adapter, journal: Journal, sent: int) -> None:
    keeper = Gatekeeper()
    stream = client_frame(TEXT, HANDSHAKE[:14], fin=False) + client_frame(0, HANDSHAKE[14:])
    async with keeper.keeping_out(adapter) as (port, client):
        client.write(stream[:sent])
        await _received(port)
        await keeper.let_in(client)
        client.write(stream[sent:])
        assert await client.frame() == (TEXT, b"{}\x1e")


async def test_a_client_that_leaves_before_the_answer_to_the_upgrade(adapter: Adapter, journal: Journal) -> None:
    keeper = Gatekeeper()
    async with keeper.keeping_out(adapter) as (port, client):
        client.reset()
        await _received(port)
        keeper.gate.set()
        await _received(port)
        assert journal.connected == []


async def _received(port: int) -> None:
    """Returns when the server has read what was sent before: it reads all that is there in one turn of its loop."""
    async with raw_socket(port) as other:
        other.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await other.head())[0].startswith("HTTP/1.1 404")


@pytest.mark.parametrize(
    ("path", "header", "status"),
    [
        ("/hub?access_token=" + "x" * 9000, "X-Kind: test", "414"),
        ("/hub", "Authorization: Bearer " + "x" * 9000, "431"),
        ("/hub", "X-Kind: test\r\n" * 150 + "X-Kind: last", "431"),
        ("/hub", "Content-Length: 5", "400"),
        ("/hub", "Transfer-Encoding: chunked", "400"),
    ],
    ids=["long path", "long header", "many headers", "body", "chunked body"],
)
async def test_an_upgrade_that_cannot_be_read(path: str, header: str, status: str) -> None:
    async with serving(Adapter.TAKEOVER) as port, raw_socket(port) as client:
        client.request(path, header)
        assert (await client.head())[0].split()[1] == status
        await client.rest()


@pytest.mark.parametrize("options", [{}, {"ws_per_message_deflate": False}], ids=["uvicorn's default", "off"])
async def test_a_client_that_offers_compression(adapter: Adapter, journal: Journal, options: dict[str, Any]) -> None:
    """Browsers and Node always do, and uvicorn agrees to it by default."""
    async with serving(adapter, **options) as port, hub_socket(port, compression="deflate") as client:
        for _ in range(2):
            assert await client.invoke("Echo", "x" * 1000) == completion("x" * 1000)
