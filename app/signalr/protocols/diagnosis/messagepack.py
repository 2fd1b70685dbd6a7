"""Reads what can still be read of a MessagePack message that the fast decoder has refused.

Elements before the damage are read, text that is not UTF-8 gets replacement characters, and a damaged element becomes
`DAMAGED`. So one bad argument fails one call, as with the reference, and not the connection.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from ...errors import InvalidDataError
from ..messagepack_layout import COUNTED_HEADS, SIZED_HEADS, head_of


class Damaged:
    """A value that is there and cannot be read."""


class DamagedArray(Damaged):
    """An array whose length is known, and of which some elements are damaged or missing."""

    def __init__(self, length: int) -> None:
        self.length = length


DAMAGED: Final = Damaged()


def elements(payload: bytes, decode: Callable[[bytes], Any]) -> list[Any]:
    """Returns the elements of the array at the beginning; bytes after it are ignored. Raises InvalidDataError."""
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


def _element(raw: bytes, decode: Callable[[bytes], Any]) -> Any:
    value = _value(raw, decode)
    if value is not DAMAGED or not _is_array(raw):
        return value
    parts = _split(raw, lambda part: _value(part, decode))
    return DamagedArray(len(parts)) if DAMAGED in parts else parts


def _cut(raw: bytes) -> Damaged:
    """Returns the element that the message ends in; the length of an array may still be known."""
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
    """Returns the same value with replacement characters in its strings."""
    parts: list[bytes] = []
    position = 0
    while (head := head_of(raw, position)) is not None:
        part = raw[position : head[0]]
        if (start := _text_start(part[0])) is not None:
            part = msgspec.msgpack.encode(part[start:].decode(errors="replace"))
        parts.append(part)
        position = head[0]
    return b"".join(parts)


def _text_start(byte: int) -> int | None:
    """Returns where the text of a string begins, given its first byte; None if it is not a string."""
    if 0xA0 <= byte <= 0xBF:
        return 1
    return 1 + SIZED_HEADS[byte][0] if 0xD9 <= byte <= 0xDB else None


def _is_array(raw: bytes) -> bool:
    return 0x90 <= raw[0] <= 0x9F or raw[0] in (0xDC, 0xDD)


def _array(payload: bytes) -> tuple[int, int]:
    """Returns the length of an array, and where its first element begins. Raises InvalidDataError."""
    head = payload[0] if payload else 0
    if 0x90 <= head <= 0x9F:
        length, start = head & 0x0F, 1
    elif head in (0xDC, 0xDD):
        start = 1 + COUNTED_HEADS[head][0]
        length = int.from_bytes(payload[1:start])
    else:
        raise InvalidDataError("The message is not an array.")
    if length > len(payload) - start:  # of elements, each of which takes a byte
        raise InvalidDataError("The array is longer than the message.")
    return length, start


def _end(payload: bytes, position: int) -> int | None:
    """Returns where the value at `position` ends; None if the payload ends before."""
    remaining = 1
    while remaining:
        head = head_of(payload, position)
        if head is None or head[1] > len(payload):
            return None
        position, children = head
        remaining += children - 1
    return position
