"""One connection: bytes in, messages out, in order and within its limits."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.signalr import Hub, HubError, HubOptions
from tests.signalr.harness import (
    HANDSHAKE,
    Message,
    binding_failure,
    completion,
    failure,
    idle,
    invocation,
    invocation_failure,
    record,
    serving,
)

pytestmark = pytest.mark.anyio

CLOSED = {"type": 7, "error": "Connection closed with an error.", "allowReconnect": True}


class Echo(Hub):
    async def echo(self, value: Any) -> Any:
        return value

    async def nothing(self) -> None:
        pass

    def synchronous(self, value: int) -> int:
        return value

    async def fail(self) -> None:
        raise RuntimeError("the secret internals")

    async def refuse(self) -> None:
        raise HubError("out of stock")


async def test_an_invocation_is_answered_under_its_id() -> None:
    async with serving(Echo) as bench:
        client = await bench.connect()
        for identifier in ("0", "a", 'é "😀', "i" * 500):
            client.send(invocation("Echo", "x", invocation_id=identifier))
            assert await client.receive() == completion("x", identifier)


async def test_a_method_without_a_result_answers_null() -> None:
    async with serving(Echo) as bench:
        assert await (await bench.connect()).invoke("Nothing") == completion(None)


async def test_methods_need_not_be_coroutines() -> None:
    async with serving(Echo) as bench:
        assert await (await bench.connect()).invoke("Synchronous", 3) == completion(3)


@pytest.mark.parametrize("target", ["Echo", "Fail", "Refuse", "Missing"])
@pytest.mark.parametrize("members", [{}, {"invocationId": ""}])
async def test_a_call_without_an_id_is_never_answered(target: str, members: Message) -> None:
    async with serving(Echo) as bench:
        client = await bench.connect()
        client.send({"type": 1, "target": target, "arguments": [1, 2, 3], **members})
        assert await client.invoke("Echo", "after") == completion("after")


@pytest.mark.parametrize(
    ("target", "arguments", "answer", "detailed"),
    [
        ("Refuse", [], invocation_failure("Refuse", "HubException: out of stock"), None),
        (
            "Fail",
            [],
            invocation_failure("Fail"),
            invocation_failure("Fail", "RuntimeError: the secret internals"),
        ),
        ("Missing", [], binding_failure("Missing", "HubException: Method does not exist."), None),
        (
            "echo",
            [],
            binding_failure("Echo"),
            binding_failure("Echo", "InvalidDataException: Invocation provides 0 argument(s) but target expects 1."),
        ),
        (
            "Synchronous",
            ["1"],
            binding_failure("Synchronous"),
            binding_failure(
                "Synchronous",
                "InvalidDataException: Error binding arguments. Make sure that the types of the provided values match"
                " the types of the hub method being invoked.",
            ),
        ),
    ],
)
async def test_errors_and_what_clients_may_read_of_them(
    target: str, arguments: list[Any], answer: Message, detailed: Message | None
) -> None:
    for options, expected in (
        (HubOptions(), answer),
        (HubOptions(enable_detailed_errors=True), detailed or answer),
    ):
        async with serving(Echo, options=options) as bench:
            client = await bench.connect()
            assert await client.invoke(target, *arguments) == expected
            assert await client.invoke("Echo", 1) == completion(1)


async def test_a_subclass_of_hub_error_is_shown_under_its_name() -> None:
    class OutOfStockError(HubError):
        pass

    class Shop(Hub):
        async def buy(self) -> None:
            raise OutOfStockError("sorry")

    async with serving(Shop) as bench:
        client = await bench.connect()
        assert await client.invoke("Buy") == invocation_failure("Buy", "OutOfStockError: sorry")


async def test_a_streaming_call_of_a_plain_method() -> None:
    async with serving(Echo) as bench:
        client = await bench.connect()
        client.send({"type": 4, "invocationId": "1", "target": "Nothing", "arguments": []})
        assert await client.receive() == failure(
            "The client attempted to invoke the non-streaming 'Nothing' method with a streaming invocation."
        )


async def test_a_stream_for_a_method_that_takes_none() -> None:
    async with serving(Echo) as bench:
        client = await bench.connect()
        client.send({**invocation("Nothing", invocation_id="1"), "streamIds": ["2"]})
        assert await client.receive() == invocation_failure(
            "Nothing", "HubException: Client sent 1 stream(s), Hub method expects 0."
        )


@pytest.mark.parametrize("message", ['{"type":42}', '{"type":0}', '{"type":6}', '{"type":3,"invocationId":"nope"}'])
async def test_what_changes_nothing(message: str) -> None:
    async with serving(Echo) as bench:
        client = await bench.connect()
        client.send(message, invocation("Echo", 1, invocation_id="1"))
        assert await client.receive() == completion(1)


async def test_several_messages_in_one_chunk_are_answered_in_order() -> None:
    async with serving(Echo) as bench:
        client = await bench.connect()
        client.send(*(invocation("Echo", n, invocation_id=str(n)) for n in range(100)))
        assert [await client.receive() for _ in range(100)] == [completion(n, str(n)) for n in range(100)]


@given(st.lists(st.integers(0, 600), max_size=20))
def test_the_cut_of_the_input_makes_no_difference(cuts: list[int]) -> None:
    stream = HANDSHAKE + record(
        *(invocation("Echo", {"text": "é" * n}, invocation_id=str(n)) for n in range(5)),
        {"type": 6},
        invocation("Fail", invocation_id="f"),
        invocation("Echo", "end", invocation_id="e"),
    )
    places = [0, *sorted(place for place in cuts if place < len(stream)), len(stream)]

    async def run() -> None:
        async with serving(Echo) as bench:
            client = bench.open()
            for start, end in pairwise(places):
                client.feed(stream[start:end])
            answers = [await client.receive() for _ in range(8)]
            assert answers[0] == {}
            assert answers[1:6] == [completion({"text": "é" * n}, str(n)) for n in range(5)]
            assert answers[7] == completion("end", "e")

    asyncio.run(run())


async def test_everything_of_a_loop_turn_leaves_in_one_write() -> None:
    class Chatty(Hub):
        async def chat(self) -> None:
            for number in range(10):
                await self.clients.caller.send("Line", number)

    async with serving(Chatty) as bench:
        client = await bench.connect()
        before = len(client.transport.writes)
        client.send(invocation("Chat", invocation_id="1"))
        messages = [await client.receive() for _ in range(11)]
        assert [message["arguments"] for message in messages[:10]] == [[n] for n in range(10)]
        assert messages[10] == completion()
        assert len(client.transport.writes) == before + 1


@pytest.mark.parametrize(
    ("message", "detail"),
    [
        ("{", "Error reading JSON."),
        ('{"type":1,"target":"T"}', "Missing required property 'arguments'."),
        (
            '{"type":3,"invocationId":"1","result":1,"error":"x"}',
            "The 'error' and 'result' properties are mutually exclusive.",
        ),
    ],
)
async def test_a_message_that_breaks_the_protocol_ends_the_connection(message: str, detail: str) -> None:
    for options, error in (
        (HubOptions(), "Connection closed with an error."),
        (
            HubOptions(enable_detailed_errors=True),
            f"Connection closed with an error. InvalidDataException: {detail}",
        ),
    ):
        async with serving(Echo, options=options) as bench:
            client, other = await bench.connect(), await bench.connect()
            client.send(invocation("Echo", 1, invocation_id="1"), message, invocation("Echo", 2, invocation_id="2"))
            assert await client.receive() == completion(1)
            assert await client.receive() == {**CLOSED, "error": error}
            assert await client.ended() == "closed"
            await idle()
            assert client.received == []
            assert await other.invoke("Echo", 3) == completion(3)


async def test_a_result_that_cannot_be_written_ends_the_connection() -> None:
    class Odd(Hub):
        async def nan(self) -> float:
            return float("nan")

        async def thing(self) -> object:
            return object()

    for target in ("Nan", "Thing"):
        async with serving(Odd) as bench:
            client = await bench.connect()
            assert await client.invoke(target) == CLOSED
            assert await client.ended() == "closed"


async def test_the_size_limit_holds_to_the_byte_for_each_message() -> None:
    limit = 256
    call = '{"type":1,"invocationId":"1","target":"Echo","arguments":["%s"]}'
    longest = call % ("x" * (limit - 1 - len(call % "")))
    too_long = call % ("x" * (limit - len(call % "")))
    async with serving(Echo, options=HubOptions(maximum_receive_message_size=limit)) as bench:
        client, other = await bench.connect(), await bench.connect()
        client.send(*[longest] * 3)
        for _ in range(3):
            assert (await client.receive())["invocationId"] == "1"
        client.send(too_long)
        assert await client.receive() == CLOSED
        assert await client.ended() == "closed"
        assert await other.invoke("Echo", 1) == completion(1)


async def test_the_size_limit_does_not_wait_for_the_end() -> None:
    options = HubOptions(maximum_receive_message_size=256, enable_detailed_errors=True)
    async with serving(Echo, options=options) as bench:
        client = await bench.connect()
        client.feed(b"x" * 256)
        assert client.received == []
        client.feed(b"x")
        message = await client.receive()
        assert message["allowReconnect"] is True
        assert message["error"] == (
            "Connection closed with an error. InvalidDataException: The maximum message size of 256B was exceeded."
            " The message size can be configured in AddHubOptions."
        )


async def test_no_size_limit() -> None:
    async with serving(Echo, options=HubOptions(maximum_receive_message_size=None)) as bench:
        client = await bench.connect()
        assert await client.invoke("Echo", "x" * 1_000_000) == completion("x" * 1_000_000)


async def test_a_hub_object_serves_one_call_and_items_serve_all() -> None:
    class Counter(Hub):
        def __init__(self) -> None:
            self.calls = 0

        async def count(self) -> list[int]:
            self.calls += 1
            self.context.items["calls"] = self.context.items.get("calls", 0) + 1
            return [self.calls, self.context.items["calls"]]

    async with serving(Counter) as bench:
        client, other = await bench.connect(), await bench.connect()
        assert [(await client.invoke("Count"))["result"] for _ in range(3)] == [[1, 1], [1, 2], [1, 3]]
        assert (await other.invoke("Count"))["result"] == [1, 1]
