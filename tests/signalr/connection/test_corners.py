"""Rows of the checklist that no recording shows, since they need a client that does not read, or a second server."""

from collections.abc import AsyncIterator

import pytest

from app.signalr import Hub, HubOptions
from tests.signalr.broker import Broker
from tests.signalr.harness import MemoryClient, completion, idle, invocation, record, serving, stateful_client

pytestmark = pytest.mark.anyio
ENOUGH = 1000


class Corners(Hub):
    """A stream that counts what it was asked for, and a method that uploads to and asks its caller."""

    counted = 0

    async def count(self) -> AsyncIterator[int]:
        for number in range(ENOUGH):
            type(self).counted = number
            yield number

    async def both(self, parts: AsyncIterator[str]) -> str:
        answer = await self.clients.caller.invoke("Name", result_type=str)
        return answer + "".join([part async for part in parts])


async def test_a_client_that_does_not_read_stops_its_stream() -> None:
    async with serving(Corners) as bench:
        client = await bench.connect()
        client.transport.keeps_up = False
        client.send({"type": 4, "invocationId": "1", "target": "Count", "arguments": []})
        await idle()
        assert Corners.counted < ENOUGH // 2
        client.transport.keeps_up = True
        client.connection.drained(client.transport)
        items = [await client.receive() for _ in range(ENOUGH)]
        assert [item["item"] for item in items] == list(range(ENOUGH))
        assert await client.receive() == {"type": 3, "invocationId": "1"}


@pytest.mark.parametrize("stream_id", ["1", "0", "s"])
async def test_an_answer_is_never_taken_for_the_end_of_an_upload(stream_id: str) -> None:
    async with serving(Corners) as bench:
        client = await bench.connect()
        client.send({**invocation("Both", invocation_id="1"), "streamIds": [stream_id]})
        question = await client.receive()
        assert question["invocationId"] != stream_id
        client.send({"type": 3, "invocationId": question["invocationId"], "result": "a"})
        client.send({"type": 2, "invocationId": stream_id, "item": "b"}, {"type": 3, "invocationId": stream_id})
        assert await client.receive() == completion("ab")


async def test_what_another_process_sends_is_counted_and_sent_again() -> None:
    broker = Broker()
    async with (
        serving(Corners, broadcast=broker.broadcast()) as here,
        serving(Corners, broadcast=broker.broadcast()) as there,
    ):
        client = await stateful_client(here)
        await there.context().clients.all.send("Said", 1)
        await idle()
        client.feed(record({"type": 8, "sequenceId": 1}))
        await there.context().clients.all.send("Said", 2)
        await idle()
        client.transport.lose()
        await there.context().clients.all.send("Said", 3)
        await idle()
        again = MemoryClient(client.connection)
        assert await again.receive() == {"type": 9, "sequenceId": 2}
        assert [(await again.receive())["arguments"] for _ in range(2)] == [[2], [3]]


async def test_a_socket_that_comes_too_late_is_cut() -> None:
    async with serving(Corners) as bench:
        client = await stateful_client(bench)
        client.send({"type": 7})
        late = MemoryClient(client.connection)
        assert await late.ended() == "aborted"


async def test_what_was_behind_before_a_cut_does_not_count_after_it() -> None:
    async with serving(Corners, options=HubOptions(outbox_limit=1000, stateful_reconnect_buffer_size=10_000)) as bench:
        client = await stateful_client(bench)
        for _ in range(5):
            client.transport.keeps_up = False
            for _ in range(4):
                await bench.context().clients.all.send("Said", "x" * 100)
                await idle()
            client.transport.lose()
            client = MemoryClient(client.connection)
            received = [message for message in client.received if message["type"] == 1]
            client.send({"type": 8, "sequenceId": 4 * 5})
            assert received
        assert client.transport.end is None
