"""What a connection has when stateful reconnect was agreed (HubProtocol specification, "Ack" and "Sequence")."""

from collections.abc import Callable

from ..messages import Ack, HubMessage, Sequence
from ..outgoing.buffered_writer import BufferedWriter
from ..outgoing.encoded import Encoded
from ..outgoing.message_buffer import MessageBuffer
from ..outgoing.writer import ClientWriter
from ..protocols.base import HubProtocol
from ..transports.base import Transport
from .served_hub import ServedHub

ACK_DELAY = 1.0
"""Seconds from the first unacknowledged message of a client to the Ack."""


class Resumption:
    """Keeps a connection over the loss of its socket, for `window` seconds.

    The messages of both directions are counted. The client's are acknowledged, and dropped if they come twice; the
    server's are kept until the client acknowledges them, and sent again on the next socket if it has not.
    """

    __slots__ = ("_ack_is_scheduled", "_buffer", "_hub", "_lost_at", "_protocol", "_window", "writer")

    def __init__(
        self, hub: ServedHub, protocol: HubProtocol, writer: ClientWriter, window: float, overflow: Callable[[], None]
    ) -> None:
        self._hub = hub
        self._protocol = protocol
        self._window = window
        self._buffer = MessageBuffer(hub.options.stateful_reconnect_buffer_size)
        self.writer = BufferedWriter(writer, self._buffer, protocol, hub.options.outbox_limit, overflow)
        """Takes the place of the connection's own writer."""
        self._lost_at: float | None = None
        self._ack_is_scheduled = False

    # Sockets come and go

    @property
    def is_detached(self) -> bool:
        """Whether the connection is without a socket."""
        return self._lost_at is not None

    def has_lapsed(self, now: float) -> bool:
        """Returns whether the client has stayed away for too long."""
        return self._lost_at is not None and now - self._lost_at > self._window

    def detach(self) -> None:
        """The socket is gone; what is counted waits for the next one."""
        self._lost_at = self._hub.now()
        self.writer.detach()

    def attach(self, transport: Transport) -> None:
        """Begins on the next socket by sending what may have been lost."""
        self._lost_at = None
        self.writer.attach(transport)

    # In

    def lets_through(self, message: HubMessage) -> bool:
        """Counts a message of the client; returns whether it is to be handled.

        Acks and sequences are dealt with here. Raises InvalidOperationError for a sequence that cannot be right.
        """
        is_new = self._buffer.is_new(message)
        is_for_hub = False
        if is_new and isinstance(message, Ack):
            self.acked(message.sequence_id)
        elif is_new and isinstance(message, Sequence):
            self._buffer.rewind(message.sequence_id)
        else:
            is_for_hub = is_new
        if self._buffer.owes_ack and not self._ack_is_scheduled:
            self._ack_is_scheduled = True
            self._hub.later(ACK_DELAY, self._send_ack)
        return is_for_hub

    def acked(self, sequence_id: int) -> None:
        """The client has everything up to this number."""
        self.writer.acked(sequence_id)

    def expect_acks(self, *, readable: bool) -> None:
        """Says whether acks of the client are read at once; see `BufferedWriter.expect_acks`."""
        self.writer.expect_acks(readable=readable)

    def _send_ack(self) -> None:
        self._ack_is_scheduled = False
        if not self.is_detached:
            ack = self._protocol.encode(Ack(self._buffer.take_ack()))
            self.writer.send(Encoded(ack, binary=self._protocol.binary))
