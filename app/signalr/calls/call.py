"""One call of a hub method on behalf of a client, from dispatch to completion."""

from collections.abc import Callable
from typing import Any, Protocol

from ..binding.arguments import Value
from ..errors import InvalidOperationError
from ..hub.context import HubCallerContext
from ..hub.proxies import Sender
from ..hub.recipients import AnyRecipients
from ..messages import HubMessage, Invocation
from ..principal import ClaimsPrincipal
from ..protocols.base import HubProtocol
from .uploads import Upload


class Caller(Protocol):
    """The connection that a call is made for."""

    id: str
    user: ClaimsPrincipal
    protocol: HubProtocol

    @property
    def context(self) -> HubCallerContext: ...
    def send_or_fail(self, message: HubMessage) -> None: ...
    async def has_room(self) -> bool: ...


class Call:
    """Holds one of the connection's slots for parallel invocations, if it needs one; the `Sender` of its hub object.

    Waiting for a client's result gives the slot back: the answer may be behind the client's next invocation.
    """

    __slots__ = ("_free_slot", "_may_ask", "_members", "connection", "uploads")

    def __init__(
        self,
        connection: Caller,
        members: Sender,
        uploads: tuple[Upload, ...] = (),
        *,
        free_slot: Callable[[], None] | None = None,
        may_ask: bool = True,
    ) -> None:
        self.connection = connection
        self.uploads = uploads
        self._members = members
        self._free_slot = free_slot
        self._may_ask = may_ask

    async def send(self, recipients: AnyRecipients, message: Invocation) -> None:
        """See `Client.send`."""
        await self._members.send(recipients, message)

    async def invoke(
        self, recipients: AnyRecipients, message: Invocation, value: Value, timeout_s: float | None
    ) -> Any:
        """See `Client.invoke`."""
        if not self._may_ask:
            # The receive loop has not begun, so the answer could never arrive.
            raise InvalidOperationError("Client results inside OnConnectedAsync Hub methods are not allowed.")
        self.give_slot_back()
        return await self._members.invoke(recipients, message, value, timeout_s)

    def give_slot_back(self) -> None:
        """Lets the client's next invocation run; happens at the end of the call at the latest."""
        free_slot, self._free_slot = self._free_slot, None
        if free_slot is not None:
            free_slot()
