"""A hub that reaches its own `HubContext`, for what goes on after its method has returned."""

import asyncio
from typing import Annotated, Protocol

import pytest
from fastapi import Depends

from app.signalr import Client, Hub, HubContext, hub_context
from tests.signalr.harness import completion, serving

pytestmark = pytest.mark.anyio
TASKS: set[asyncio.Task[None]] = set()


class AlarmClient(Client, Protocol):
    async def rang(self, text: str) -> None: ...


class AlarmHub(Hub[AlarmClient]):
    def __init__(self, everywhere: "OwnContext") -> None:
        self.everywhere = everywhere

    async def ring_later(self, text: str) -> None:
        TASKS.add(asyncio.create_task(ring(self.everywhere, text)))

    async def ring_now(self, text: str, everywhere: "OwnContext") -> None:
        await everywhere.clients.all.rang(text)


OwnContext = Annotated[HubContext[AlarmClient], Depends(hub_context(AlarmHub))]

may_ring = asyncio.Event()


async def ring(context: HubContext[AlarmClient], text: str) -> None:
    await may_ring.wait()
    await context.clients.all.rang(text)


async def test_a_hub_sends_through_its_own_context_after_its_method_has_returned() -> None:
    async with serving(AlarmHub) as bench:
        caller, other = await bench.connect(), await bench.connect()
        assert await caller.invoke("RingLater", "tea") == completion()
        caller.transport.lose()
        may_ring.set()
        await asyncio.wait(TASKS)
        assert await other.receive() == {"type": 1, "target": "Rang", "arguments": ["tea"]}


async def test_a_method_may_take_it_too() -> None:
    async with serving(AlarmHub) as bench:
        client = await bench.connect()
        client.send({"type": 1, "target": "RingNow", "arguments": ["now"]})
        assert await client.receive() == {"type": 1, "target": "Rang", "arguments": ["now"]}
