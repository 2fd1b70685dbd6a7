"""What is checked of every message, so that a decoder never meets one that could exhaust it."""

import re
from typing import Any

from ..errors import FormatError, InvalidDataError
from .messagepack_layout import COUNTED_HEADS, head_of

JSON_DEPTH = 64
"""How deep a JSON message may nest, itself included."""

MESSAGEPACK_DEPTH = 500
"""How deep a value in a MessagePack message may nest."""

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"')
_BRACKETS = re.compile(rb"[\[\]{}]")
_NOT_CONTAINERS = bytes(set(range(256)) - set(range(0x80, 0xA0)) - COUNTED_HEADS.keys())


def check_json_depth(payload: bytes, levels: int = JSON_DEPTH) -> None:
    """Raises InvalidDataError when objects and arrays nest deeper than `levels`."""
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", payload)):
        depth += 1 if bracket in b"[{" else -1
        if depth > levels:
            raise InvalidDataError("Error reading JSON.")


def check_integer(value: Any, bits: int) -> None:
    """Raises FormatError for a value that is not an integer of at most `bits` bits."""
    if not isinstance(value, int) or not -(1 << bits - 1) <= value < 1 << bits - 1:
        raise FormatError(f"Either the JSON value is not in a supported format, or is out of bounds for an Int{bits}.")


def nests_too_deep(payload: bytes) -> bool:
    """Returns whether a value in a MessagePack message nests deeper than `MESSAGEPACK_DEPTH`.

    A message with too few arrays and maps for that is not looked at any further.
    """
    if len(payload.translate(None, _NOT_CONTAINERS)) <= MESSAGEPACK_DEPTH:
        return False
    open_counts = [1]
    position = 0
    while open_counts and position < len(payload):
        head = head_of(payload, position)
        if head is None:
            return False
        position, children = head
        open_counts[-1] -= 1
        open_counts.append(children)
        if len(open_counts) > MESSAGEPACK_DEPTH + 2:
            return True
        while open_counts and not open_counts[-1]:
            open_counts.pop()
    return False
