"""The hub that is fuzzed: everything that a hub method can do with a client, and gates to hold it up."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from app.signalr import ClientResultError, ConnectionGoneError, Hub


class World:
    """What the hub's methods share, outside of the wire."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.present: set[str] = set()
        self.visits = 0

    def open_gates(self) -> None:
        """Lets everything go on that waits."""
        self.gate.set()
        self.gate = asyncio.Event()


class Everything(Hub):
    """Derive from it and give it a world of its own."""

    world: World

    async def on_connected(self) -> None:
        await asyncio.sleep(0)
        self.world.present.add(self.context.connection_id)
        self.world.visits += 1

    async def on_disconnected(self, exception: BaseException | None) -> None:
        self.world.present.remove(self.context.connection_id)

    async def echo(self, value: Any) -> Any:
        return value

    async def wait(self, value: int) -> int:
        await self.world.gate.wait()
        return value

    async def tell_all(self, value: Any) -> None:
        await self.clients.all.send("Told", value)

    async def ask(self, value: Any) -> str:
        try:
            answer: int = await self.clients.caller.invoke("Question", value, result_type=int)
        except (ClientResultError, ConnectionGoneError) as error:
            return type(error).__name__
        return str(answer)

    async def leave(self) -> None:
        self.context.abort()

    async def count(self, to: int) -> AsyncIterator[int]:
        for number in range(to):
            yield number

    async def hold(self, value: int) -> AsyncIterator[int]:
        yield value
        await asyncio.Event().wait()

    async def collect(self, items: AsyncIterator[int]) -> list[int]:
        return await _all(items)

    async def merge(self, left: AsyncIterator[int], right: AsyncIterator[int]) -> list[list[int]]:
        return list(await asyncio.gather(_all(left), _all(right)))

    async def ignore(self, items: AsyncIterator[int]) -> str:
        await self.world.gate.wait()
        return "ignored"

    async def double(self, items: AsyncIterator[int]) -> AsyncIterator[int]:
        async for item in items:
            yield 2 * item


async def _all(items: AsyncIterator[int]) -> list[int]:
    return [item async for item in items]
