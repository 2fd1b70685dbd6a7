"""Methods that take streams from their client."""

import asyncio
from collections.abc import AsyncIterator

from app.signalr import Hub
from tests.signalr.golden.surface.journal import described, note
from tests.signalr.golden.surface.values import Int32, Text


class Uploads(Hub):
    """Readers that are eager, late, content with little, or that stream themselves."""

    async def concat(self, parts: AsyncIterator[Text]) -> str:
        return "".join([part or "" async for part in parts])

    async def sum(self, start: Int32, numbers: AsyncIterator[Int32]) -> int:
        async for number in numbers:
            start += number
        return start

    async def double(self, numbers: AsyncIterator[Int32]) -> AsyncIterator[int]:
        async for number in numbers:
            yield number * 2

    async def collect(self, numbers: AsyncIterator[Int32]) -> str:
        collected = ""
        try:
            async for number in numbers:
                collected += f"{number},"
        except Exception as error:
            note(self.context, f"Collect after '{collected}' {described(error)}")
            raise
        return collected

    async def zip(
        self, head: Text, numbers: AsyncIterator[Int32], middle: Text, parts: AsyncIterator[Text], tail: Text
    ) -> str:
        first = "".join([str(number) async for number in numbers])
        second = "".join([part or "" async for part in parts])
        return f"{head}{first}{middle}{second}{tail}"

    async def drip(self, ms: Int32, numbers: AsyncIterator[Int32]) -> int:
        await asyncio.sleep(ms / 1000)
        return sum([number async for number in numbers])

    async def take_two(self, numbers: AsyncIterator[Int32]) -> int:
        return await anext(numbers) + await anext(numbers)

    async def absorb(self, parts: AsyncIterator[Text]) -> None:
        text = "".join([part or "" async for part in parts])
        await self.clients.caller.send("Message", text)
