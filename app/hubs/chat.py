"""The chat of the SignalR tutorial: everybody, rooms, and whispers."""

from datetime import datetime

from app.clock import utc_now
from app.signalr import Hub, HubError

MAX_TEXT = 4000
"""Characters of a message, a name or a room."""


class ChatHub(Hub):
    """Open to everyone. `ReceiveMessage` carries user, text and time; or text alone; or a connection id and text."""

    async def on_connected(self) -> None:
        await self.clients.others.send("UserConnected", self.context.connection_id)

    async def on_disconnected(self, exception: BaseException | None) -> None:
        await self.clients.others.send("UserDisconnected", self.context.connection_id)

    async def send_message(self, user: str, message: str) -> None:
        """To everyone, with the sender's name and the time of arrival."""
        now: datetime = utc_now()
        await self.clients.all.send("ReceiveMessage", _text(user), _text(message), now)

    async def echo(self, message: str) -> None:
        """Back to the caller."""
        await self.clients.caller.send("ReceiveMessage", _text(message))

    async def broadcast(self, message: str) -> None:
        """To everyone else."""
        await self.clients.others.send("ReceiveMessage", _text(message))

    async def whisper(self, connection_id: str, message: str) -> None:
        """To one connection; an unknown id is no error, so that ids cannot be probed."""
        await self.clients.client(connection_id).send("ReceiveMessage", _text(message))

    async def join_room(self, room: str) -> None:
        """Joins, and tells the room, the newcomer included."""
        await self.groups.add(self.context.connection_id, _text(room))
        await self.clients.group(room).send("UserJoined", self.context.connection_id, room)

    async def leave_room(self, room: str) -> None:
        """Leaves, and tells those who stay."""
        await self.groups.remove(self.context.connection_id, _text(room))
        await self.clients.group(room).send("UserLeft", self.context.connection_id, room)

    async def send_to_room(self, room: str, message: str) -> None:
        """To the room, with the sender's connection id."""
        await self.clients.group(_text(room)).send("ReceiveMessage", self.context.connection_id, _text(message))


def _text(value: str) -> str:
    if not value.strip() or len(value) > MAX_TEXT:
        raise HubError(f"A message, a name or a room has 1 to {MAX_TEXT} characters, not all of them spaces.")
    return value
