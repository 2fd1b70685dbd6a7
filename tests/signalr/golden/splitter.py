"""A stream of bytes becomes hub messages."""

SEPARATOR = b"\x1e"
_VARINT_BYTES = 5


class Splitter:
    """Cuts what one side of a connection has sent. The first message, the handshake response, is always text."""

    def __init__(self, *, binary: bool, after_handshake: bool = False) -> None:
        self._binary = binary
        self.after_handshake = after_handshake
        self.rest = b""

    def feed(self, data: bytes) -> None:
        """Adds bytes, cut anywhere."""
        self.rest += data

    def take(self) -> bytes | None:
        """The next message without its framing; None while it is incomplete."""
        return self._length_prefixed() if self._binary and self.after_handshake else self._separated()

    def _separated(self) -> bytes | None:
        message, separator, rest = self.rest.partition(SEPARATOR)
        if not separator:
            return None
        self.rest = rest
        self.after_handshake = True
        return message

    def _length_prefixed(self) -> bytes | None:
        length = 0
        for position, byte in enumerate(self.rest[:_VARINT_BYTES]):
            length |= (byte & 0x7F) << 7 * position
            if byte < 0x80:
                start = position + 1
                if len(self.rest) < start + length:
                    return None
                message, self.rest = self.rest[start : start + length], self.rest[start + length :]
                return message
        return None
