"""Valid messages to start from: as objects, and as bytes of each protocol."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec

from tests.signalr.live import client_frame

SEPARATOR = b"\x1e"

JSON_MESSAGES: list[dict[str, Any]] = [
    {"type": 1, "target": "Echo", "arguments": [42]},
    {"type": 1, "invocationId": "1", "target": "Echo", "arguments": [{"orderId": 7, "lines": [{"sku": "é😀"}, None]}]},
    {"type": 1, "invocationId": "2", "target": "Collect", "arguments": [], "streamIds": ["3", "4"]},
    {"type": 1, "target": "Echo", "arguments": ["x" * 300], "headers": {"traceparent": "00-ab", "": ""}},
    {"type": 2, "invocationId": "3", "item": {"price": -12.5e3, "tags": ["a", "b"], "ok": True}},
    {"type": 2, "invocationId": "3", "item": None},
    {"type": 3, "invocationId": "3"},
    {"type": 3, "invocationId": "s1", "result": [[1, 2], {"deep": {"er": "\u2028"}}]},
    {"type": 3, "invocationId": "s1", "error": 'no "answer" \\ at all'},
    {"type": 4, "invocationId": "5", "target": "Count", "arguments": [3, "text", 1.5, False]},
    {"type": 4, "invocationId": "6", "target": "Double", "arguments": [], "streamIds": ["7"], "headers": {}},
    {"type": 5, "invocationId": "5"},
    {"type": 6},
    {"type": 7, "error": "bye", "allowReconnect": True},
    {"type": 8, "sequenceId": 9007199254740993},
    {"type": 9, "sequenceId": 1},
    {"type": 99, "anything": "goes"},
]

BINARY_MESSAGES: list[list[Any]] = [
    [1, {}, None, "Echo", [42], []],
    [1, {"traceparent": "00-ab"}, "1", "Echo", [{"orderId": 7, "lines": [{"sku": "é😀"}, None]}], []],
    [1, {}, "2", "Collect", [], ["3", "4"]],
    [1, 128, None, "Echo", ["x" * 300]],
    [2, {}, "3", {"price": -12.5e3, "file": b"\x00\xff" * 20, "at": datetime(2026, 11, 22, 14, 5, tzinfo=UTC)}],
    [2, {}, "3", None],
    [3, {}, "3", 2],
    [3, {}, "s1", 3, [[1, 2**63], {"deep": {"er": "\u2028"}}]],
    [3, {}, "s1", 1, "no answer at all"],
    [4, {}, "5", "Count", [3, "text", 1.5, False], []],
    [4, {}, "6", "Double", [], ["7"]],
    [5, {}, "5"],
    [6],
    [7, "bye", True],
    [8, 9007199254740993],
    [9, 1],
    [99, "anything", "goes"],
]

HANDSHAKES: list[dict[str, Any]] = [
    {"protocol": "json", "version": 1},
    {"protocol": "messagepack", "version": 1},
    {"protocol": "json", "version": 2, "more": [1, {"a": None}]},
    {"protocol": "smoke signals", "version": 1},
    {"version": 3, "protocol": "JSON"},
]


def json_text(message: object) -> bytes:
    """A message without its separator; lone surrogates are escaped."""
    return json.dumps(message).encode()


def binary(message: object) -> bytes:
    """A message without its length."""
    return msgspec.msgpack.encode(message)


def with_length(body: bytes) -> bytes:
    """A binary message with its length in groups of seven bits."""
    size, groups = len(body), bytearray()
    while size > 0x7F:
        groups.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes((*groups, size)) + body


JSON_TEXTS = [json_text(message) for message in JSON_MESSAGES]
BINARY_BODIES = [binary(message) for message in BINARY_MESSAGES]
HANDSHAKE_TEXTS = [json_text(request) for request in HANDSHAKES]

FRAMES = [
    client_frame(1, b"hello"),
    client_frame(1, "é😀".encode()),
    client_frame(2, b"\x00\xff"),
    client_frame(1, b"first", fin=False) + client_frame(9) + client_frame(0, b"last"),
    client_frame(1, "é".encode()[:1], fin=False) + client_frame(0, "é".encode()[1:]),
    client_frame(1, b"x" * 200),
    client_frame(2, b"x" * 70_000),
    client_frame(9, b"ping"),
    client_frame(10, b"pong"),
    client_frame(8, b"\x03\xe8bye"),
    client_frame(8),
]
