"""WebSocket frames as a server writes them: unmasked, and never in parts (RFC 6455, section 5)."""

from enum import IntEnum
from struct import pack

FIN = 0x80


class Opcode(IntEnum):
    """What a frame is (RFC 6455, section 5.2)."""

    CONTINUATION = 0
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class CloseCode(IntEnum):
    """Why a WebSocket ends (RFC 6455, section 7.4.1)."""

    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    NO_STATUS = 1005
    ABNORMAL = 1006
    INVALID_DATA = 1007
    TOO_BIG = 1009
    INTERNAL_ERROR = 1011


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
