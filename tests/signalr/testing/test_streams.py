"""Streams in both directions, whole and cut short."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.signalr import Hub, HubError
from app.signalr.testing import HubCallError
from tests.signalr.testing.conftest import Serve

pytestmark = pytest.mark.anyio


class Meter(Hub):
    begun = asyncio.Event()
    ended = asyncio.Event()

    async def count(self, to: int) -> AsyncIterator[int]:
        for number in range(to):
            yield number

    async def count_on(self) -> AsyncIterator[int]:
        self.begun.set()
        try:
            for number in itertools.count():
                yield number
        finally:
            self.ended.set()

    async def count_badly(self) -> AsyncIterator[int]:
        yield 1
        raise HubError("lost count")

    async def total(self, start: int, numbers: AsyncIterator[int]) -> int:
        async for number in numbers:
            start += number
        return start

    async def first(self, numbers: AsyncIterator[int]) -> int:
        return await anext(numbers)

    async def zip(self, left: AsyncIterator[str], right: AsyncIterator[int]) -> list[tuple[str, int]]:
        return [(text, await anext(right)) async for text in left]

    async def double(self, numbers: AsyncIterator[int]) -> AsyncIterator[int]:
        async for number in numbers:
            yield 2 * number

    async def await_error(self, numbers: AsyncIterator[int]) -> str:
        try:
            async for _ in numbers:
                pass
        except HubError as error:
            return str(error)
        return "no error"


@pytest.fixture(autouse=True)
def _new_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Meter, "begun", asyncio.Event())
    monkeypatch.setattr(Meter, "ended", asyncio.Event())


async def numbers(to: int) -> AsyncIterator[int]:
    for number in range(to):
        yield number


async def test_a_stream_comes_whole(serve: Serve, protocol: str) -> None:
    async with serve(Meter) as server, server.connect(Meter, protocol=protocol) as client:
        assert [number async for number in client.stream("Count", 1000)] == list(range(1000))
        assert [number async for number in client.stream("Count", 0)] == []


async def test_a_stream_that_fails_gives_what_it_had(serve: Serve, protocol: str) -> None:
    async with serve(Meter) as server, server.connect(Meter, protocol=protocol) as client:
        stream = client.stream("CountBadly")
        assert await anext(stream) == 1
        with pytest.raises(HubCallError, match="lost count"):
            await anext(stream)


async def test_leaving_a_stream_ends_it_on_the_server(serve: Serve, protocol: str) -> None:
    async with serve(Meter) as server, server.connect(Meter, protocol=protocol) as client:
        async for number in client.stream("CountOn"):
            if number == 3:
                break
        await asyncio.wait_for(Meter.ended.wait(), 10)
        assert await client.invoke("Total", 1, numbers(0)) == 1


async def test_a_stream_begins_before_it_is_read(serve: Serve) -> None:
    async with serve(Meter) as server, server.connect(Meter) as client:
        stream = client.stream("CountOn")
        await asyncio.wait_for(Meter.begun.wait(), 10)
        assert await anext(stream) == 0
        await stream.aclose()
        await asyncio.wait_for(Meter.ended.wait(), 10)


async def test_uploads_among_plain_arguments(serve: Serve, protocol: str) -> None:
    async def letters() -> AsyncIterator[str]:
        for letter in "abc":
            yield letter

    async with serve(Meter) as server, server.connect(Meter, protocol=protocol) as client:
        assert await client.invoke("Total", 100, numbers(5)) == 110
        pairs = await client.invoke("Zip", letters(), numbers(3))
        assert [tuple(pair) for pair in pairs] == [("a", 0), ("b", 1), ("c", 2)]


async def test_both_directions_at_once(serve: Serve, protocol: str) -> None:
    async with serve(Meter) as server, server.connect(Meter, protocol=protocol) as client:
        doubled = [number async for number in client.stream("Double", numbers(200))]
        assert doubled == [2 * number for number in range(200)]


async def test_an_upload_without_end_stops_with_its_call(serve: Serve, protocol: str) -> None:
    closed = asyncio.Event()

    async def endless() -> AsyncIterator[int]:
        try:
            for number in itertools.count(7):
                yield number
        finally:
            closed.set()

    async with serve(Meter) as server, server.connect(Meter, protocol=protocol) as client:
        assert await client.invoke("First", endless()) == 7
        await asyncio.wait_for(closed.wait(), 10)


async def test_an_upload_waits_for_a_hub_that_does_not_read(serve: Serve) -> None:
    class Sluggish(Hub):
        async def read(self, items: AsyncIterator[str]) -> int:
            await may_read.wait()
            return len([item async for item in items])

    may_read = asyncio.Event()
    made = 0

    async def large() -> AsyncIterator[str]:
        nonlocal made
        for _ in range(500):
            made += 1
            yield "x" * 1024

    async with serve(Sluggish) as server, server.connect(Sluggish) as client:
        call = asyncio.ensure_future(client.invoke("Read", large()))
        for _ in range(2000):
            await asyncio.sleep(0)
        assert made < 100  # what the hub and the connection hold, and no more
        may_read.set()
        assert await call == 500


async def test_an_upload_that_fails_is_an_error_for_the_hub(serve: Serve, protocol: str) -> None:
    async def broken(item: Any) -> AsyncIterator[Any]:
        yield item
        raise ValueError("the disk is full")

    async with serve(Meter) as server, server.connect(Meter, protocol=protocol) as client:
        assert await client.invoke("AwaitError", broken(1)) == "the disk is full"
        assert "object" in await client.invoke("AwaitError", broken(object()))
        assert await client.invoke("AwaitError", broken("text")) == "Failed to bind Stream message."


async def test_an_upload_may_be_sent_without_an_answer(serve: Serve) -> None:
    class Log(Hub):
        async def keep(self, lines: AsyncIterator[str]) -> None:
            kept.extend([line async for line in lines])
            await self.clients.caller.send("Kept", len(kept))

    async def lines() -> AsyncIterator[str]:
        yield "one"
        yield "two"

    kept: list[str] = []
    async with serve(Log) as server, server.connect(Log) as client:
        client.send("Keep", lines())
        assert await client.receive("Kept") == [2]
        assert kept == ["one", "two"]
