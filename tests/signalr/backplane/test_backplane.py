"""Two servers on one broker behave as one: what a send in one process does in the other."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from broadcaster import Broadcast

from app.signalr import Client, Hub, HubClients
from app.signalr.backplane.base import CHANNEL
from tests.signalr.broker import Broker, Node
from tests.signalr.harness import Bench, MemoryClient, completion, idle, serving, user

pytestmark = pytest.mark.anyio


class Rooms(Hub):
    async def join(self, room: str) -> None:
        await self.groups.add(self.context.connection_id, room)

    async def say_all(self, text: str) -> None:
        await self.clients.all.send("Said", text)


@dataclass
class Farm:
    """Two processes with three clients: 0 and 1 here, 2 there. 0 and 2 are alice's and in `red`, 1 is bob's."""

    broker: Broker
    here: Bench
    there: Bench
    clients: list[MemoryClient] = field(default_factory=list)

    async def reached(self) -> list[int]:
        """Who got a message, as often as they got it."""
        await idle()
        found = []
        for number, client in enumerate(self.clients):
            while client.received:
                assert (await client.receive())["target"] == "Said"
                found.append(number)
        return found


@asynccontextmanager
async def farming() -> AsyncIterator[Farm]:
    broker = Broker()
    async with (
        serving(Rooms, broadcast=broker.broadcast()) as here,
        serving(Rooms, broadcast=broker.broadcast()) as there,
    ):
        farm = Farm(broker, here, there)
        for bench, name in ((here, "alice"), (here, "bob"), (there, "alice")):
            farm.clients.append(await bench.connect(None, user(name)))
        for number in (0, 2):
            assert await farm.clients[number].invoke("Join", "red") == completion()
        broker.published.clear()
        yield farm


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        (lambda clients, ids: clients.all, [0, 1, 2]),
        (lambda clients, ids: clients.all_except([ids[0], ids[2]]), [1]),
        (lambda clients, ids: clients.client(ids[2]), [2]),
        (lambda clients, ids: clients.client("nobody"), []),
        (lambda clients, ids: clients.clients([ids[1], ids[2], ids[2]]), [1, 2]),
        (lambda clients, ids: clients.group("red"), [0, 2]),
        (lambda clients, ids: clients.groups(["red", "blue", "red"]), [0, 0, 2, 2]),
        (lambda clients, ids: clients.group_except("red", [ids[2]]), [0]),
        (lambda clients, ids: clients.user("alice"), [0, 2]),
        (lambda clients, ids: clients.users(["alice", "bob"]), [0, 1, 2]),
    ],
)
async def test_selectors_reach_both_processes(
    select: Callable[[HubClients, list[str]], Client], expected: list[int]
) -> None:
    async with farming() as farm:
        ids = [client.id for client in farm.clients]
        for bench in (farm.here, farm.there):
            await select(bench.context().clients, ids).send("Said")
            assert await farm.reached() == expected


async def test_a_hub_method_reaches_the_other_process() -> None:
    async with farming() as farm:
        farm.clients[2].send({"type": 1, "target": "SayAll", "arguments": ["hi"]})
        assert await farm.reached() == [0, 1, 2]


async def test_what_stays_here_is_not_published() -> None:
    async with farming() as farm:
        await farm.here.context().clients.client(farm.clients[0].id).send("Said")
        await farm.here.context().groups.add(farm.clients[0].id, "room")
        assert await farm.reached() == [0]
        assert farm.broker.published == []


async def test_the_bytes_are_the_same_in_both() -> None:
    async with farming() as farm:
        await farm.here.context().clients.all.send("Said", "你好", {"a": None})
        await idle()
        writes = {client.transport.writes[-1] for client in farm.clients}
        assert writes == {'{"type":1,"target":"Said","arguments":["你好",{"a":null}]}\x1e'.encode()}


async def test_groups_of_remote_connections() -> None:
    async with farming() as farm:
        groups = farm.here.context().groups
        await groups.add(farm.clients[2].id, "room")
        await groups.add("nobody", "room")
        await idle()
        await farm.there.context().clients.group("room").send("Said")
        assert await farm.reached() == [2]
        await groups.remove(farm.clients[2].id, "room")
        await idle()
        await farm.there.context().clients.group("room").send("Said")
        assert await farm.reached() == []


async def test_a_connection_that_is_told_to_join_hears_what_is_sent_next() -> None:
    async with farming() as farm:
        context = farm.here.context()
        await context.groups.add(farm.clients[2].id, "room")
        await context.clients.group("room").send("Said")
        assert await farm.reached() == [2]


async def test_the_order_of_a_sender_is_kept() -> None:
    async with farming() as farm:
        for number in range(300):
            await farm.here.context().clients.all.send("Said", number)
        await idle()
        remote = farm.clients[2]
        assert [(await remote.receive())["arguments"] for _ in range(300)] == [[number] for number in range(300)]


async def test_a_slow_client_of_one_process_delays_nobody() -> None:
    async with farming() as farm:
        slow = farm.clients[2]
        other = await farm.there.connect()
        slow.transport.keeps_up = False
        for number in range(300):
            await farm.here.context().clients.all.send("Said", number)
            await idle()
        assert [message["arguments"] for message in slow.received] == [[0]]
        for quick in (farm.clients[0], other):
            assert [message["arguments"] for message in quick.received] == [[number] for number in range(300)]


async def test_a_process_listens_to_one_channel_whatever_its_groups() -> None:
    async with farming() as farm:
        await farm.here.context().groups.add(farm.clients[0].id, "room")
        for number in (0, 2):
            await farm.here.context().groups.remove(farm.clients[number].id, "red")
        await idle()
        assert [node.channels for node in farm.broker.nodes] == [{CHANNEL}] * 2


async def test_a_failing_broker_costs_only_the_others(caplog: pytest.LogCaptureFixture) -> None:
    async with farming() as farm:
        farm.broker.down = True
        await farm.here.context().clients.all.send("Said")
        await farm.here.context().groups.add(farm.clients[2].id, "room")
        assert await farm.reached() == [0, 1]
        assert caplog.messages.count("The backplane did not take a message; other processes miss it") == 2
        assert "broker is down" in caplog.text
        farm.broker.down = False
        await farm.here.context().clients.all.send("Said")
        assert await farm.reached() == [0, 1, 2]


@pytest.mark.parametrize("junk", [b"", b"x", b"\xff" * 100, b"\x00" * 16 + b"\x81\xa4type\xa4send"])
async def test_what_is_no_message_is_passed_over(junk: bytes) -> None:
    async with farming() as farm:
        await farm.broker.publish("signalr", junk)
        await farm.here.context().clients.all.send("Said")
        assert await farm.reached() == [0, 1, 2]


async def test_a_hub_that_the_other_process_does_not_have() -> None:
    class Elsewhere(Hub):
        pass

    broker = Broker()
    async with (
        serving(Rooms, broadcast=broker.broadcast()) as here,
        serving(Elsewhere, broadcast=broker.broadcast()) as there,
    ):
        client, stranger = await here.connect(), await there.connect()
        await here.context().clients.all.send("Said")
        await there.context().clients.all.send("Other")
        await idle()
        assert [message["target"] for message in client.received] == ["Said"]
        assert [message["target"] for message in stranger.received] == ["Other"]


async def test_a_process_that_has_stopped_is_out_of_it() -> None:
    broker = Broker()
    async with serving(Rooms, broadcast=broker.broadcast()) as here:
        async with serving(Rooms, broadcast=broker.broadcast()):
            assert len(broker.nodes) == 2
        assert len(broker.nodes) == 1
        client = await here.connect()
        await here.context().clients.all.send("Said")
        assert (await client.receive())["target"] == "Said"


async def test_a_broker_that_cannot_be_reached_at_start_is_an_error() -> None:
    class Unreachable(Node):
        async def connect(self) -> None:
            raise ConnectionError("no such broker")

    with pytest.raises(ConnectionError, match="no such broker"):
        async with serving(Rooms, broadcast=Broadcast(backend=Unreachable(Broker()))):
            pass
