"""Faults that fuzzing has found, each by the shortest way to it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.signalr import Hub, HubOptions
from app.signalr.endings import SERVER_STOPS
from tests.fuzz.whole import running_hub
from tests.signalr.harness import completion, failure, idle, invocation, serving


class Streams(Hub):
    ended: list[BaseException | None] = []

    async def double(self, items: AsyncIterator[int]) -> AsyncIterator[int]:
        async for item in items:
            yield 2 * item

    async def collect(self, items: AsyncIterator[int]) -> list[int]:
        try:
            return [item async for item in items]
        except BaseException as error:
            self.ended.append(error)
            raise

    async def first(self, items: AsyncIterator[int]) -> int:
        rest = asyncio.create_task(self.collect(items))
        await self.context.http.app.state.go_on.wait()
        self.context.items["rest"] = rest
        return 1

    async def rest(self) -> list[int]:
        rest: list[int] = await self.context.items["rest"]
        return rest

    async def echo(self, value: Any) -> Any:
        return value


@pytest.fixture(autouse=True)
def _nothing_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Streams, "ended", [])


@pytest.mark.anyio
async def test_a_header_name_that_cannot_be_written_still_ends_the_connection() -> None:
    async with serving(Streams, options=HubOptions(enable_detailed_errors=True)) as bench:
        client = await bench.connect()
        client.send('{"type":6,"headers":{"\\ud800":1}}')
        assert await client.receive() == {
            "type": 7,
            "error": "Connection closed with an error. InvalidOperationException:"
            " Cannot read incomplete UTF-16 JSON text as string with missing low surrogate.",
            "allowReconnect": True,
        }
        assert await client.ended() == "closed"


@pytest.mark.anyio
async def test_a_stream_cancelled_right_behind_its_call_is_answered_and_lets_go_of_its_upload() -> None:
    async with serving(Streams) as bench:
        client = await bench.connect()
        client.send(
            {"type": 4, "target": "Double", "invocationId": "1", "arguments": [], "streamIds": ["2"]},
            {"type": 5, "invocationId": "1"},
        )
        assert await client.receive() == {"type": 3, "invocationId": "1"}
        client.send(
            *[{"type": 2, "invocationId": "2", "item": number} for number in range(50)],
            invocation("Echo", "still here", invocation_id="3"),
        )
        assert await client.receive() == completion("still here", "3")


@pytest.mark.anyio
async def test_whoever_still_reads_an_upload_of_a_finished_call_reads_its_end() -> None:
    async with serving(Streams) as bench:
        bench.app.state.go_on = asyncio.Event()
        client = await bench.connect()
        client.send({"type": 1, "target": "First", "invocationId": "1", "arguments": [], "streamIds": ["2"]})
        client.send({"type": 2, "invocationId": "2", "item": 7})
        await idle()
        bench.app.state.go_on.set()
        assert await client.receive() == completion(1)
        assert await client.invoke("Rest") == completion([7])


@pytest.mark.anyio
async def test_an_upload_id_in_use_stays_with_its_reader(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(Streams) as bench:
        client = await bench.connect()
        call = {"type": 1, "target": "Collect", "arguments": [], "streamIds": ["3"]}
        stream = {"type": 4, "target": "Double", "arguments": [], "streamIds": ["3"]}
        client.send({**call, "invocationId": "1"}, {**call, "invocationId": "2"}, {**stream, "invocationId": "4"}, call)
        for refused in "24":
            assert await client.receive() == failure("Stream ID '3' is already in use.", refused)
        client.transport.lose()
        await idle()
        assert [str(error) for error in Streams.ended] == ["The underlying connection was closed."]
    assert not caplog.records


def test_a_second_cut_while_messages_are_sent_again_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.signalr.connection.resumption.ACK_DELAY", 0)
    with running_hub(HubOptions()) as hub:
        peer = hub.peer("json", stateful=True)
        hub.do(peer.deliver)
        peer.read()
        peer.call("Echo", "once")
        hub.do(peer.deliver)
        hub.do(peer.socket.lose)
        hub.do(peer.resume)
        hub.do(lambda: peer.deliver(keep=1))  # says where it goes on, and the call again without its last byte
        hub.turns()
        peer.read()  # the acknowledgement: the next Sequence is behind the call
        hub.do(peer.socket.lose)
        hub.do(peer.resume)
        hub.ask(peer)
        assert peer.close_message is None
        hub.do(peer.socket.lose)
        hub.do(lambda: peer.connection.end(SERVER_STOPS))
