"""The way out of one connection: messages wait here for the end of the loop turn, or for a socket that is behind."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from .encoded import Encoded
from .outbox import Outbox

BURST = 64
"""Items of a stream that may be sent before the loop must have had a turn."""


class MessageSink(Protocol):
    """A transport as its writer sees it."""

    def write(self, messages: Sequence[Encoded]) -> bool:
        """Sends whole hub messages, in order. False: the client is behind, hold the next ones until `drained`."""


class ClientWriter:
    """Sends to one client without ever waiting for it.

    What the socket does not take is held. More than `limit` bytes of it call `overflow`.
    """

    __slots__ = (
        "_burst",
        "_held_bytes",
        "_limit",
        "_outbox",
        "_overflow",
        "_pending",
        "_room",
        "_transport",
        "closed",
        "stalled_since",
    )

    _transport: MessageSink

    def __init__(self, outbox: Outbox, limit: int, overflow: Callable[[], None]) -> None:
        self._outbox = outbox
        self._limit = limit
        self._overflow = overflow
        self._pending: list[Encoded] = []
        self._held_bytes = 0
        self._burst = 0
        self._room: asyncio.Future[None] | None = None
        self.stalled_since: float | None = None
        """When the transport said that the client is behind, on the loop's clock; None while it keeps up."""
        self.closed = False

    def send(self, message: Encoded) -> None:
        """Queues a message for the end of this loop turn; nothing happens once the end has begun."""
        if self.closed:
            return
        pending = self._pending
        pending.append(message)
        if self.stalled_since is not None:
            self._held_bytes += len(message.payload)
            if self._held_bytes > self._limit:
                self._overflow()
        elif len(pending) == 1:
            self._outbox.mark(self)

    def flush(self) -> None:
        """Writes what waits, unless the transport is behind."""
        if self._pending and self.stalled_since is None:
            waiting, self._pending = self._pending, []
            if not self._transport.write(waiting):
                self.stalled_since = asyncio.get_running_loop().time()

    def drained(self) -> None:
        """The transport takes messages again."""
        self.stalled_since = None
        self._held_bytes = 0
        self.make_room()
        if self._pending:
            self._outbox.mark(self)

    def clear(self) -> None:
        """Forgets what waits: its socket is gone."""
        self._pending = []
        self._held_bytes = 0
        self.stalled_since = None

    def attach(self, transport: MessageSink, beginning: Sequence[Encoded] = ()) -> None:
        """Sends through this transport from now on: first `beginning`, and nothing that was meant for another one."""
        self.clear()
        self._transport = transport
        self._pending = [*beginning]
        self.flush()

    def close(self, last: Sequence[Encoded]) -> None:
        """Writes everything that waits, then `last`; nothing can be sent after it."""
        self._transport.write([*self._pending, *last])
        self.shut()

    def shut(self) -> None:
        """Sends nothing more, and releases the senders that wait."""
        self.closed = True
        self._pending = []
        self.make_room()

    # Senders that wait

    async def has_room(self) -> bool:
        """Returns when the client has taken enough of what was sent; False if nothing reaches it any more."""
        self._burst += 1
        if self._burst >= BURST:
            self._burst = 0
            await asyncio.sleep(0)
        while self.stalled_since is not None and not self.closed:
            await self.until_room()
        return not self.closed

    async def until_room(self) -> None:
        """Returns after the next `make_room`."""
        if self._room is None:
            self._room = asyncio.get_running_loop().create_future()
        await asyncio.shield(self._room)

    def make_room(self) -> None:
        """Wakes the senders that wait, so that they look again."""
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)
