"""Methods whose result is a stream."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

from app.signalr import Hub, HubError
from tests.signalr.golden.surface.errors import InvalidOperationException
from tests.signalr.golden.surface.journal import note
from tests.signalr.golden.surface.values import Int32, SelfContaining

T = TypeVar("T")


class Streams(Hub):
    """Streams that end, that fail before or after items, and one that never ends by itself."""

    async def count(self, n: Int32, ms: Int32) -> AsyncIterator[int]:
        for number in range(n):
            if ms:
                await asyncio.sleep(ms / 1000)
            yield number

    async def endless(self) -> AsyncIterator[int]:
        number = 0
        try:
            while True:
                yield number
                number += 1
                await asyncio.sleep(0.05)
        finally:
            note(self.context, "Endless ended")

    def letters(self) -> AsyncIterator[str]:
        return _each("a", "b", "c")

    async def task_stream(self, n: Int32) -> AsyncIterator[int]:
        await asyncio.sleep(0)
        return _each(*range(n))

    async def empty(self) -> AsyncIterator[int]:
        for number in range(0):
            yield number

    async def null_items(self) -> AsyncIterator[str | None]:
        yield "a"
        yield None

    def null_stream(self) -> AsyncIterator[int]:
        return None  # type: ignore[return-value]  # a mistake of the hub's author

    async def count_then_throw(self, n: Int32) -> AsyncIterator[int]:
        for number in range(n):
            yield number
        raise InvalidOperationException("stream broke")

    async def count_then_throw_hub(self, n: Int32) -> AsyncIterator[int]:
        for number in range(n):
            yield number
        raise HubError("stream refused")

    def throw_before_stream(self) -> AsyncIterator[int]:
        raise InvalidOperationException("no stream")

    def throw_hub_before_stream(self) -> AsyncIterator[int]:
        raise HubError("no stream today")

    async def loop_stream(self) -> AsyncIterator[object]:
        yield 1
        yield SelfContaining()


async def _each(*items: T) -> AsyncIterator[T]:
    for item in items:
        yield item
