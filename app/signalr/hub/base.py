"""The base class of every hub."""

from typing import Generic

from .clients import HubCallerClients
from .context import GroupManager, HubCallerContext
from .proxies import C


class Hub(Generic[C]):
    """Public methods of a subclass can be called by clients: `send_message` answers to `SendMessage`.

    There is one object per invocation: state on `self` does not survive, `self.context.items` does. `C` declares what
    the clients understand (see `Client`).
    """

    context: HubCallerContext
    clients: HubCallerClients[C]
    groups: GroupManager

    async def on_connected(self) -> None:
        """Runs before the first message of a connection; an exception refuses the connection."""

    async def on_disconnected(self, exception: BaseException | None) -> None:
        """Runs once for each connection whose `on_connected` succeeded, when nothing reaches it any more.

        `exception` is what ended the connection; None for an orderly end, and for a lost socket.
        """
