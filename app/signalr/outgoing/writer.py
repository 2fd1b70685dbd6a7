"""The way out of one connection: what leaves now, what waits for the client, what is kept until it is acknowledged."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from ..messages import Completion
from ..messages import Sequence as SequenceMessage
from ..protocols.base import HubProtocol
from .encoded import Encoded
from .outbox import Outbox
from .resumption import StatefulSession

BURST = 64
"""Items of a stream that may be sent before the loop must have had a turn."""

PLACEHOLDER = Completion("-")
"""Stands for a message that the client has acknowledged. Every client counts it, and none waits for this id."""


class MessageSink(Protocol):
    """A transport as its writer sees it."""

    def write(self, messages: Sequence[Encoded]) -> bool:
        """Sends whole hub messages, in order. False: the client is behind, hold the next ones until `drained`."""


class ClientWriter:
    """Sends to one client. Never waits: what the socket does not take is held here, up to `limit` bytes."""

    __slots__ = (
        "_burst",
        "_detached",
        "_limit",
        "_outbox",
        "_overflow",
        "_pending",
        "_pending_bytes",
        "_reads_acks",
        "_room",
        "_transport",
        "closed",
        "session",
        "stalled_since",
    )

    _transport: MessageSink

    def __init__(self, outbox: Outbox, limit: int, overflow: Callable[[], None]) -> None:
        self._outbox = outbox
        self._limit = limit
        self._overflow = overflow
        self._pending: list[Encoded] = []
        self._pending_bytes = 0
        self._burst = 0
        self._room: asyncio.Future[None] | None = None
        self._detached = False
        self._reads_acks = True
        self.stalled_since: float | None = None
        self.session: StatefulSession | None = None
        self.closed = False

    def send(self, message: Encoded) -> None:
        """Queues a message for the end of this loop turn; nothing happens once the end has begun."""
        if self.closed or self.session is not None or self.stalled_since is not None:
            self._send_carefully(message)
            return
        pending = self._pending
        pending.append(message)
        if len(pending) == 1:
            self._outbox.mark(self)

    def _send_carefully(self, message: Encoded) -> None:
        if self.closed:
            return
        if self.session is not None and message.counted and not self.session.admit(message):
            if self.session.waiting_bytes > self._limit:
                self._overflow()
        elif not self._detached:  # what is counted is kept for the next socket, and the rest means nothing to it
            self._put(message)

    def _put(self, message: Encoded) -> None:
        self._pending.append(message)
        if self.stalled_since is not None:
            self._pending_bytes += len(message.payload)
            if self._pending_bytes > self._limit:
                self._overflow()
        elif len(self._pending) == 1:
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
        self._pending_bytes = 0
        self._make_room()
        if self._pending:
            self._outbox.mark(self)

    async def has_room(self) -> bool:
        """Returns when the client has taken enough of what was sent; False if nothing reaches it any more."""
        self._burst += 1
        if self._burst >= BURST:
            self._burst = 0
            await asyncio.sleep(0)
        while not self.closed and (self.stalled_since is not None or self._waits_for_acks):
            if self._room is None:
                self._room = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._room)
        return not self.closed

    @property
    def _waits_for_acks(self) -> bool:
        return self.session is not None and self._reads_acks and not self.session.has_room

    def expect_acks(self, *, readable: bool) -> None:
        """Behind what has to wait, acks are not read: then nobody may wait for them, or it were for ever."""
        self._reads_acks = readable
        if not readable:
            self._make_room()

    def close(self, last: Sequence[Encoded]) -> None:
        """Writes everything that waits, then `last`; nothing can be sent after it."""
        self._transport.write([*self._pending, *last])
        self.shut()

    def shut(self) -> None:
        """Sends nothing more, and lets nobody wait."""
        self.closed = True
        self._pending = []
        self._make_room()

    # Sockets come and go

    def attach(self, transport: MessageSink) -> None:
        """The first socket."""
        self._transport = transport

    def detach(self) -> None:
        """The socket is gone; counted messages wait for the next one."""
        self._detached = True
        self._forget_pending()

    def reattach(self, transport: MessageSink, protocol: HubProtocol) -> None:
        """The next socket: first the number of the oldest message that may not have arrived, then all from there."""
        self._transport = transport
        self._detached = False
        self._forget_pending()
        if self.session is not None:
            first, placeholders, messages = self.session.resend()
            sequence = protocol.encode(SequenceMessage(first))
            self._pending = [Encoded(sequence, binary=protocol.binary)]
            if placeholders:
                known = protocol.encode(PLACEHOLDER) * placeholders
                self._pending.append(Encoded(known, binary=protocol.binary))
            self._pending += messages
            self.flush()

    def _forget_pending(self) -> None:
        self._pending = []
        self._pending_bytes = 0
        self.stalled_since = None

    def acked(self, sequence_id: int) -> None:
        """The client has everything up to this number; what waited for that may leave."""
        if self.session is not None:
            for message in self.session.acked(sequence_id):
                if not self._detached:
                    self._put(message)
            if self.session.has_room:
                self._make_room()

    def _make_room(self) -> None:
        room, self._room = self._room, None
        if room is not None and not room.done():
            room.set_result(None)
