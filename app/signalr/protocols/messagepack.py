"""The MessagePack hub protocol (HubProtocol specification, "MessagePack Encoding"): length-prefixed arrays."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.msgpack import Decoder

from ..binding.arguments import MISMATCH
from ..binding.messagepack_values import MessagePackValues, encode
from ..errors import FormatError, InvalidDataError
from ..messages import (
    Ack,
    CancelInvocation,
    Close,
    Completion,
    HubMessage,
    Invocation,
    Ping,
    Sequence,
    StreamInvocation,
    StreamItem,
)
from ..naming import FieldName
from .base import Arguments, Framed, SingleValue
from .diagnosis.messagepack import DAMAGED, Damaged, DamagedArray, elements
from .guards import nests_too_deep

_ERROR, _VOID, _RESULT = 1, 2, 3
_MAX_PREFIX = 5
_TOO_LARGE = "Messages over 2GB in size are not supported."
_NO_ARGUMENTS = "Reading array length for 'arguments' failed."


class MessagePackHubProtocol:
    """`messagepack`: binary. Declared fields have the same names as in JSON; times are timestamps, bytes are `bin`.

    A time without a zone is written as text. A class may have a form of its own: its method `to_messagepack()` returns
    it, and its class method `from_messagepack(value)` reads it, or raises ValueError or TypeError.
    """

    name = "messagepack"
    binary = True

    def __init__(self, *, field_name: FieldName | None = None, enum_names: bool = False) -> None:
        """`field_name` returns the wire name of a declared field from its name and its alias; default: as in JSON.

        With `enum_names`, members of enumerations are written and read by name, as .NET clients do, not by value.
        """
        self._plain = MessagePackValues(field_name, enum_names=enum_names)
        self._enum_names = enum_names

    def frame(self, buffer: bytes, start: int) -> Framed | None:
        size = 0
        for position in range(start, min(start + _MAX_PREFIX, len(buffer))):
            byte = buffer[position]
            size |= (byte & 0x7F) << 7 * (position - start)
            if byte < 0x80:
                if size >> 31:
                    raise FormatError(_TOO_LARGE)
                end = position + 1 + size
                return Framed(position + 1, end, end) if end <= len(buffer) else None
        if len(buffer) - start >= _MAX_PREFIX:
            raise FormatError(_TOO_LARGE)
        return None

    def parse(self, payload: bytes) -> HubMessage | None:
        message = _Elements(_items(payload))
        build = _BUILDERS.get(message.number(0, "messageType", bits=32))
        return None if build is None else build(message)

    def bind(self, raw: Any, arguments: Arguments) -> tuple[Any, ...]:
        if isinstance(raw, DamagedArray):
            arguments.check_count(raw.length)
            raise InvalidDataError(MISMATCH)
        if not isinstance(raw, list):
            raise InvalidDataError(_NO_ARGUMENTS)
        return arguments.from_python(raw, enum_names=self._enum_names)

    def bind_value(self, raw: Any, value: SingleValue) -> Any:
        if isinstance(raw, Damaged):
            raise InvalidDataError("The value cannot be read.")
        return value.from_python(raw, enum_names=self._enum_names)

    def encode(self, message: HubMessage) -> bytes:
        try:
            body = encode(_WRITERS[type(message)](message, self._plain))
        except RecursionError as error:
            raise ValueError("a value contains itself") from error
        except OverflowError as error:
            raise ValueError(str(error)) from error
        return _prefix(len(body)) + body


def _items(payload: bytes) -> list[Any]:
    """Returns the elements of a message; damaged ones are DAMAGED."""
    if nests_too_deep(payload):
        return elements(payload, _shallow)
    try:
        value = _decode(payload)
    except (msgspec.DecodeError, ValueError, RecursionError, OverflowError, NotImplementedError):
        return elements(payload, _decode)
    return value if isinstance(value, list) else elements(payload, _decode)


def _shallow(raw: bytes) -> Any:
    return DAMAGED if nests_too_deep(raw) else _decode(raw)


def _refuse_extension(code: int, _: Any) -> Any:
    raise NotImplementedError(f"extension type {code} has no meaning here")


class _Elements:
    """The elements of a message; missing ones at the end read as None."""

    __slots__ = ("_items",)

    def __init__(self, items: list[Any]) -> None:
        self._items = items

    def __getitem__(self, index: int) -> Any:
        return self._items[index] if index < len(self._items) else None

    def __len__(self) -> int:
        return len(self._items)

    def text(self, index: int, name: str) -> str | None:
        value = self[index]
        if index >= len(self) or (value is not None and not isinstance(value, str)):
            raise InvalidDataError(f"Reading '{name}' as String failed.")
        return value

    def headers(self) -> Mapping[str, str] | None:
        """Returns the headers, if any. An integer means none: one client writes 128, the first byte of an empty map."""
        headers = self[1]
        if type(headers) is int:
            return None
        if not isinstance(headers, dict):
            raise InvalidDataError("Reading map length for 'headers' failed.")
        for index, (name, value) in enumerate(headers.items()):
            for part, text in (("Key", name), ("Value", value)):
                if text is not None and not isinstance(text, str):
                    raise InvalidDataError(f"Reading 'headers[{index}].{part}' as String failed.")
                if not text:
                    raise InvalidDataError(f"Null or empty {part.lower()} in header.")
        return headers or None

    def id(self, kind: str) -> str:
        identifier = self.text(2, "invocationId")
        if not identifier:
            raise InvalidDataError(f"Null or empty invocation ID for {kind} message.")
        return identifier

    def stream_ids(self, index: int) -> tuple[str, ...]:
        if index >= len(self):
            return ()
        identifiers = self[index]
        if not isinstance(identifiers, list):
            raise InvalidDataError("Reading array length for 'streamIds' failed.")
        if not all(isinstance(identifier, str) and identifier for identifier in identifiers):
            raise InvalidDataError("Null or empty value in streamIds received.")
        return tuple(identifiers)

    def value(self, index: int) -> Any:
        if index >= len(self):
            raise InvalidDataError("The message ends before its value.")
        return self[index]

    def number(self, index: int, name: str, *, bits: int) -> int:
        value = self[index]
        if type(value) is not int or not -(1 << bits - 1) <= value < 1 << bits - 1:
            raise InvalidDataError(f"Reading '{name}' as Int{bits} failed.")
        return value

    def flag(self, index: int, name: str) -> bool:
        """Returns a Boolean; False if the message ends before it."""
        value = self[index] if index < len(self) else False
        if not isinstance(value, bool):
            raise InvalidDataError(f"Reading '{name}' as Boolean failed.")
        return value


def _invocation(message: _Elements) -> Invocation:
    headers = message.headers()
    identifier = message.text(2, "invocationId") or None
    return Invocation(_target(message, "Invocation"), message[4], identifier, message.stream_ids(5), headers)


def _stream_invocation(message: _Elements) -> StreamInvocation:
    headers = message.headers()
    identifier = message.id("StreamInvocation")
    return StreamInvocation(
        _target(message, "StreamInvocation"), message[4], identifier, message.stream_ids(5), headers
    )


def _target(message: _Elements, kind: str) -> str:
    target = message.text(3, "target")
    if not target:
        raise InvalidDataError(f"Null or empty target for {kind} message.")
    return target


def _stream_item(message: _Elements) -> StreamItem:
    message.headers()
    return StreamItem(message.id("StreamItem"), message[3] if len(message) > 3 else DAMAGED)


def _completion(message: _Elements) -> Completion:
    message.headers()
    identifier = message.id("Completion")
    kind = message.number(3, "resultKind", bits=32)
    if kind == _ERROR:
        return Completion(identifier, UNSET, message.text(4, "error"))
    if kind == _VOID:
        return Completion(identifier)
    if kind == _RESULT:
        return Completion(identifier, message.value(4))
    raise InvalidDataError("Invalid invocation result kind.")


def _cancel(message: _Elements) -> CancelInvocation:
    message.headers()
    return CancelInvocation(message.id("CancelInvocation"))


_BUILDERS: Mapping[int, Callable[[_Elements], HubMessage]] = {
    1: _invocation,
    2: _stream_item,
    3: _completion,
    4: _stream_invocation,
    5: _cancel,
    6: lambda _: Ping(),
    7: lambda message: Close(message.text(1, "error"), message.flag(2, "allowReconnect")),
    8: lambda message: Ack(message.number(1, "sequenceId", bits=64)),
    9: lambda message: Sequence(message.number(1, "sequenceId", bits=64)),
}


def _write_call(kind: int, message: Invocation, plain: MessagePackValues) -> list[Any]:
    headers = dict(message.headers or {})
    arguments = [plain(argument) for argument in message.arguments]
    return [kind, headers, message.invocation_id, message.target, arguments, list(message.stream_ids)]


def _write_completion(message: Completion, plain: MessagePackValues) -> list[Any]:
    if message.error is not None:
        return [3, {}, message.invocation_id, _ERROR, message.error]
    if message.result is UNSET:
        return [3, {}, message.invocation_id, _VOID]
    return [3, {}, message.invocation_id, _RESULT, plain(message.result)]


_WRITERS: Mapping[type[HubMessage], Callable[[Any, MessagePackValues], list[Any]]] = {
    Invocation: lambda m, plain: _write_call(1, m, plain),
    StreamInvocation: lambda m, plain: _write_call(4, m, plain),
    StreamItem: lambda m, plain: [2, {}, m.invocation_id, plain(m.item)],
    Completion: _write_completion,
    CancelInvocation: lambda m, _: [5, {}, m.invocation_id],
    Ping: lambda _, __: [6],
    Close: lambda m, _: [7, m.error, m.allow_reconnect],
    Ack: lambda m, _: [8, m.sequence_id],
    Sequence: lambda m, _: [9, m.sequence_id],
}


def _prefix(size: int) -> bytes:
    """Returns a number in groups of seven bits, the lowest first; the top bit says that more follow."""
    groups = bytearray()
    while size > 0x7F:
        groups.append(size & 0x7F | 0x80)
        size >>= 7
    groups.append(size)
    return bytes(groups)


_decode = Decoder(ext_hook=_refuse_extension).decode
