"""One suite over both WebSocket adapters: what a client of a real server sees while all is well."""

import asyncio

import pytest
from fastapi import FastAPI

from app.signalr import HubOptions, add_signalr, map_hub
from app.signalr.errors import SlowClientError
from tests.signalr.chat import BINARY, PING, PONG, TEXT, Chat, Journal, chatting, raw_chatting, serving
from tests.signalr.harness import HANDSHAKE, completion, invocation, record
from tests.signalr.live import Adapter, client_frame, hub_socket, listening, raw_socket

pytestmark = pytest.mark.anyio


async def test_a_call_and_a_broadcast(adapter: Adapter, journal: Journal) -> None:
    async with chatting(adapter) as (port, client), hub_socket(port) as other:
        assert await client.invoke("Echo", "你好 😀") == completion("你好 😀")
        await client.send(invocation("Say", "hi"))
        for listener in (client, other):
            assert await listener.receive() == {"type": 1, "target": "Said", "arguments": ["hi"]}


async def test_values_of_every_size_come_back(adapter: Adapter, journal: Journal) -> None:
    async with chatting(adapter, HubOptions(maximum_receive_message_size=None)) as (_, client):
        for size in (0, 1, 40, 60, 80, 125, 126, 65_400, 65_536, 1_000_000):
            assert await client.invoke("Echo", "é" * size) == completion("é" * size)


async def test_text_and_binary_frames_are_the_same_to_the_server(adapter: Adapter, journal: Journal) -> None:
    async with serving(adapter) as port, raw_socket(port) as client:
        await client.upgrade()
        client.write(client_frame(BINARY, HANDSHAKE))
        assert await client.frame() == (TEXT, b"{}\x1e")
        for opcode in (TEXT, BINARY):
            client.write(client_frame(opcode, record(invocation("Echo", opcode, invocation_id="1"))))
            assert await client.messages() == [completion(opcode)]


async def test_fragments_and_pings_between_them(adapter: Adapter, journal: Journal) -> None:
    async with raw_chatting(adapter) as (_, client):
        call = record(invocation("Echo", "é", invocation_id="1"))
        middle = call.index("é".encode()) + 1
        client.write(client_frame(TEXT, call[:5], fin=False), client_frame(PING, b"are you there"))
        assert await client.frame() == (PONG, b"are you there")
        client.write(
            client_frame(0, call[5:middle], fin=False), client_frame(PONG, b"unasked"), client_frame(0, call[middle:])
        )
        assert await client.messages() == [completion("é")]


async def test_a_message_over_several_frames(adapter: Adapter, journal: Journal) -> None:
    async with raw_chatting(adapter) as (_, client):
        call = record(invocation("Echo", 1, invocation_id="1"), invocation("Echo", 2, invocation_id="2"))
        for start in range(0, len(call), 10):
            client.write(client_frame(TEXT, call[start : start + 10]))
        answers = await client.messages()
        while len(answers) < 2:
            answers += await client.messages()
        assert answers == [completion(1, "1"), completion(2, "2")]


async def test_bytes_that_come_one_by_one(adapter: Adapter, journal: Journal) -> None:
    async with raw_chatting(adapter) as (_, client):
        for byte in client_frame(TEXT, record(invocation("Echo", 1, invocation_id="1"))):
            client.write(bytes([byte]))
            await asyncio.sleep(0)
        assert await client.messages() == [completion(1)]


async def test_pings_are_answered_with_their_payload(adapter: Adapter, journal: Journal) -> None:
    async with raw_chatting(adapter) as (_, client):
        for payload in (b"", b"x", b"\x00\xff" * 62):
            client.write(client_frame(PING, payload))
            assert await client.frame() == (PONG, payload)


async def test_order_and_whole_messages_under_load(adapter: Adapter, journal: Journal) -> None:
    number = 10_000
    async with chatting(adapter) as (port, client), hub_socket(port) as other:
        await client.send(invocation("Count", number, invocation_id="1"))
        for listener in (client, other):
            heard = [(await listener.receive())["arguments"][0] for _ in range(number)]
            assert heard == list(range(number))
        assert await client.receive() == completion()


async def test_many_calls_in_flight_are_answered_in_order(adapter: Adapter, journal: Journal) -> None:
    async with chatting(adapter) as (_, client):
        for number in range(500):
            await client.send(invocation("Echo", number, invocation_id=str(number)))
        assert [await client.receive() for _ in range(500)] == [completion(n, str(n)) for n in range(500)]


async def test_a_slow_reader_delays_nobody_and_is_cut_off(adapter: Adapter, journal: Journal) -> None:
    chunks, size = 300, 64 * 1024
    async with chatting(adapter, HubOptions(outbox_limit=256 * 1024)) as (port, client):
        async with raw_socket(port, receive_buffer=4096) as slow:
            await slow.shake_hands()
            await client.send(invocation("Flood", chunks, size, invocation_id="1"))
            for number in range(chunks):
                assert (await client.receive())["arguments"][0] == number
            assert await client.receive() == completion()
            await journal.changed.until(lambda: journal.disconnected)
            assert [type(error) for error in journal.disconnected] == [SlowClientError]
        assert await client.invoke("Echo", 1) == completion(1)


async def test_connections_leave_nothing_behind(adapter: Adapter, journal: Journal) -> None:
    app = FastAPI()
    signalr = add_signalr(app)
    map_hub(app, "/hub", Chat)
    async with listening(app, adapter) as port:
        for _ in range(20):
            async with hub_socket(port) as client:
                assert await client.invoke("Echo", 1) == completion(1)
        await journal.changed.until(lambda: len(journal.disconnected) == 20)
        assert not signalr.connections
        assert journal.disconnected == [None] * 20
