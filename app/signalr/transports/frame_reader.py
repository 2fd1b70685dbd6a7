"""WebSocket frames (RFC 6455, section 5): building them, and reading them as their bytes come."""

import codecs

from websockets.frames import OK_CLOSE_CODES
from websockets.typing import BytesLike

from ..outgoing.websocket_frame import FIN, CloseCode, Opcode

try:
    from websockets.speedups import apply_mask
except ImportError:  # the wheel was built without its C extension
    from websockets.utils import apply_mask

MASKED = 0x80
RESERVED_BITS = 0x70
MAX_CONTROL = 125


OPCODES = frozenset(Opcode)
_WHOLE_TEXT = FIN | Opcode.TEXT
_WHOLE = frozenset({_WHOLE_TEXT, FIN | Opcode.BINARY})


class FrameError(Exception):
    """The peer broke the framing rules; the connection must fail with `code`."""

    wire_name = "WebSocketException"

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class FrameReader:
    """Reads a client's frames and hands their content on at once, without waiting for the end of a frame.

    Subclasses receive `on_data` (never more than the transport has read), `on_ping` and `on_close`. Raises
    FrameError from `feed`; after that, nothing more may be fed.
    """

    __slots__ = ("_fragmented", "_head", "_mask", "_remaining", "_text")

    def __init__(self) -> None:
        self._head = b""
        self._mask = b""
        self._remaining = 0
        self._fragmented = False
        self._text: codecs.IncrementalDecoder | None = None

    def on_data(self, data: bytes) -> None:
        """Bytes of a Text or Binary message."""
        raise NotImplementedError

    def on_ping(self, payload: bytes) -> None:
        """A Ping that wants its Pong."""
        raise NotImplementedError

    def on_close(self, code: int) -> None:
        """A Close frame; 1005 when it carried no code."""
        raise NotImplementedError

    def feed(self, data: bytes) -> None:
        """Takes what the socket delivered, however it was cut."""
        if self._head:
            data, self._head = self._head + data, b""
        start, end = 0, len(data)
        while start < end:
            if not (self._remaining or self._fragmented):
                start = self._take_whole(data, start, end)
            if self._remaining:
                start = self._take_payload(data, start)
            elif start < end:
                start = self._take_head(data, start, end)

    def _take_whole(self, data: bytes, start: int, end: int) -> int:
        """The usual case: whole, unfragmented, masked data frames, handed on together; returns where they end."""
        payloads: list[bytes] = []
        while end - start > 6 and data[start] in _WHOLE and data[start + 1] >= MASKED:
            size = data[start + 1] & 0x7F
            mask = start + 2
            if size == 126:
                size = int.from_bytes(data[mask : mask + 2])
                mask += 2
            elif size == 127:
                break
            after = mask + 4 + size
            if after > end:
                break
            payload = apply_mask(data[mask + 4 : after], data[mask : mask + 4])
            if data[start] == _WHOLE_TEXT and not payload.isascii():
                if payloads:
                    self.on_data(b"".join(payloads))  # what came before a fault is handled before it
                    payloads = []
                _check_text(payload)
            payloads.append(payload)
            start = after
        if payloads:
            self.on_data(payloads[0] if len(payloads) == 1 else b"".join(payloads))
        return start

    def _take_payload(self, data: bytes, start: int) -> int:
        chunk = data[start : start + self._remaining]
        rotation = len(chunk) & 3
        payload = apply_mask(chunk, self._mask)
        self._mask = self._mask[rotation:] + self._mask[:rotation]
        self._remaining -= len(chunk)
        self._deliver(payload)
        return start + len(chunk)

    def _deliver(self, payload: bytes) -> None:
        if self._text is not None:
            try:
                self._text.decode(payload, not self._remaining and not self._fragmented)
            except UnicodeDecodeError as error:
                raise FrameError(CloseCode.INVALID_DATA, "a Text message is not UTF-8") from error
        if not self._remaining and not self._fragmented:
            self._text = None
        if payload:
            self.on_data(payload)

    def _take_head(self, data: bytes, start: int, end: int) -> int:
        """A frame's head, or a whole control frame; what is incomplete waits for the next bytes."""
        if end - start < 2:
            self._head = data[start:]
            return end
        first, second = data[start], data[start + 1]
        length = second & 0x7F
        extended = 2 if length == 126 else 8 if length == 127 else 0
        content = start + 2 + extended + 4
        _check_head(first, second)
        control = first & 0x08
        if end < content + (length if control else 0):
            self._head = data[start:]
            return end
        size = int.from_bytes(data[start + 2 : start + 2 + extended]) if extended else length
        if size >> 63:
            raise FrameError(CloseCode.PROTOCOL_ERROR, "a frame length has its highest bit set")
        mask = data[content - 4 : content]
        if control:
            self._control(first & 0x0F, apply_mask(data[content : content + size], mask))
            return content + size
        self._begin_data(first, size, mask)
        return content

    def _begin_data(self, first: int, size: int, mask: bytes) -> None:
        opcode = first & 0x0F
        if opcode == Opcode.CONTINUATION and not self._fragmented:
            raise FrameError(
                CloseCode.PROTOCOL_ERROR,
                "The WebSocket received a continuation frame from a previous final message.",
            )
        if opcode != Opcode.CONTINUATION and self._fragmented:
            raise FrameError(CloseCode.PROTOCOL_ERROR, "A new message began before the last one had ended.")
        if opcode == Opcode.TEXT:
            self._text = codecs.getincrementaldecoder("utf-8")()
        self._fragmented = not first & FIN
        self._remaining = size
        self._mask = mask
        if not size:
            self._deliver(b"")

    def _control(self, opcode: int, payload: bytes) -> None:
        if opcode == Opcode.PING:
            self.on_ping(payload)
        elif opcode == Opcode.CLOSE:
            self.on_close(_close_code(payload))


def _check_text(payload: BytesLike) -> None:
    try:
        bytes(payload).decode()
    except UnicodeDecodeError as error:
        raise FrameError(CloseCode.INVALID_DATA, "a Text message is not UTF-8") from error


def _check_head(first: int, second: int) -> None:
    if first & RESERVED_BITS:
        raise FrameError(CloseCode.PROTOCOL_ERROR, "a reserved bit is set and no extension was agreed")
    if not second & MASKED:
        raise FrameError(CloseCode.PROTOCOL_ERROR, "a client's frame is not masked")
    opcode = first & 0x0F
    if opcode not in OPCODES:
        raise FrameError(
            CloseCode.PROTOCOL_ERROR, f"The WebSocket received a frame with an unknown opcode: '{opcode:#x}'."
        )
    if opcode & 0x08 and (not first & FIN or second & 0x7F > MAX_CONTROL):
        raise FrameError(CloseCode.PROTOCOL_ERROR, "a control frame is fragmented or too long")


def _close_code(payload: bytes) -> int:
    if not payload:
        return CloseCode.NO_STATUS
    if len(payload) == 1:
        raise FrameError(CloseCode.PROTOCOL_ERROR, "a Close frame holds one byte")
    code = int.from_bytes(payload[:2])
    if not (3000 <= code < 5000 or code in OK_CLOSE_CODES or 1002 <= code <= 1014) or code in (
        1004,
        1005,
        1006,
    ):
        raise FrameError(CloseCode.PROTOCOL_ERROR, f"{code} is not a close code")
    _check_text(payload[2:])
    return code
