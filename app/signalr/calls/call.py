"""What a hub object is made for: one call of a client, or one event in the life of its connection."""

from collections.abc import Callable
from typing import Any

from ..binding.arguments import Value
from ..errors import InvalidOperationError
from ..hub.proxies import Sender
from ..hub.recipients import AnyRecipients
from ..messages import Invocation
from .caller import Caller
from .uploads import Upload


class Activation:
    """A run of `on_connected` or `on_disconnected`; the `Sender` of the hub object that is made for it."""

    __slots__ = ("_members", "connection")

    def __init__(self, connection: Caller, members: Sender) -> None:
        self.connection = connection
        self._members = members

    async def send(self, recipients: AnyRecipients, message: Invocation) -> None:
        """See `Client.send`."""
        await self._members.send(recipients, message)

    async def invoke(
        self, recipients: AnyRecipients, message: Invocation, value: Value, timeout_s: float | None
    ) -> Any:
        """Raises InvalidOperationError: no message of the client is read here, so its answer could never arrive."""
        raise InvalidOperationError("Client results inside OnConnectedAsync Hub methods are not allowed.")


class Call(Activation):
    """A call of a hub method, from dispatch to completion.

    It may hold one of the connection's slots for parallel invocations. Waiting for a client's result gives the slot
    back: the answer may be behind the client's next invocation.
    """

    __slots__ = ("_free_slot", "invocation", "uploads")

    def __init__(
        self,
        connection: Caller,
        members: Sender,
        invocation: Invocation,
        uploads: tuple[Upload, ...] = (),
        free_slot: Callable[[], None] | None = None,
    ) -> None:
        self.connection = connection
        self.invocation = invocation
        self.uploads = uploads
        self._members = members
        self._free_slot = free_slot

    async def invoke(
        self, recipients: AnyRecipients, message: Invocation, value: Value, timeout_s: float | None
    ) -> Any:
        """See `Client.invoke`."""
        self.give_slot_back()
        return await self._members.invoke(recipients, message, value, timeout_s)

    def give_slot_back(self) -> None:
        """Lets the client's next invocation run; happens at the end of the call at the latest."""
        free_slot, self._free_slot = self._free_slot, None
        if free_slot is not None:
            free_slot()
