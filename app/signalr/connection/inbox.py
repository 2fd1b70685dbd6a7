"""What a client has sent: read in order, one message at a time, and handed to the calls of the connection."""

import contextlib
from typing import TYPE_CHECKING

from ..endings import closed_by_client, failed
from ..errors import InvalidDataError, InvalidOperationError
from ..messages import Ack, Close, HubMessage, Ping
from .handshake import Handshake, parse_handshake
from .inbound_calls import InboundCalls
from .reader import MessageReader
from .served_hub import ServedHub
from .states import State

if TYPE_CHECKING:
    from .connection import HubConnection

WAITING_BYTES = 64 * 1024
"""What a client may send while `on_connected` runs, or behind a message that waits; more stays in its socket."""


class Inbox:
    """The one owner of a client's bytes, from the transport to the calls.

    A message that cannot be handled yet is held, and everything behind it waits: a plain invocation beyond
    `maximum_parallel_invocations_per_client`, or an item of an upload whose reader is slow. While more than
    `WAITING_BYTES` wait, the transport does not read.
    """

    __slots__ = ("_connection", "_held", "_hub", "_reader", "calls", "has_pinged", "is_paused")

    def __init__(self, connection: "HubConnection", hub: ServedHub) -> None:
        self._connection = connection
        self._hub = hub
        self._reader = MessageReader(hub.options.maximum_receive_message_size)
        self._held: HubMessage | None = None
        self.calls = InboundCalls(connection, hub, self._look_again)
        self.has_pinged = False
        self.is_paused = False

    @property
    def waiting_bytes(self) -> int:
        """Bytes that have come and were not read."""
        return self._reader.waiting

    @property
    def reads_acks(self) -> bool:
        """Whether an ack that comes next is read at once."""
        return self._connection.state is State.OPEN and not self.is_paused

    def handshake(self, data: bytes) -> Handshake | None:
        """Takes the first bytes; returns what was agreed, once the request is complete. Raises HandshakeError."""
        self._reader.feed(data)
        request = self._reader.handshake()
        if request is None:
            return None
        return parse_handshake(
            request,
            self._hub.protocols,
            carries_binary=self._connection.transport.carries_binary,
            detailed=self._hub.options.enable_detailed_errors,
        )

    def receive(self, data: bytes) -> None:
        """Takes bytes from the client, cut anywhere, and handles as many messages as order allows."""
        self._reader.feed(data)
        self._advance()
        # Reading goes on while a message waits, or a broken socket would not be noticed; but not without bound.
        if self._reader.waiting > WAITING_BYTES and (
            self._held is not None or self._connection.state is State.CONNECTING
        ):
            self.is_paused = True
            self._connection.transport.pause()
            if (resumption := self._connection.resumption) is not None:
                resumption.expect_acks(readable=False)

    def go_on(self) -> None:
        """Handles what had to wait, and reads on if nothing has to wait any more."""
        self._advance()
        if self._held is None and self._connection.state is State.OPEN:
            self.is_paused = False
            self._connection.transport.resume()

    def clear(self) -> None:
        """Forgets what was not read. A socket that replaces the old one is read from its first byte."""
        self._reader.clear()
        self.is_paused = False

    def end(self) -> None:
        """Forgets everything that waits: the connection is over."""
        self._reader.clear()
        self._held = None

    def _advance(self) -> None:
        connection = self._connection
        while self._held is None and connection.state is State.OPEN:
            message = self._next()
            if message is None:
                break
            self._handle(message)
        if connection.resumption is not None and connection.state < State.CLOSING:
            self.read_ahead()

    def _next(self) -> HubMessage | None:
        try:
            return self._reader.message(self._connection.protocol)
        except Exception as error:  # noqa: BLE001 - no message, however odd, may end more than its own connection
            if not isinstance(error, InvalidDataError):
                self._hub.log_failure("a message could not be read", error)
            self._connection.end(failed(error))
            return None

    def _handle(self, message: HubMessage) -> None:
        resumption = self._connection.resumption
        try:
            if resumption is not None and not resumption.lets_through(message):
                return
            if type(message) is Ping:
                self.has_pinged = True
            elif type(message) is Close:
                self._connection.end(closed_by_client(message.error))
            elif self.calls.has_place_for(message):
                self.calls.handle(message)
            else:
                self._held = message
        except InvalidOperationError as error:
            self._connection.end(failed(error))

    def read_ahead(self) -> None:
        """Reads the acks behind a message that waits.

        A stream beside a call that is held up would otherwise never be told that it may go on.
        """
        resumption = self._connection.resumption
        if resumption is None:
            return
        if self._connection.state is State.OPEN and self._held is not None:
            with contextlib.suppress(Exception):  # a message that cannot be read is answered when its turn comes
                for message in self._reader.ahead(self._connection.protocol):
                    if isinstance(message, Ack):
                        resumption.acked(message.sequence_id)
        resumption.expect_acks(readable=self.reads_acks)

    def _look_again(self) -> None:
        """A slot for a call is free, or an upload has room."""
        if self._held is not None:
            self._hub.soon(self._retry)

    def _retry(self) -> None:
        held, self._held = self._held, None
        if held is None:
            return
        if self.calls.has_place_for(held):
            self.calls.handle(held)
            self.go_on()
        else:
            self._held = held
