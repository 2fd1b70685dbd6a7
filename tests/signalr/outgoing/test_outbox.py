"""Clients that do not read: what waits for them, for how long, and what others notice of it."""

import asyncio

import pytest

from app.signalr import Hub, HubOptions
from app.signalr.errors import SlowClientError
from tests.signalr.harness import Message, completion, idle, messages_in, serving

pytestmark = pytest.mark.anyio


class Loud(Hub):
    ends: list[BaseException | None] = []

    async def on_disconnected(self, exception: BaseException | None) -> None:
        self.ends.append(exception)

    async def echo(self, value: int) -> int:
        return value


@pytest.fixture(autouse=True)
def _no_ends() -> None:
    Loud.ends = []


def lines(messages: list[Message]) -> list[int]:
    return [message["arguments"][0] for message in messages]


async def test_what_a_slow_client_misses_comes_in_order_when_it_reads_again() -> None:
    async with serving(Loud) as bench:
        client = await bench.connect()
        client.transport.keeps_up = False
        for number in range(5):
            await bench.context().clients.all.send("Line", number)
            await idle()
        # The first write told that the client is behind; the rest waits.
        assert lines(client.received) == [0]
        client.transport.keeps_up = True
        client.connection.drained(client.transport)
        await idle()
        assert lines(client.received) == [0, 1, 2, 3, 4]
        await bench.context().clients.all.send("Line", 5)
        await idle()
        assert lines(client.received)[-1] == 5


async def test_a_client_that_stays_behind_is_cut_off() -> None:
    async with serving(Loud, options=HubOptions(outbox_limit=1000)) as bench:
        slow, other = await bench.connect(), await bench.connect()
        slow.transport.keeps_up = False
        for number in range(100):
            await bench.context().clients.all.send("Line", number, "x" * 100)
            await idle()
        assert await slow.ended() == "aborted"
        assert lines(slow.received) == [0]
        assert lines(other.received) == list(range(100))
        assert [type(end) for end in Loud.ends] == [SlowClientError]
        assert slow.connection not in bench.signalr.connections
        assert (await other.receive())["arguments"][0] == 0


@pytest.mark.parametrize(("surplus", "survives"), [(0, True), (1, False)])
async def test_the_limit_holds_to_the_byte(surplus: int, survives: bool) -> None:
    message = len(b'{"type":1,"target":"Line","arguments":[""]}\x1e')
    async with serving(Loud, options=HubOptions(outbox_limit=500)) as bench:
        slow = await bench.connect()
        slow.transport.keeps_up = False
        await bench.context().clients.all.send("Line", "first")
        await idle()
        await bench.context().clients.all.send("Line", "x" * (500 + surplus - message))
        await idle()
        assert (slow.transport.end is None) is survives


async def test_a_client_that_catches_up_has_the_whole_limit_again() -> None:
    async with serving(Loud, options=HubOptions(outbox_limit=500)) as bench:
        slow = await bench.connect()
        for _ in range(10):
            slow.transport.keeps_up = False
            for _ in range(3):
                await bench.context().clients.all.send("Line", "x" * 100)
                await idle()
            slow.transport.keeps_up = True
            slow.connection.drained(slow.transport)
            await idle()
        assert slow.transport.end is None
        assert len(slow.received) == 30


async def test_the_close_message_follows_what_waits() -> None:
    async with serving(Loud) as bench:
        client = await bench.connect()
        client.transport.keeps_up = False
        for number in range(3):
            await bench.context().clients.all.send("Line", number)
            await idle()
        client.send({"type": 7})
        await client.ended()
        assert lines(client.received[:-1]) == [0, 1, 2]
        assert client.received[-1] == {"type": 7}


async def test_a_slow_client_can_still_leave() -> None:
    async with serving(Loud) as bench:
        client = await bench.connect()
        client.transport.keeps_up = False
        for number in range(3):
            await bench.context().clients.all.send("Line", number)
            await idle()
        client.transport.lose()
        client.connection.drained(client.transport)
        await idle()
        assert Loud.ends == [None]
        assert not bench.signalr.connections


async def test_a_sender_in_a_tight_loop_lets_others_run() -> None:
    """Memory stays bounded and other clients are served, though nothing in the loop waits for a socket."""
    async with serving(Loud) as bench:
        client, other = await bench.connect(), await bench.connect()
        sending = True

        async def flood() -> None:
            nonlocal sending
            for number in range(20_000):
                await bench.context().clients.client(client.id).send("Line", number)
            sending = False

        task = asyncio.create_task(flood())
        await asyncio.sleep(0)
        assert await other.invoke("Echo", 1) == completion(1)
        assert sending
        await task
        await idle()
        assert lines(messages_in(b"".join(client.transport.writes))[1:]) == list(range(20_000))


async def test_large_messages_in_a_tight_loop_do_not_pile_up() -> None:
    """A sender that never waits for anything else must not hand a client more than it can be expected to take."""
    async with serving(Loud, options=HubOptions(outbox_limit=1_000_000)) as bench:
        slow = await bench.connect()
        slow.transport.keeps_up = False
        for number in range(1000):
            await bench.context().clients.all.send("Line", number, "x" * 64_000)
        await idle()
        assert slow.transport.end == "aborted"
        assert sum(map(len, slow.transport.writes)) < 10_000_000


async def test_a_fan_out_lets_others_run() -> None:
    async with serving(Loud) as bench:
        clients = [bench.open() for _ in range(1000)]
        for client in clients:
            client.feed(b'{"protocol":"json","version":1}\x1e')
        await idle()
        for number in range(3):
            await bench.context().clients.all.send("Line", number)
        # One turn of the loop writes to some; the others wait for theirs.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert 0 < sum(len(client.transport.writes) > 1 for client in clients) < 1000
        await idle()
        for client in clients:
            assert lines(client.received[1:]) == [0, 1, 2]
            assert len(client.transport.writes) == 2
