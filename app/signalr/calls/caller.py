"""The connection that calls are made on, as they see it."""

from typing import Protocol

from ..hub.context import ConnectionView, HubCallerContext
from ..messages import HubMessage
from ..protocols.base import HubProtocol


class Caller(ConnectionView, Protocol):
    """A client that has shaken hands: it can be answered, and asked for a result."""

    protocol: HubProtocol

    @property
    def context(self) -> HubCallerContext: ...

    def send_message(self, message: HubMessage) -> None:
        """Encodes and sends. Raises TypeError or ValueError for a value that cannot be written."""

    def send_or_fail(self, message: HubMessage) -> None:
        """Encodes and sends; a value that cannot be written ends the connection."""

    async def has_room(self) -> bool:
        """Returns when the client has taken enough of what was sent; False if nothing reaches it any more."""
