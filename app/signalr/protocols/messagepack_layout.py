"""How MessagePack lays out a value: its first byte says how long it is, and how many values belong to it."""

from typing import NamedTuple

_FIXED = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2}
_FIXED |= {0xD2: 4, 0xD3: 8, 0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17}
"""Bytes that follow the first one."""

SIZED_HEADS = {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1)}
SIZED_HEADS |= {0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0)}
"""Width of the length that follows the first byte, and bytes beside those that it counts."""

COUNTED_HEADS = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}
"""Width of the count that follows the first byte, and how many values each of what it counts has."""


class Head(NamedTuple):
    """Where the bytes of a value itself end, and how many values follow that belong to it."""

    end: int
    children: int


def head_of(payload: bytes, position: int) -> Head | None:
    """Returns the head of the value at `position`; None if the payload ends before it or it has no meaning."""
    if position >= len(payload):
        return None
    byte = payload[position]
    position += 1
    children = 0
    if byte < 0x80 or byte >= 0xE0:
        pass
    elif byte < 0x90:
        children = 2 * (byte & 0x0F)
    elif byte < 0xA0:
        children = byte & 0x0F
    elif byte < 0xC0:
        position += byte & 0x1F
    elif byte in _FIXED:
        position += _FIXED[byte]
    elif byte in SIZED_HEADS:
        width, extra = SIZED_HEADS[byte]
        position += width + extra + int.from_bytes(payload[position : position + width])
    elif byte in COUNTED_HEADS:
        width, factor = COUNTED_HEADS[byte]
        children = factor * int.from_bytes(payload[position : position + width])
        position += width
    else:
        return None
    return Head(position, children) if position <= len(payload) else None
