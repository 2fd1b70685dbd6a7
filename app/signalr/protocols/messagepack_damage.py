"""What can still be read of a MessagePack message that the fast decoder refuses.

Elements before the damage are read, text that is not UTF-8 is read with replacement characters, and the element that
is damaged becomes `DAMAGED`: so one bad argument fails one call, as with the reference, and not the connection.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from app.signalr.errors import InvalidDataError

MAX_DEPTH = 500
"""How deep a value may nest."""


class Damaged:
    """A value that is there and cannot be read."""


class DamagedArray(Damaged):
    """An array whose length is known, and of which some elements are damaged or missing."""

    def __init__(self, length: int) -> None:
        self.length = length


DAMAGED: Final = Damaged()

_FIXED = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8, 0xD0: 1, 0xD1: 2}
_FIXED |= {0xD2: 4, 0xD3: 8, 0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17}
_SIZED = {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1)}
_SIZED |= {0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0)}
_COUNTED = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}
_NOT_CONTAINERS = bytes(set(range(256)) - set(range(0x80, 0xA0)) - _COUNTED.keys())


def elements(payload: bytes, decode: Callable[[bytes], Any]) -> list[Any]:
    """The elements of the array at the beginning; what follows it is ignored. Raises InvalidDataError for none."""
    return _split(payload, lambda raw: _element(raw, decode))


def _split(payload: bytes, read: Callable[[bytes], Any]) -> list[Any]:
    count, position = _array(payload)
    found: list[Any] = []
    while len(found) < count:
        end = _end(payload, position)
        if end is None:
            found.append(_cut(payload[position:]))
            break
        found.append(read(payload[position:end]))
        position = end
    return found


def nests_too_deep(payload: bytes) -> bool:
    """Whether something in the message nests deeper than `MAX_DEPTH`; false at once where it cannot."""
    if len(payload.translate(None, _NOT_CONTAINERS)) <= MAX_DEPTH:
        return False
    open_counts = [1]
    position = 0
    while open_counts and position < len(payload):
        head = _head(payload, position)
        if head is None:
            return False
        position, children = head
        open_counts[-1] -= 1
        open_counts.append(children)
        if len(open_counts) > MAX_DEPTH + 2:
            return True
        while open_counts and not open_counts[-1]:
            open_counts.pop()
    return False


def _element(raw: bytes, decode: Callable[[bytes], Any]) -> Any:
    value = _value(raw, decode)
    if value is not DAMAGED or not _is_array(raw):
        return value
    parts = _split(raw, lambda part: _value(part, decode))
    return DamagedArray(len(parts)) if DAMAGED in parts else parts


def _cut(raw: bytes) -> Damaged:
    """An element that the message ends in; of an array, at least the length may be known."""
    try:
        length, _ = _array(raw)
    except InvalidDataError:
        return DAMAGED
    return DamagedArray(length)


def _value(raw: bytes, decode: Callable[[bytes], Any]) -> Any:
    try:
        return decode(raw)
    except UnicodeDecodeError:
        return _value(_with_readable_text(raw), decode)
    except (msgspec.DecodeError, ValueError, RecursionError, OverflowError, NotImplementedError):
        return DAMAGED


def _with_readable_text(raw: bytes) -> bytes:
    """The same value with replacement characters in its strings."""
    parts: list[bytes] = []
    position = 0
    while (head := _head(raw, position)) is not None:
        part = raw[position : head[0]]
        if (start := _text_start(part[0])) is not None:
            part = msgspec.msgpack.encode(part[start:].decode(errors="replace"))
        parts.append(part)
        position = head[0]
    return b"".join(parts)


def _text_start(byte: int) -> int | None:
    """Where the text of a string begins that has this first byte."""
    if 0xA0 <= byte <= 0xBF:
        return 1
    return 1 + _SIZED[byte][0] if 0xD9 <= byte <= 0xDB else None


def _is_array(raw: bytes) -> bool:
    return 0x90 <= raw[0] <= 0x9F or raw[0] in (0xDC, 0xDD)


def _array(payload: bytes) -> tuple[int, int]:
    """The length of an array, and where its first element begins. Raises InvalidDataError."""
    head = payload[0] if payload else 0
    if 0x90 <= head <= 0x9F:
        length, start = head & 0x0F, 1
    elif head in (0xDC, 0xDD):
        start = 1 + _COUNTED[head][0]
        length = int.from_bytes(payload[1:start])
    else:
        raise InvalidDataError("The message is not an array.")
    if length > len(payload) - start:  # of elements, each of which takes a byte
        raise InvalidDataError("The array is longer than the message.")
    return length, start


def _end(payload: bytes, position: int) -> int | None:
    """Where the value that begins at `position` ends; None if it does not."""
    remaining = 1
    while remaining:
        head = _head(payload, position)
        if head is None or head[1] > len(payload):
            return None
        position, children = head
        remaining += children - 1
    return position


def _head(payload: bytes, position: int) -> tuple[int, int] | None:
    """Where a value's own bytes end, and how many values follow that belong to it."""
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
    elif byte in _SIZED:
        width, extra = _SIZED[byte]
        position += width + extra + int.from_bytes(payload[position : position + width])
    elif byte in _COUNTED:
        width, factor = _COUNTED[byte]
        children = factor * int.from_bytes(payload[position : position + width])
        position += width
    else:
        return None
    return (position, children) if position <= len(payload) else None
