"""The way out of a connection that may lose its socket: messages are counted, and kept until they are acknowledged."""

from collections.abc import Callable, Sequence

from ..messages import Completion
from ..messages import Sequence as SequenceMessage
from ..protocols.base import HubProtocol
from .encoded import Encoded
from .message_buffer import MessageBuffer
from .writer import ClientWriter, MessageSink

PLACEHOLDER = Completion("-")
"""Stands for a message that the client has acknowledged. Every client counts it, and none waits for this id."""


class BufferedWriter:
    """Puts a `MessageBuffer` in front of a `ClientWriter`, and stands in for it.

    A message leaves when the buffer has room for it. More than `limit` bytes that wait for room call `overflow`.
    """

    __slots__ = ("_buffer", "_is_detached", "_limit", "_overflow", "_protocol", "_reads_acks", "_writer")

    def __init__(
        self,
        writer: ClientWriter,
        buffer: MessageBuffer,
        protocol: HubProtocol,
        limit: int,
        overflow: Callable[[], None],
    ) -> None:
        self._writer = writer
        self._protocol = protocol
        self._buffer = buffer
        self._limit = limit
        self._overflow = overflow
        self._is_detached = False
        self._reads_acks = False  # not before `on_connected` is over

    @property
    def stalled_since(self) -> float | None:
        """See `ClientWriter`."""
        return self._writer.stalled_since

    def send(self, message: Encoded) -> None:
        """Sends a message, or lets it wait for the client's acks; nothing happens once the end has begun."""
        if self._writer.closed:
            return
        if message.counted and not self._buffer.admit(message):
            if self._buffer.waiting_bytes > self._limit:
                self._overflow()
        elif (
            not self._is_detached
        ):  # the buffer keeps what is counted for the next socket; the rest means nothing to it
            self._writer.send(message)

    def drained(self) -> None:
        """The transport takes messages again."""
        self._writer.drained()

    async def has_room(self) -> bool:
        """Returns when the client has taken and acknowledged enough; False if nothing reaches it any more."""
        while await self._writer.has_room():
            if not self._reads_acks or self._buffer.has_room:
                return True
            await self._writer.until_room()
        return False

    def close(self, last: Sequence[Encoded]) -> None:
        """Writes everything that waits for the socket, then `last`; nothing can be sent after it."""
        self._writer.close(last)

    def shut(self) -> None:
        """Sends nothing more, and releases the senders that wait."""
        self._writer.shut()

    # Acks

    def acked(self, sequence_id: int) -> None:
        """The client has everything up to this number; what waited for that may leave."""
        for message in self._buffer.acked(sequence_id):
            if not self._is_detached:
                self._writer.send(message)
        if self._buffer.has_room:
            self._writer.make_room()

    def expect_acks(self, *, readable: bool) -> None:
        """Says whether acks are read at once. If not, senders do not wait for them: that could be forever."""
        self._reads_acks = readable
        if not readable:
            self._writer.make_room()

    # Sockets come and go

    def detach(self) -> None:
        """The socket is gone; counted messages wait for the next one."""
        self._is_detached = True
        self._writer.clear()

    def attach(self, transport: MessageSink) -> None:
        """Begins on the next socket: the number of the oldest message that may be lost, then all from there."""
        self._is_detached = False
        protocol = self._protocol
        first, placeholders, messages = self._buffer.resend()
        beginning = [Encoded(protocol.encode(SequenceMessage(first)), binary=protocol.binary)]
        if placeholders:
            known = protocol.encode(PLACEHOLDER) * placeholders
            beginning.append(Encoded(known, binary=protocol.binary))
        self._writer.attach(transport, [*beginning, *messages])
