"""Methods that send to others, and the groups to send to."""

from collections.abc import Sequence
from typing import TypeVar

from app.signalr import Hub
from tests.signalr.golden.surface.dotnet import Binary, DateTime, Kind
from tests.signalr.golden.surface.errors import ArgumentNullException
from tests.signalr.golden.surface.values import Int32, Item, SelfContaining, Text

T = TypeVar("T")


def given(value: T | None, parameter: str) -> T:
    """What the recorded server asks of names and ids, all of which may be null when they are bound."""
    if value is None:
        raise ArgumentNullException(parameter)
    return value


class Sending(Hub):
    """Every selector once: each sends `Message(m)`."""

    async def to_all(self, m: Text) -> None:
        await self.clients.all.send("Message", m)

    async def to_caller(self, m: Text) -> None:
        await self.clients.caller.send("Message", m)

    async def to_others(self, m: Text) -> None:
        await self.clients.others.send("Message", m)

    async def to_client(self, connection_id: Text, m: Text) -> None:
        await self.clients.client(given(connection_id, "connectionId")).send("Message", m)

    async def to_group(self, group: Text, m: Text) -> None:
        await self.clients.group(given(group, "groupName")).send("Message", m)

    async def to_groups(self, groups: list[Text], m: Text) -> None:
        await self.clients.groups([group or "" for group in groups]).send("Message", m)

    async def to_others_in_group(self, group: str, m: Text) -> None:
        await self.clients.others_in_group(group).send("Message", m)

    async def to_user(self, user: Text, m: Text) -> None:
        await self.clients.user(given(user, "userId")).send("Message", m)

    async def to_all_except(self, ids: list[str], m: Text) -> None:
        await self.clients.all_except(ids).send("Message", m)

    async def to_clients(self, ids: list[str] | None, m: Text) -> None:
        await self.clients.clients(given(ids, "source")).send("Message", m)

    async def to_group_except(self, group: str, ids: list[str], m: Text) -> None:
        await self.clients.group_except(group, ids).send("Message", m)

    async def to_users(self, users: list[str], m: Text) -> None:
        await self.clients.users(users).send("Message", m)

    async def join(self, group: Text) -> None:
        await self.groups.add(self.context.connection_id, given(group, "groupName"))

    async def leave(self, group: Text) -> None:
        await self.groups.remove(self.context.connection_id, given(group, "groupName"))

    async def join_for(self, connection_id: Text, group: str) -> None:
        await self.groups.add(given(connection_id, "connectionId"), group)

    async def leave_for(self, connection_id: str, group: str) -> None:
        await self.groups.remove(connection_id, group)

    async def burst(self, tag: Text, n: Int32) -> None:
        for number in range(n):
            await self.clients.all.send("Burst", tag, number)

    async def send_item(self) -> None:
        millennium = DateTime("2000-01-01T00:00:00Z")
        item = Item(name="box", quantity=2, at=millennium, data=Binary(b"\x01\x02\x03"), kind=Kind(1))
        await self._send("Item", [item])

    async def send_many(self) -> None:
        await self._send("Many", [1, "two", None, [3, 4], True, 1.5])

    async def send_target(self, target: Text) -> None:
        await self._send(given(target, "target"), [])

    async def send_loop(self) -> None:
        await self._send("Loop", [SelfContaining()])

    async def send_blob(self, size: Int32) -> None:
        await self._send("Blob", ["x" * size])

    async def _send(self, target: str, arguments: Sequence[object]) -> None:
        await self.clients.caller.send(target, *arguments)
