"""The bytes that a client sends: a request for a WebSocket, and masked WebSocket frames with hub messages."""

import json
from collections.abc import Mapping
from struct import pack

HANDSHAKE = {"protocol": "json", "version": 1}
_MASK = b"\x37\xfa\x21\x3d"
_KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # the example of RFC 6455


def upgrade_request(path: str) -> bytes:
    """Asks for a WebSocket, without compression."""
    lines = (
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {_KEY}",
        "Sec-WebSocket-Version: 13",
    )
    return "\r\n".join([*lines, "", ""]).encode()


def frame(payload: bytes) -> bytes:
    """A masked Text frame of fewer than 64 KiB. One mask for all: the server must undo it all the same."""
    size = len(payload)
    head = pack("!BB", 0x81, 0x80 | size) if size < 126 else pack("!BBH", 0x81, 0xFE, size)
    key = (_MASK * (size // 4 + 1))[:size]
    return head + _MASK + (int.from_bytes(payload) ^ int.from_bytes(key)).to_bytes(size)


def message(members: Mapping[str, object], separator: bytes) -> bytes:
    """A JSON message in a frame of its own, as clients send them."""
    return frame(json.dumps(members, separators=(",", ":")).encode() + separator)


def invocation(separator: bytes, target: str, *arguments: object, invocation_id: str | None = None) -> bytes:
    """A call of a hub method; without an id nothing answers it."""
    members: dict[str, object] = {"type": 1, "target": target, "arguments": arguments}
    if invocation_id is not None:
        members["invocationId"] = invocation_id
    return message(members, separator)
