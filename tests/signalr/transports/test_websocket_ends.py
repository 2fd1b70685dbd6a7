"""How a WebSocket ends, on both adapters: goodbyes, broken rules, silence; and that nobody else notices."""

from struct import pack

import pytest

from app.signalr import HubOptions
from app.signalr.errors import InvalidDataError
from tests.signalr.chat import BINARY, CLOSE, CLOSED, PING, PONG, TEXT, Journal, chatting, raw_chatting, serving
from tests.signalr.harness import completion, invocation, record
from tests.signalr.live import Adapter, client_frame, hub_socket, raw_socket

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("code", [1000, 1001, 3000])
async def test_a_close_frame_is_a_goodbye_whatever_its_code(adapter: Adapter, journal: Journal, code: int) -> None:
    async with raw_chatting(adapter) as (_, client):
        client.write(client_frame(CLOSE, pack("!H", code) + b"bye"))
        opcode, payload = await client.frame()
        assert opcode == CLOSE
        # Plain ASGI leaves the answer to uvicorn, which repeats the code; both are proper.
        assert int.from_bytes(payload[:2]) in (1000, code)
        assert await client.at_end()
        await journal.changed.until(lambda: journal.disconnected)
        assert journal.disconnected == [None]


async def test_a_close_frame_without_a_code(adapter: Adapter, journal: Journal) -> None:
    async with raw_chatting(adapter) as (_, client):
        client.write(client_frame(CLOSE))
        assert (await client.frame())[0] == CLOSE
        assert await client.at_end()
        await journal.changed.until(lambda: journal.disconnected)
        assert journal.disconnected == [None]


async def test_an_abort_by_the_hub(adapter: Adapter, journal: Journal) -> None:
    async with raw_chatting(adapter) as (_, client):
        client.write(client_frame(TEXT, record(invocation("Abort", invocation_id="1"))))
        assert await client.messages() == [{"type": 7}]
        assert await client.frame() == (CLOSE, pack("!H", 1000))
        client.write(client_frame(CLOSE, pack("!H", 1000)))
        assert await client.at_end()
        assert journal.disconnected == [None]


async def test_a_close_message_of_the_client(adapter: Adapter, journal: Journal) -> None:
    async with chatting(adapter) as (_, client):
        await client.send({"type": 7})
        assert await client.receive() == {"type": 7}
        assert await client.closed() == 1000
        assert journal.disconnected == [None]


async def test_a_refused_handshake(adapter: Adapter, journal: Journal) -> None:
    async with serving(adapter) as port, hub_socket(port, handshake=False) as client:
        await client.send('{"protocol":"xml","version":1}')
        assert await client.receive() == {"error": "The protocol 'xml' is not supported."}
        assert await client.closed() == 1000
        assert journal.connected == []


@pytest.mark.parametrize("cut", ["reset", "half-closed"])
async def test_a_socket_that_breaks(adapter: Adapter, journal: Journal, cut: str) -> None:
    async with serving(adapter) as port, raw_socket(port) as client:
        await client.shake_hands()
        if cut == "reset":
            client.reset()
        else:
            client._writer.write_eof()
        await journal.changed.until(lambda: journal.disconnected)
        assert journal.disconnected == [None]


async def test_a_socket_that_breaks_while_a_call_waits_behind_another(adapter: Adapter, journal: Journal) -> None:
    """The server may stop reading then, but must not miss the end of the connection."""
    async with raw_chatting(adapter) as (_, client):
        call = client_frame(TEXT, record(invocation("Wait", invocation_id="1")))
        client.write(call, call, client_frame(PING))
        assert await client.frame() == (PONG, b"")
        client.reset()
        await journal.changed.until(lambda: journal.disconnected)
        journal.gate.set()


BROKEN = [
    pytest.param(b"\x81\x02hi", 1002, id="not masked"),
    pytest.param(client_frame(3, b"hi"), 1002, id="reserved opcode"),
    pytest.param(client_frame(0, b"hi"), 1002, id="stray continuation"),
    pytest.param(client_frame(TEXT, b"hi", first=0x40), 1002, id="reserved bit"),
    pytest.param(client_frame(PING, b"x" * 126), 1002, id="long ping"),
    pytest.param(client_frame(TEXT, b"\xff"), 1007, id="text not UTF-8"),
    pytest.param(client_frame(TEXT, b"a", fin=False) + client_frame(0, b"\xff"), 1007, id="fragment not UTF-8"),
    pytest.param(client_frame(CLOSE, b"\x03"), 1002, id="half a close code"),
]


@pytest.mark.parametrize(("stream", "code"), BROKEN)
async def test_a_broken_frame_ends_this_connection_only(
    adapter: Adapter, journal: Journal, stream: bytes, code: int
) -> None:
    async with raw_chatting(adapter) as (port, client), hub_socket(port) as other:
        client.write(stream)
        opcode, payload = await client.frame()
        assert (opcode, int.from_bytes(payload[:2])) == (CLOSE, code)
        assert await client.at_end()
        await journal.changed.until(lambda: journal.disconnected)
        assert len(journal.disconnected) == 1
        # The hub hears that the peer broke the rules.
        assert journal.disconnected[0] is not None
        assert await other.invoke("Echo", 1) == completion(1)


async def test_an_oversize_message_ends_this_connection_only(adapter: Adapter, journal: Journal) -> None:
    async with chatting(adapter) as (port, client), hub_socket(port) as other:
        await client.send(invocation("Echo", "x" * 32 * 1024))
        assert await client.receive() == CLOSED
        assert await client.closed() == 1000
        assert [type(error) for error in journal.disconnected] == [InvalidDataError]
        assert await other.invoke("Echo", 1) == completion(1)


async def test_an_endless_message_ends_with_its_close_message_too(adapter: Adapter, journal: Journal) -> None:
    """The limit strikes while the frame is still coming, however long it says it is."""
    async with raw_chatting(adapter) as (_, client):
        if adapter is Adapter.TAKEOVER:
            client.write(client_frame(BINARY, b"x" * 3_000_000)[: 14 + 40_000])
        else:  # uvicorn hands on whole frames only
            client.write(client_frame(BINARY, b"x" * 40_000))
        assert await client.messages() == [CLOSED]
        assert await client.frame() == (CLOSE, pack("!H", 1000))
        assert len(journal.disconnected) == 1


async def test_a_peer_that_never_answers_the_close_is_cut(journal: Journal) -> None:
    """Under plain ASGI this is uvicorn's to do, which takes its own ten seconds."""
    async with raw_chatting(Adapter.TAKEOVER, HubOptions(close_timeout=0.1)) as (_, client):
        client.write(client_frame(TEXT, record({"type": 7})))
        assert await client.messages() == [{"type": 7}]
        assert await client.frame() == (CLOSE, pack("!H", 1000))
        assert await client.at_end()


async def test_what_a_peer_still_sends_behind_the_close_is_ignored(adapter: Adapter, journal: Journal) -> None:
    async with raw_chatting(adapter) as (_, client):
        client.write(client_frame(TEXT, record(invocation("Abort"))))
        assert await client.messages() == [{"type": 7}]
        assert await client.frame() == (CLOSE, pack("!H", 1000))
        client.write(*[client_frame(TEXT, record(invocation("Say", "too late", invocation_id="1")))] * 3)
        client.write(client_frame(CLOSE, pack("!H", 1000)))
        assert await client.at_end()
        assert journal.disconnected == [None]
