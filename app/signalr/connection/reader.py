"""What a client has sent and the server has not read yet: bytes, cut anywhere, become a handshake and messages."""

from collections.abc import Iterator

from ..errors import InvalidDataError
from ..messages import HubMessage
from ..protocols.base import HubProtocol
from .handshake import SEPARATOR, HandshakeError


class MessageReader:
    """The inbound buffer of one connection; no handshake and no message is longer than `limit` bytes, if not None."""

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
        """Takes what came."""
        self._drop(self._start)
        self._buffer += data

    def clear(self) -> None:
        """Forgets what was not read."""
        self._drop(len(self._buffer))

    def _drop(self, size: int) -> None:
        """Lets go of the beginning of the buffer."""
        self._buffer = self._buffer[size:]
        self._start = 0
        self._ahead = max(0, self._ahead - size)

    def handshake(self) -> bytes | None:
        """The handshake request without its separator, or None while its end has not come. Raises HandshakeError."""
        end = self._buffer.find(SEPARATOR)
        if self._limit is not None and (len(self._buffer) if end < 0 else end + 1) > self._limit:
            raise HandshakeError("Handshake was canceled.")
        if end < 0:
            return None
        self._start = end + 1
        return self._buffer[:end]

    def message(self, protocol: HubProtocol) -> HubMessage | None:
        """The next message of a type that is known, or None while its end has not come.

        Raises what `parse` raises, and InvalidDataError for a message that is too long, before its end has come.
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
        """The messages that `message` has still to return, each once; up to one that cannot be read, or not yet."""
        self._ahead = max(self._ahead, self._start)
        while (framed := protocol.frame(self._buffer, self._ahead)) is not None:
            message = protocol.parse(self._buffer[framed.start : framed.end])
            self._ahead = framed.next_start
            if message is not None:
                yield message
