"""Input that is nearly right: most faults hide behind the first checks, which random bytes never pass."""

import copy
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

TOKENS = (
    *(bytes([byte]) for byte in (0x00, 0x1E, 0x22, 0x5C, 0x7F, 0x80, 0x90, 0xC0, 0xC1, 0xD9, 0xDD, 0xDF, 0xFF)),
    *(b"{", b"}", b"[", b"]", b",", b":", b"null", b"true", b"-0", b"1e400", b"NaN", b"\\ud800", b"\xed\xa0\x80"),
    *(b'"type":1,', b'"invocationId":null,', b'"error":"x",', b'"result":', b'"item":[1]', b"9" * 5000),
    *(b"[" * 80, b'{"a":' * 80, b"\x91" * 400, b"\x91" * 600, b"\x81\xa1a" * 300, b"\x91" * 450 + b"\xa1\xff"),
    *(b"\xdd\xff\xff\xff\xff", b"\xdf\x7f\xff\xff\xff", b"\xdb\xff\xff\xff\xff", b"\xc7\x0c\xff", b"\xd4\x05\x00"),
    *(b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00", b"\xcb\x7f\xf8\0\0\0\0\0\0"),
    *(b"\x81\xff\x80\x00\x00\x00", b"\x88\x82\x03\xe7", b"\x80\x80", b"\x02\xfe\x00\x80", b"\x81\x7f"),
)
"""Bytes that mean something to at least one of the parsers."""

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 4, 8, -1, 127, 128, 2**31 - 1, 2**31, 2**32, 2**53 + 1, 2**63 - 1, -(2**63), 2**64 - 1),
    *(0.0, -0.0, 1.5, 6.0, 1e308, "", "1", "3", "s1", "Echo", "x" * 100, "\u0000", "\x1e", "é😀", [], {}, [[]], [None]),
    *({"": {}}, {"type": 6}, [1, "a", None], {"a": [{"b": 1}]}, ["3", "4"], [""], ["3", None], {"h": 1}, {"h": "1"}),
)
MAX_SIZE = 100_000


class Mutator:
    """An endless supply of inputs, all decided by `random`."""

    def __init__(
        self,
        random: Random,
        samples: Sequence[bytes],
        messages: Sequence[Any] = (),
        dump: Callable[[Any], bytes] = bytes,
        odd_values: Sequence[Any] = (),
    ) -> None:
        """`samples` are changed as bytes; `messages`, if any, are changed as objects and then dumped."""
        self._random = random
        self._samples = samples
        self._messages = messages
        self._dump = dump
        self._values = (*VALUES, *odd_values)
        self._changes = (_flip, _replace, _insert, _remove, _repeat, _cut, _insert_token, _overwrite_token)

    def __call__(self) -> bytes:
        share = self._random.random()
        if share < 0.03:
            return self._random.randbytes(self._random.randrange(200))
        if share < 0.06:
            return self._random.choice(self._samples)
        if self._messages and share < 0.7:
            data = self._dump(self._changed_message())
            return data if share < 0.55 else self._changed_bytes(data)
        return self._changed_bytes(self._random.choice(self._samples))

    def _changed_bytes(self, data: bytes) -> bytes:
        changed = bytearray(data)
        if self._random.random() < 0.1:
            changed += self._random.choice(self._samples)
        for _ in range(self._random.choice((1, 1, 1, 2, 2, 3, 5, 8))):
            self._random.choice(self._changes)(changed, self._random)
        return bytes(changed[:MAX_SIZE])

    def _changed_message(self) -> Any:
        message = copy.deepcopy(self._random.choice(self._messages))
        for _ in range(self._random.choice((1, 1, 2, 3))):
            if self._random.random() < 0.02:
                return self._value()
            self._change_inside(message)
        return message

    def _change_inside(self, container: Any) -> None:
        while (inner := _containers_in(container)) and self._random.random() < 0.7:
            container = self._random.choice(inner)
        if isinstance(container, dict):
            self._change_dict(container)
        else:
            self._change_list(container)

    def _change_dict(self, value: dict[Any, Any]) -> None:
        name = self._random.choice([*value, "x"])
        match self._random.randrange(4):
            case 0:
                value.pop(name, None)
            case 1:
                value[name] = [value.get(name)]
            case 2:
                value[self._random.choice(("type", "item", "headers", str(name).swapcase()))] = self._value()
            case _:
                value[name] = self._value()

    def _change_list(self, value: list[Any]) -> None:
        place = self._random.randrange(len(value) + 1)
        match self._random.randrange(4):
            case 0:
                del value[place : place + 1]
            case 1:
                value[place : place + 1] = [value[place : place + 1]]
            case 2:
                value.insert(place, self._value())
            case _:
                value[place : place + 1] = [self._value()]

    def _value(self) -> Any:
        return copy.deepcopy(self._random.choice(self._values))


def _containers_in(value: Any) -> list[Any]:
    items = value.values() if isinstance(value, dict) else value
    return [item for item in items if isinstance(item, (dict, list))]


def _flip(data: bytearray, random: Random) -> None:
    if data:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)


def _replace(data: bytearray, random: Random) -> None:
    if data:
        data[random.randrange(len(data))] = random.randrange(256)


def _insert(data: bytearray, random: Random) -> None:
    data.insert(random.randrange(len(data) + 1), random.randrange(256))


def _remove(data: bytearray, random: Random) -> None:
    start, end = _slice(data, random)
    del data[start:end]


def _repeat(data: bytearray, random: Random) -> None:
    start, end = _slice(data, random)
    data[start:start] = data[start:end] * random.choice((1, 1, 2, 50))


def _cut(data: bytearray, random: Random) -> None:
    del data[random.randrange(len(data) + 1) :]


def _insert_token(data: bytearray, random: Random) -> None:
    place = random.randrange(len(data) + 1)
    data[place:place] = random.choice(TOKENS)


def _overwrite_token(data: bytearray, random: Random) -> None:
    place, token = random.randrange(len(data) + 1), random.choice(TOKENS)
    data[place : place + len(token)] = token


def _slice(data: bytearray, random: Random) -> tuple[int, int]:
    start = random.randrange(len(data) + 1)
    return start, min(len(data), start + random.choice((1, 1, 2, 4, 16, 64)))
