"""Whom a send reaches: every selector exactly its set, typed and untyped."""

import asyncio
import types
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.signalr import (
    Client,
    Hub,
    HubClients,
    HubContext,
    HubDefinitionError,
    InvalidOperationError,
    hub_method_name,
    map_hub,
)
from tests.signalr.harness import Bench, MemoryClient, completion, idle, invocation, serving, user

pytestmark = pytest.mark.anyio


class Order(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    order_id: int
    shipped_at: datetime


class OrderClient(Client, Protocol):
    async def order_shipped(self, event: Order) -> None: ...

    async def progress(self, done: int, total: int) -> None: ...

    @hub_method_name("everything_is_over")
    async def over(self) -> None: ...


class StaffClient(OrderClient, Protocol):
    async def alarm(self, text: str) -> None: ...


class Rooms(Hub):
    async def say(self, how: str, argument: Any) -> None:
        await SELECTORS[how](self, argument).send("Said", how)

    async def join(self, room: str) -> None:
        await self.groups.add(self.context.connection_id, room)

    async def leave(self, room: str) -> None:
        await self.groups.remove(self.context.connection_id, room)


SELECTORS: dict[str, Callable[[Rooms, Any], Client]] = {
    "caller": lambda hub, _: hub.clients.caller,
    "others": lambda hub, _: hub.clients.others,
    "all": lambda hub, _: hub.clients.all,
    "all_except": lambda hub, ids: hub.clients.all_except(ids),
    "client": lambda hub, identifier: hub.clients.client(identifier),
    "clients": lambda hub, ids: hub.clients.clients(ids),
    "group": lambda hub, name: hub.clients.group(name),
    "groups": lambda hub, names: hub.clients.groups(names),
    "group_except": lambda hub, pair: hub.clients.group_except(pair[0], pair[1]),
    "others_in_group": lambda hub, name: hub.clients.others_in_group(name),
    "user": lambda hub, identifier: hub.clients.user(identifier),
    "users": lambda hub, ids: hub.clients.users(ids),
}


@dataclass
class Crowd:
    """Four clients: 0 and 1 are alice's, 2 is bob's, 3 is anonymous. 0 and 2 are in `red`, 2 and 3 in `blue`."""

    bench: Bench
    clients: list[MemoryClient]

    @classmethod
    async def gather(cls, bench: Bench) -> "Crowd":
        clients = [await bench.connect(Rooms, user(name)) for name in ("alice", "alice", "bob")]
        clients.append(await bench.connect(Rooms))
        for number, room in ((0, "red"), (2, "red"), (2, "blue"), (3, "blue")):
            assert await clients[number].invoke("Join", room) == completion()
        return cls(bench, clients)

    async def reached(self) -> list[int]:
        """Who got the message, as often as they got it."""
        await idle()
        found = []
        for number, client in enumerate(self.clients):
            while client.received:
                message = await client.receive()
                if message.get("target") == "Said":
                    found.append(number)
        return found


@pytest.mark.parametrize(
    ("how", "argument", "expected"),
    [
        ("caller", None, [0]),
        ("others", None, [1, 2, 3]),
        ("all", None, [0, 1, 2, 3]),
        ("all_except", [1, 3], [0, 2]),
        ("all_except", [], [0, 1, 2, 3]),
        ("client", 2, [2]),
        ("client", "nobody", []),
        ("clients", [1, 2, 1, "nobody"], [1, 2]),
        ("clients", [], []),
        ("group", "red", [0, 2]),
        ("group", "Red", []),
        ("group", "", []),
        ("groups", ["red", "blue"], [0, 2, 2, 3]),
        ("groups", ["red", "green"], [0, 2]),
        ("groups", [], []),
        ("group_except", ["red", [2]], [0]),
        ("others_in_group", "red", [2]),
        ("others_in_group", "blue", [2, 3]),
        ("user", "alice", [0, 1]),
        ("user", "Alice", []),
        ("user", "", []),
        ("users", ["alice", "bob", "alice"], [0, 1, 2]),
        ("users", [], []),
    ],
)
async def test_selectors(how: str, argument: Any, expected: list[int]) -> None:
    async with serving(Rooms) as bench:
        crowd = await Crowd.gather(bench)

        def identified(value: Any) -> Any:
            if isinstance(value, list):
                return [identified(item) for item in value]
            return crowd.clients[value].id if isinstance(value, int) else value

        crowd.clients[0].send(invocation("Say", how, identified(argument), invocation_id="1"))
        assert await crowd.reached() == expected


async def test_two_hubs_share_nothing() -> None:
    class Other(Rooms):
        pass

    async with serving(Rooms, Other) as bench:
        crowd = await Crowd.gather(bench)
        stranger = await bench.connect(Other, user("alice"))
        await stranger.invoke("Join", "red")
        for how, argument in (("all", None), ("group", "red"), ("user", "alice"), ("client", crowd.clients[0].id)):
            stranger.send(invocation("Say", how, argument))
        assert await crowd.reached() == []
        crowd.clients[0].send(invocation("Say", "all", None), invocation("Say", "group", "red"))
        assert await crowd.reached() == [0, 0, 1, 2, 2, 3]


async def test_an_empty_group_name_among_several_is_refused() -> None:
    async with serving(Rooms) as bench:
        client = await bench.connect()
        answer = await client.invoke("Say", "groups", ["red", ""])
        assert answer["error"] == "An unexpected error occurred invoking 'Say' on the server."
        with pytest.raises(InvalidOperationError, match="Cannot send to an empty group name"):
            await bench.context().clients.groups([""]).send("Hello")


async def test_membership() -> None:
    async with serving(Rooms) as bench:
        client, other = await bench.connect(), await bench.connect()
        context = bench.context()
        for _ in range(2):  # adding twice is adding once
            await client.invoke("Join", "room")
        await context.groups.add(other.id, "room")
        await context.groups.add("nobody", "room")
        await context.clients.group("room").send("Hello")
        assert (await client.receive())["target"] == (await other.receive())["target"] == "Hello"
        for _ in range(2):
            await client.invoke("Leave", "room")
        await context.groups.remove(other.id, "never")
        await context.groups.remove("nobody", "room")
        await context.clients.group("room").send("Again")
        assert (await other.receive())["target"] == "Again"
        await idle()
        assert client.received == []


async def test_the_empty_name_is_a_group_like_any_other() -> None:
    async with serving(Rooms) as bench:
        client = await bench.connect()
        await client.invoke("Join", "")
        await bench.context().clients.group("").send("Hello")
        assert (await client.receive())["target"] == "Hello"


async def test_one_sender_keeps_its_order() -> None:
    async with serving(Rooms) as bench:
        client = await bench.connect()
        await client.invoke("Join", "room")
        context = bench.context()
        for number in range(500):
            selectors: list[Client] = [
                context.clients.all,
                context.clients.group("room"),
                context.clients.client(client.id),
            ]
            await selectors[number % 3].send("Number", number)
        assert [(await client.receive())["arguments"] for _ in range(500)] == [[n] for n in range(500)]


async def test_a_sent_invocation_has_no_id_and_no_headers() -> None:
    async with serving(Rooms) as bench:
        client = await bench.connect()
        await bench.context().clients.all.send("mIxEd é", 1, None)
        await idle()
        assert client.transport.writes[-1] == '{"type":1,"target":"mIxEd é","arguments":[1,null]}\x1e'.encode()


async def test_what_cannot_be_written_is_sent_to_nobody() -> None:
    async with serving(Rooms) as bench:
        client = await bench.connect()
        context = bench.context()
        for selector in (context.clients.all, context.clients.client(client.id), context.clients.group("nobody's")):
            with pytest.raises(TypeError):
                await selector.send("Hello", object())
            with pytest.raises(ValueError, match="NaN"):
                await selector.send("Hello", float("nan"))
        await idle()
        assert client.received == []
        await context.clients.all.send("Hello")
        assert (await client.receive())["target"] == "Hello"


async def test_what_one_protocol_cannot_write_is_sent_by_none() -> None:
    async with serving(Rooms) as bench:
        binary, text = bench.open(), await bench.connect()
        binary.feed(b'{"protocol":"messagepack","version":1}\x1e')
        await idle()
        binary.transport.writes.clear()
        for clients in (bench.context().clients.all, bench.context().clients.clients([binary.id, text.id])):
            with pytest.raises(ValueError, match="NaN"):
                await clients.send("Said", float("nan"))
        await idle()
        assert binary.transport.writes == []
        await bench.context().clients.client(binary.id).send("Said", float("nan"))
        await idle()
        assert len(binary.transport.writes) == 1


class Orders(Hub[StaffClient]):
    async def announce(self) -> None:
        await self.clients.all.order_shipped(Order(order_id=42, shipped_at=datetime(2026, 3, 1, tzinfo=UTC)))
        await self.clients.caller.progress(1, 2)
        await self.clients.others.alarm("fire")
        await self.clients.caller.over()
        await self.clients.caller.send("Untyped", {"order_id": 1})


async def test_typed_clients() -> None:
    async with serving(Orders) as bench:
        client, other = await bench.connect(), await bench.connect()
        client.send(invocation("Announce"))
        shipped = {"orderId": 42, "shippedAt": "2026-03-01T00:00:00Z"}
        heard = [await client.receive() for _ in range(4)]
        assert [(message["target"], message["arguments"]) for message in heard] == [
            ("OrderShipped", [shipped]),
            ("Progress", [1, 2]),
            ("everything_is_over", []),
            ("Untyped", [{"order_id": 1}]),
        ]
        assert [(await other.receive())["target"] for _ in range(2)] == ["OrderShipped", "Alarm"]


async def test_a_context_is_typed_too() -> None:
    async with serving(Orders) as bench:
        client = await bench.connect()
        context: HubContext[StaffClient] = bench.signalr.context(Orders)
        await context.clients.group("nobody's").progress(0, 1)
        await context.clients.client(client.id).progress(3, 4)
        assert await client.receive() == {"type": 1, "target": "Progress", "arguments": [3, 4]}
        assert not hasattr(context.clients, "caller")
        assert isinstance(context.clients, HubClients)


async def test_a_hub_inherits_the_clients_of_its_base() -> None:
    class Special(Orders):
        pass

    async with serving(Special) as bench:
        client = await bench.connect()
        client.send(invocation("Announce"))
        assert (await client.receive())["target"] == "OrderShipped"


class Bell(Client, Protocol):
    async def ring(self, times: int, tone: str = "high") -> None: ...

    async def ask(self, question: str = "?") -> bool: ...


class Door(Hub[Bell]):
    pass


@pytest.mark.parametrize(
    ("ring", "sent"),
    [
        (lambda bell: bell.ring(1), [1, "high"]),
        (lambda bell: bell.ring(1, "low"), [1, "low"]),
        (lambda bell: bell.ring(times=2), [2, "high"]),
        (lambda bell: bell.ring(tone="low", times=3), [3, "low"]),
    ],
)
async def test_names_and_defaults_of_declared_arguments(ring: Callable[[Bell], Any], sent: list[Any]) -> None:
    async with serving(Door) as bench:
        client = await bench.connect()
        await ring(bench.signalr.context(Door).clients.all)
        assert await client.receive() == {"type": 1, "target": "Ring", "arguments": sent}


@pytest.mark.parametrize(
    "ring", [lambda bell: bell.ring(), lambda bell: bell.ring(1, "a", 2), lambda bell: bell.ring(x=1)]
)
async def test_arguments_that_were_not_declared(ring: Callable[[Any], Any]) -> None:
    async with serving(Door) as bench:
        client = await bench.connect()
        with pytest.raises(TypeError):
            await ring(bench.signalr.context(Door).clients.all)
        await idle()
        assert client.received == []


async def test_a_declared_question_has_defaults_too() -> None:
    async with serving(Door) as bench:
        client = await bench.connect()
        asked = asyncio.create_task(_ask(bench.signalr.context(Door).clients.client(client.id)))
        question = await client.receive()
        assert question["arguments"] == ["?"]
        client.send({"type": 3, "invocationId": question["invocationId"], "result": True})
        assert await asked is True


async def _ask(bell: Bell) -> bool:
    return await bell.ask()


def test_keyword_only_arguments_of_clients_are_refused() -> None:
    class Named(Client, Protocol):
        async def ring(self, *, times: int) -> None: ...

    class Wrong(Hub[Named]):
        pass

    with pytest.raises(HubDefinitionError, match="ring: 'times' is keyword-only"):
        map_hub(FastAPI(), "/hub", Wrong)


@pytest.mark.parametrize("name", ["send", "invoke"])
def test_a_client_that_hides_the_proxy_s_own_methods_is_refused(name: str) -> None:
    async def method(self: Any, text: str) -> None: ...

    rude = types.new_class("Rude", (Client, Protocol), exec_body=lambda body: body.update({name: method}))

    class Wrong(Hub[rude]):  # type: ignore[valid-type]  # made as mypy would not let anybody write it
        pass

    with pytest.raises(HubDefinitionError, match=f"Rude.{name}"):
        map_hub(FastAPI(), "/hub", Wrong)
