"""One call of a hub method on behalf of a client, from dispatch to completion."""

from typing import TYPE_CHECKING, Any

from app.signalr.binding import Value
from app.signalr.clients import AnyRecipients
from app.signalr.errors import InvalidOperationError
from app.signalr.messages import Invocation
from app.signalr.uploads import Upload

if TYPE_CHECKING:
    from app.signalr.connection import HubConnection
    from app.signalr.manager import HubLifetimeManager


class Call:
    """Holds one of the connection's slots for parallel invocations, if it needs one; the `Sender` of its hub object.

    Waiting for a client's result gives the slot back: the answer may be behind the client's next invocation.
    """

    __slots__ = ("_holds_slot", "_manager", "_may_ask", "connection", "uploads")

    def __init__(
        self,
        connection: "HubConnection",
        manager: "HubLifetimeManager",
        uploads: tuple[Upload, ...] = (),
        *,
        holds_slot: bool = False,
        may_ask: bool = True,
    ) -> None:
        self.connection = connection
        self._manager = manager
        self.uploads = uploads
        self._holds_slot = holds_slot
        self._may_ask = may_ask

    async def send(self, recipients: AnyRecipients, message: Invocation) -> None:
        """See `Client.send`."""
        await self._manager.send(recipients, message)

    async def invoke(
        self, recipients: AnyRecipients, message: Invocation, value: Value, timeout_s: float | None
    ) -> Any:
        """See `Client.invoke`."""
        if not self._may_ask:
            # The receive loop has not begun, so the answer could never arrive.
            raise InvalidOperationError("Client results inside OnConnectedAsync Hub methods are not allowed.")
        self.give_slot_back()
        return await self._manager.invoke(recipients, message, value, timeout_s)

    def give_slot_back(self) -> None:
        """Lets the client's next invocation run; happens at the end of the call at the latest."""
        if self._holds_slot:
            self._holds_slot = False
            self.connection.calls.slot_freed()
