"""Bytes that a client has sent, cut anywhere, become a handshake request and then messages."""

from collections.abc import Iterator

from ..errors import InvalidDataError
from ..messages import HubMessage
from ..protocols.base import HubProtocol
from .handshake import SEPARATOR, HandshakeError


class MessageReader:
    """The inbound buffer of one connection. A handshake or message may have `limit` bytes, any number if it is None."""

    __slots__ = ("_ahead", "_buffer", "_limit", "_start")

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._buffer = b""
        self._start = 0
        self._ahead = 0

    @property
    def waiting(self) -> int:
        """Bytes that were fed and not read."""
        return len(self._buffer) - self._start

    def feed(self, data: bytes) -> None:
        """Appends bytes from the client."""
        if self._start:
            self._drop(self._start)
        self._buffer += data

    def clear(self) -> None:
        """Drops everything that was not read."""
        self._buffer = b""
        self._start = self._ahead = 0

    def _drop(self, size: int) -> None:
        """Drops the beginning of the buffer."""
        self._buffer = self._buffer[size:]
        self._start = 0
        self._ahead = max(0, self._ahead - size)

    def handshake(self) -> bytes | None:
        """Returns the handshake request, or None while it is incomplete. Raises HandshakeError if it is too long."""
        end = self._buffer.find(SEPARATOR)
        if self._limit is not None and (len(self._buffer) if end < 0 else end + 1) > self._limit:
            raise HandshakeError("Handshake was canceled.")
        if end < 0:
            return None
        self._start = end + 1
        return self._buffer[:end]

    def message(self, protocol: HubProtocol) -> HubMessage | None:
        """Returns the next message of a known type, or None while it is incomplete.

        Raises what `parse` raises, and InvalidDataError for a message that is too long, even before it is complete.
        """
        buffer, start = self._buffer, self._start
        while start < len(buffer):
            framed = protocol.frame(buffer, start)
            size = (len(buffer) if framed is None else framed.next_start) - start
            if self._limit is not None and size > self._limit:
                raise InvalidDataError(
                    f"The maximum message size of {self._limit}B was exceeded."
                    " The message size can be configured in AddHubOptions."
                )
            if framed is None:
                break
            message = protocol.parse(buffer[framed.start : framed.end])
            start = framed.next_start
            if message is not None:
                self._start = start
                return message
        self._drop(start)
        return None

    def ahead(self, protocol: HubProtocol) -> Iterator[HubMessage]:
        """Yields the messages that `message` will return later, each once. Raises what `parse` raises."""
        self._ahead = max(self._ahead, self._start)
        while (framed := protocol.frame(self._buffer, self._ahead)) is not None:
            message = protocol.parse(self._buffer[framed.start : framed.end])
            self._ahead = framed.next_start
            if message is not None:
                yield message
