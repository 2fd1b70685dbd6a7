"""The hub of the tutorial, and the hub of orders as the recordings know it."""

from datetime import UTC, datetime

from app.signalr import Hub, authorize
from tests.signalr.golden.surface.values import Text


class ChatHub(Hub):
    """Texts to all, to others, to one and to rooms."""

    async def send_message(self, user: Text, message: Text) -> None:
        await self.clients.all.send("ReceiveMessage", user, message, datetime.now(UTC))

    async def echo(self, message: Text) -> None:
        await self.clients.caller.send("ReceiveMessage", message)

    async def broadcast(self, message: Text) -> None:
        await self.clients.others.send("ReceiveMessage", message)

    async def whisper(self, to_connection_id: str, message: Text) -> None:
        await self.clients.client(to_connection_id).send("ReceiveMessage", message)

    async def join_room(self, room_name: str) -> None:
        await self.groups.add(self.context.connection_id, room_name)
        await self.clients.group(room_name).send("UserJoined", self.context.connection_id, room_name)

    async def leave_room(self, room_name: str) -> None:
        await self.groups.remove(self.context.connection_id, room_name)

    async def send_to_room(self, room_name: str, message: Text) -> None:
        await self.clients.group(room_name).send("ReceiveMessage", self.context.connection_id, message)


@authorize
class OrderHub(Hub):
    """Each connection hears of its own user's orders."""

    async def on_connected(self) -> None:
        await self.groups.add(self.context.connection_id, f"customer:{self.context.user_identifier}")
