"""Clients that would cost the server memory or time that no honest client needs."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import HTTPConnection

from app.signalr import ANONYMOUS, EndpointOptions, HubOptions, SignalR, add_signalr, map_hub
from app.signalr.connection.connection import HubConnection
from app.signalr.hosting.connection_table import EARLY_LIMIT
from app.signalr.outgoing.encoded import Encoded
from app.signalr.outgoing.websocket_frame import Opcode, control_frame
from app.signalr.transports.frame_reader import FrameReader
from app.signalr.transports.long_polling import LongPolling
from app.signalr.transports.uvicorn import TakenSocket
from app.signalr.transports.websocket import AsgiWebSocket
from tests.signalr.chat import Chat
from tests.signalr.harness import idle, serving
from tests.signalr.live import client_frame
from tests.signalr.memory_transport import GUARD

pytestmark = pytest.mark.anyio

CHUNK = 65_536
PING = client_frame(Opcode.PING, b"x" * 125)


class WrittenTo(asyncio.Transport):
    """A socket that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.data = b""
        self.was_cut = False

    def abort(self) -> None:
        self.was_cut = True

    def close(self) -> None:
        """Never ends: what was written is not read."""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.data += data

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass


@asynccontextmanager
async def application() -> AsyncIterator[tuple[FastAPI, SignalR]]:
    app = FastAPI()
    signalr = add_signalr(app)
    map_hub(app, "/hub", Chat, endpoint=EndpointOptions(disconnect_timeout=60))
    async with app.router.lifespan_context(app):
        yield app, signalr


def scope(kind: str, token: str) -> dict[str, Any]:
    """What an ASGI server says of a request for one connection."""
    return {
        "type": kind,
        "method": "POST",
        "path": "/hub",
        "raw_path": b"/hub",
        "root_path": "",
        "query_string": f"id={token}".encode(),
        "headers": [],
    }


async def test_pings_whose_answers_are_not_read_do_not_pile_up() -> None:
    """The newest is answered when the client reads again (RFC 6455, section 5.5.3)."""
    async with serving(Chat) as bench:
        written = WrittenTo()
        socket = TakenSocket(written, bench.open().connection, set())
        socket.data_received(client_frame(Opcode.PING, b"first"))
        socket.pause_writing()
        for number in range(1000):
            socket.data_received(client_frame(Opcode.PING, b"%d" % number))
        assert written.data == control_frame(Opcode.PONG, b"first")
        socket.resume_writing()
        socket.resume_writing()
        assert written.data == control_frame(Opcode.PONG, b"first") + control_frame(Opcode.PONG, b"999")


def test_frames_behind_a_control_frame_are_still_handed_on_together() -> None:
    """One by one, each would cost the rest of the buffer."""

    class Counting(FrameReader):
        calls = 0

        def on_data(self, data: bytes) -> None:
            self.calls += 1

        def on_ping(self, payload: bytes) -> None:
            pass

    reader = Counting()
    reader.feed(PING + client_frame(Opcode.TEXT, b"{}\x1e") * 1000 + PING + client_frame(Opcode.TEXT, b"{}\x1e") * 1000)
    assert reader.calls == 2


async def test_what_is_posted_to_a_connection_that_nobody_opens_is_bounded() -> None:
    async with application() as (app, signalr):
        slot = signalr.table.negotiate(1, signalr.now() + 60)
        answers: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            if slot.early:
                asyncio.get_running_loop().call_soon(signalr.table.release, slot)
            return {"type": "http.request", "body": b"x" * CHUNK, "more_body": True}

        async def send(message: MutableMapping[str, Any]) -> None:
            answers.append(message)

        async with asyncio.timeout(GUARD):
            await app(scope("http", slot.token), receive, send)
        assert answers[0]["status"] == 404
        assert len(slot.early) <= EARLY_LIMIT + CHUNK


async def test_a_client_that_leaves_while_it_posts_is_no_error() -> None:
    async with application() as (app, signalr):
        slot = signalr.table.negotiate(1, signalr.now() + 60)
        parts: list[dict[str, Any]] = [{"type": "http.request", "body": b"a", "more_body": True}]
        messages = iter([*parts, {"type": "http.disconnect"}])

        async def receive() -> MutableMapping[str, Any]:
            return next(messages)

        async def send(message: MutableMapping[str, Any]) -> None:
            raise AssertionError(f"nobody is there to read {message}")

        await app(scope("http", slot.token), receive, send)
        assert slot.early == b"a"


async def test_a_client_that_leaves_during_its_upgrade_leaves_nothing_behind() -> None:
    async with application() as (app, signalr):
        slot = signalr.table.negotiate(1, signalr.now() + 60)

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "websocket.connect"}

        async def send(_: MutableMapping[str, Any]) -> None:
            raise OSError("the client has gone")

        with pytest.raises(OSError, match="gone"):
            await app(scope("websocket", slot.token), receive, send)
        assert signalr.table.find(slot.token) is None
        assert not signalr.connections


@pytest.mark.parametrize("sent", [b"", client_frame(Opcode.CLOSE), b"\x81\x01a"], ids=["eof", "close", "no mask"])
async def test_a_client_that_leaves_without_reading_is_cut_off(sent: bytes) -> None:
    async with serving(Chat, options=HubOptions(close_timeout=0.01)) as bench:
        stuck = WrittenTo()
        socket = TakenSocket(stuck, bench.open().connection, set())
        if sent:
            socket.data_received(sent)
        else:
            socket.eof_received()
        assert not stuck.was_cut
        await asyncio.sleep(0.05)
        assert stuck.was_cut


async def test_a_post_that_waits_for_a_client_that_polls_no_more() -> None:
    async with application() as (_, signalr):
        (runtime,) = signalr.hubs
        connection = HubConnection(runtime, "polled", ANONYMOUS, HTTPConnection(scope("http", "")))
        polling = LongPolling(connection, now=signalr.now, poll_timeout=90, disconnect_timeout=1, release=lambda: None)
        connection.attach(polling)
        polling.pause()
        polling.beat(signalr.now() + 2)
        assert polling.may_read.is_set()


async def test_a_paused_socket_that_dies_is_noticed() -> None:
    """ASGI reports it only to a server that reads, so a write that fails must make the server read again."""
    async with application() as (_, signalr):
        (runtime,) = signalr.hubs
        connection = HubConnection(runtime, "dying", ANONYMOUS, HTTPConnection(scope("http", "")))
        messages: list[dict[str, Any]] = [{"type": "websocket.receive", "text": "x"}, {"type": "websocket.disconnect"}]

        async def receive() -> MutableMapping[str, Any]:
            socket.pause()
            return messages.pop(0)

        async def send(_: MutableMapping[str, Any]) -> None:
            raise OSError("the client has gone")

        socket = AsgiWebSocket(connection, receive, send)
        connection.attach(socket)
        running = asyncio.create_task(socket.run())
        await idle()
        assert not running.done()
        socket.write([Encoded(b"{}\x1e", binary=False)])
        async with asyncio.timeout(GUARD):
            await running
        assert not signalr.connections
