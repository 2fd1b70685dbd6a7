"""The chat of the SignalR tutorial: everybody, rooms, and whispers."""

from datetime import datetime
from typing import Any, Protocol, overload

from app.clock import utc_now
from app.signalr import Client, Hub, HubError

MAX_TEXT = 4000
"""The maximum number of characters of a message, a name or a room."""


class ChatClient(Client, Protocol):
    """The methods that clients of the ChatHub have."""

    @overload
    async def receive_message(self, user: str, message: str, at: datetime, /) -> None: ...
    @overload
    async def receive_message(self, connection_id: str, message: str, /) -> None: ...
    @overload
    async def receive_message(self, message: str, /) -> None: ...
    async def receive_message(self, *arguments: Any) -> None:
        """Receives a message to everyone with name and time, one to a room with the sender's id, or only a text."""

    async def user_connected(self, connection_id: str) -> None: ...
    async def user_disconnected(self, connection_id: str) -> None: ...
    async def user_joined(self, connection_id: str, room: str) -> None: ...
    async def user_left(self, connection_id: str, room: str) -> None: ...


class ChatHub(Hub[ChatClient]):
    """The chat, open to everyone, signed in or not."""

    async def on_connected(self) -> None:
        await self.clients.others.user_connected(self.context.connection_id)

    async def on_disconnected(self, exception: BaseException | None) -> None:
        await self.clients.others.user_disconnected(self.context.connection_id)

    async def send_message(self, user: str, message: str) -> None:
        """Sends a message to everyone, with the sender's name and the time of arrival."""
        await self.clients.all.receive_message(_text(user), _text(message), utc_now())

    async def echo(self, message: str) -> None:
        """Sends a message back to the caller."""
        await self.clients.caller.receive_message(_text(message))

    async def broadcast(self, message: str) -> None:
        """Sends a message to everyone except the caller."""
        await self.clients.others.receive_message(_text(message))

    async def whisper(self, connection_id: str, message: str) -> None:
        """Sends a message to one connection. An unknown id is not an error, so that nobody can probe for ids."""
        await self.clients.client(connection_id).receive_message(_text(message))

    async def join_room(self, room: str) -> None:
        """Adds the caller to a room and tells everyone in it, the caller included."""
        await self.groups.add(self.context.connection_id, _text(room))
        await self.clients.group(room).user_joined(self.context.connection_id, room)

    async def leave_room(self, room: str) -> None:
        """Removes the caller from a room and tells the others in it."""
        await self.groups.remove(self.context.connection_id, _text(room))
        await self.clients.group(room).user_left(self.context.connection_id, room)

    async def send_to_room(self, room: str, message: str) -> None:
        """Sends a message to a room, with the sender's connection id."""
        await self.clients.group(_text(room)).receive_message(self.context.connection_id, _text(message))


def _text(value: str) -> str:
    if not value.strip() or len(value) > MAX_TEXT:
        raise HubError(f"A message, a name or a room has 1 to {MAX_TEXT} characters, not all of them spaces.")
    return value
