"""How many calls of one client run at once, and what the others wait for."""

import asyncio
from typing import ClassVar

import pytest

from app.signalr import Hub, HubOptions
from tests.signalr.harness import completion, idle, invocation, serving

pytestmark = pytest.mark.anyio


class Gated(Hub):
    """`wait` stays where it is until the test opens its gate."""

    gates: ClassVar[dict[int, asyncio.Event]] = {}
    running: ClassVar[list[int]] = []

    async def wait(self, number: int) -> int:
        self.running.append(number)
        await self.gates.setdefault(number, asyncio.Event()).wait()
        self.running.remove(number)
        return number

    async def quick(self, number: int) -> int:
        return number


@pytest.fixture(autouse=True)
def _closed_gates() -> None:
    Gated.gates.clear()
    Gated.running.clear()


def open_gate(number: int) -> None:
    Gated.gates.setdefault(number, asyncio.Event()).set()


async def test_invocations_of_one_client_run_one_after_another() -> None:
    async with serving(Gated) as bench:
        client, other = await bench.connect(), await bench.connect()
        client.send(*(invocation("Wait", n, invocation_id=str(n)) for n in (1, 2, 3)))
        await idle()
        assert Gated.running == [1]
        assert await other.invoke("Quick", 9) == completion(9)
        open_gate(3)
        open_gate(1)
        assert await client.receive() == completion(1, "1")
        await idle()
        assert Gated.running == [2]
        open_gate(2)
        assert [await client.receive() for _ in range(2)] == [completion(2, "2"), completion(3, "3")]
        assert await client.invoke("Quick", 4) == completion(4)


async def test_reading_stops_when_too_much_waits() -> None:
    """Not at the first call that has to wait: a server that does not read misses the end of the connection."""
    async with serving(Gated) as bench:
        client = await bench.connect()
        client.send(invocation("Wait", 1, invocation_id="0"))
        sent = 0
        while client.transport.reading:
            sent += 1
            client.send(invocation("Quick", sent, invocation_id=str(sent)))
            assert sent < 10_000
        assert sent > 2
        open_gate(1)
        assert await client.receive() == completion(1, "0")
        assert [(await client.receive())["result"] for _ in range(sent)] == list(range(1, sent + 1))
        assert client.transport.reading


async def test_a_higher_limit_lets_them_overlap() -> None:
    async with serving(Gated, options=HubOptions(maximum_parallel_invocations_per_client=2)) as bench:
        client = await bench.connect()
        client.send(*(invocation("Wait", n, invocation_id=str(n)) for n in (1, 2, 3)))
        await idle()
        assert Gated.running == [1, 2]
        open_gate(2)
        assert await client.receive() == completion(2, "2")
        await idle()
        assert Gated.running == [1, 3]
        open_gate(1)
        open_gate(3)
        assert {(await client.receive())["result"] for _ in range(2)} == {1, 3}


async def test_what_comes_behind_a_waiting_invocation_waits_too() -> None:
    async with serving(Gated) as bench:
        client = await bench.connect()
        client.send(invocation("Wait", 1, invocation_id="1"), invocation("Quick", 2, invocation_id="2"), {"type": 7})
        client.send(invocation("Quick", 3, invocation_id="3"))
        await idle()
        assert client.received == []
        open_gate(1)
        assert await client.receive() == completion(1, "1")
        assert await client.receive() == completion(2, "2")
        assert await client.receive() == {"type": 7}
        await client.ended()
        assert client.received == []


async def test_a_close_is_heard_while_one_invocation_runs() -> None:
    async with serving(Gated) as bench:
        client = await bench.connect()
        client.send(invocation("Wait", 1, invocation_id="1"), {"type": 7})
        assert await client.receive() == {"type": 7}
        open_gate(1)
        await client.ended()
        await idle()
        assert client.received == []


async def test_calls_of_many_clients_do_not_wait_for_each_other() -> None:
    async with serving(Gated) as bench:
        clients = [await bench.connect() for _ in range(5)]
        for number, client in enumerate(clients):
            client.send(invocation("Wait", number, invocation_id="1"))
        await idle()
        assert Gated.running == [0, 1, 2, 3, 4]
        for number, client in enumerate(clients):
            open_gate(number)
            assert await client.receive() == completion(number)
