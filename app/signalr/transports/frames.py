"""WebSocket frames (RFC 6455, section 5): building them, and reading them as their bytes come."""

import codecs
from enum import IntEnum
from struct import pack

from websockets.frames import OK_CLOSE_CODES
from websockets.typing import BytesLike

try:
    from websockets.speedups import apply_mask
except ImportError:  # the wheel was built without its C extension
    from websockets.utils import apply_mask

FIN = 0x80
MASKED = 0x80
RESERVED_BITS = 0x70
MAX_CONTROL = 125


class Opcode(IntEnum):
    """What a frame is (RFC 6455, section 5.2)."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


OPCODES = frozenset(Opcode)
_WHOLE_TEXT = FIN | Opcode.TEXT
_WHOLE = frozenset({_WHOLE_TEXT, FIN | Opcode.BINARY})


class CloseCode(IntEnum):
    """Why a WebSocket ends (RFC 6455, section 7.4.1)."""

    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    NO_STATUS = 1005
    ABNORMAL = 1006
    INVALID_DATA = 1007
    TOO_BIG = 1009
    INTERNAL_ERROR = 1011


class FrameError(Exception):
    """The peer broke the framing rules; the connection must fail with `code`."""

    wire_name = "WebSocketException"

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def control_frame(opcode: Opcode, payload: bytes = b"") -> bytes:
    """An unmasked control frame; `payload` is at most 125 bytes."""
    return bytes((FIN | opcode, len(payload))) + payload


def close_frame(code: int) -> bytes:
    """A Close frame without a reason; 1005 stands for a Close frame without a code."""
    return control_frame(Opcode.CLOSE, b"" if code == CloseCode.NO_STATUS else pack("!H", code))


def websocket_frame(payload: bytes, *, binary: bool) -> bytes:
    """One whole, unmasked data frame."""
    first = FIN | (Opcode.BINARY if binary else Opcode.TEXT)
    size = len(payload)
    if size < 126:
        return bytes((first, size)) + payload
    if size < 0x10000:
        return pack("!BBH", first, 126, size) + payload
    return pack("!BBQ", first, 127, size) + payload


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
        if not (self._remaining or self._head or self._fragmented):
            data = self._take_whole(data)
        while data:
            data = self._take_payload(data) if self._remaining else self._take_head(data)

    def _take_whole(self, data: bytes) -> bytes:
        """The usual case: whole, unfragmented, masked data frames, handed on together; returns what follows them."""
        start, end = 0, len(data)
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
        return data[start:]

    def _take_payload(self, data: bytes) -> bytes:
        chunk = data[: self._remaining]
        rotation = len(chunk) & 3
        payload = apply_mask(chunk, self._mask)
        self._mask = self._mask[rotation:] + self._mask[:rotation]
        self._remaining -= len(chunk)
        self._deliver(payload)
        return data[len(chunk) :]

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

    def _take_head(self, data: bytes) -> bytes:
        head = self._head + data
        if len(head) < 2:
            self._head = head
            return b""
        length = head[1] & 0x7F
        extended = 2 if length == 126 else 8 if length == 127 else 0
        start = 2 + extended + 4
        _check_head(head[0], head[1])
        control = head[0] & 0x08
        if len(head) < start + (length if control else 0):
            self._head = head
            return b""
        self._head = b""
        size = int.from_bytes(head[2 : 2 + extended]) if extended else length
        if size >> 63:
            raise FrameError(CloseCode.PROTOCOL_ERROR, "a frame length has its highest bit set")
        mask = head[start - 4 : start]
        if control:
            self._control(head[0] & 0x0F, apply_mask(head[start : start + size], mask))
            return head[start + size :]
        self._begin_data(head[0], size, mask)
        return head[start:]

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
