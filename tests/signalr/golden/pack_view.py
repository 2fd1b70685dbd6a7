"""MessagePack as a JSON view that keeps its types apart, and back.

`{"$bin": hex}` are bytes, `{"$ext": [type, hex]}` an extension, `{"$float": n}` a float of either size, and
`{"$map": [[key, value], ...]}` a map whose keys are not all text.
"""

import math
import struct
from collections.abc import Iterable
from typing import Any

import msgspec

_WIDTHS = {0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
_FLOATS = {0xCA: ">f", 0xCB: ">d"}
_CONSTANTS: dict[int, bool | None] = {0xC0: None, 0xC2: False, 0xC3: True}
# First byte → how many bytes of length follow it.
_TEXTS = {0xD9: 1, 0xDA: 2, 0xDB: 4}
_BINARIES = {0xC4: 1, 0xC5: 2, 0xC6: 4}
_EXTENSIONS = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_FIXED_EXTENSIONS = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_ARRAYS = {0xDC: 2, 0xDD: 4}
_MAPS = {0xDE: 2, 0xDF: 4}


def view(data: bytes) -> Any:
    """The view of one value. Raises ValueError when bytes are missing or left over."""
    reader = _Reader(data)
    value = reader.value()
    if reader.rest():
        raise ValueError(f"{reader.rest()} bytes are left over")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def rest(self) -> int:
        return len(self._data) - self._at

    def _take(self, count: int) -> bytes:
        if self.rest() < count:
            raise ValueError("the value ends early")
        self._at += count
        return self._data[self._at - count : self._at]

    def _number(self, form: str) -> Any:
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _length(self, size: int) -> int:
        return int.from_bytes(self._take(size))

    def value(self) -> Any:
        first = self._take(1)[0]
        if first < 0x80:
            return first
        if first >= 0xE0:
            return first - 0x100
        if first < 0x90:
            return self._map(first & 0x0F)
        if first < 0xA0:
            return self._array(first & 0x0F)
        if first < 0xC0:
            return self._text(first & 0x1F)
        if first in _CONSTANTS:
            return _CONSTANTS[first]
        if first in _WIDTHS:
            return self._number(_WIDTHS[first])
        return self._long(first)

    def _long(self, first: int) -> Any:
        if first in _FLOATS:
            number = self._number(_FLOATS[first])
            return {"$float": number if math.isfinite(number) else str(number)}
        if first in _TEXTS:
            return self._text(self._length(_TEXTS[first]))
        if first in _BINARIES:
            return {"$bin": self._take(self._length(_BINARIES[first])).hex()}
        if first in _FIXED_EXTENSIONS:
            return self._extension(_FIXED_EXTENSIONS[first])
        if first in _EXTENSIONS:
            return self._extension(self._length(_EXTENSIONS[first]))
        if first in _ARRAYS:
            return self._array(self._length(_ARRAYS[first]))
        if first in _MAPS:
            return self._map(self._length(_MAPS[first]))
        raise ValueError(f"{first:#x} begins no value")

    def _text(self, length: int) -> str:
        return self._take(length).decode()

    def _extension(self, length: int) -> dict[str, Any]:
        return {"$ext": [self._number(">b"), self._take(length).hex()]}

    def _array(self, length: int) -> list[Any]:
        return [self.value() for _ in range(length)]

    def _map(self, length: int) -> dict[str, Any]:
        pairs = [[self.value(), self.value()] for _ in range(length)]
        if all(isinstance(key, str) for key, _ in pairs):
            return dict(pairs)
        return {"$map": pairs}


def packed(value: Any) -> bytes:
    """The shortest MessagePack of a view; floats are doubles."""
    return msgspec.msgpack.encode(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(member) for member in value]
    if not isinstance(value, dict):
        return value
    if "$bin" in value:
        return bytes.fromhex(value["$bin"])
    if "$ext" in value:
        kind, data = value["$ext"]
        return msgspec.msgpack.Ext(kind, bytes.fromhex(data))
    if "$float" in value:
        return float(value["$float"])
    pairs: Iterable[Any] = value.get("$map", value.items())
    return {_plain(key): _plain(member) for key, member in pairs}


def prefixed(message: bytes) -> bytes:
    """The message with its length in front, as the hub protocol frames it."""
    length, prefix = len(message), bytearray()
    while length > 0x7F:
        prefix.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([*prefix, length]) + message
