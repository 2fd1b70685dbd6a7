"""The MessagePack hub protocol (HubProtocol specification, "MessagePack Encoding"): length-prefixed arrays."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from msgspec import UNSET
from msgspec.msgpack import Decoder, Encoder
from pydantic import BaseModel

from app.signalr.errors import FormatError, InvalidDataError
from app.signalr.messages import (
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
from app.signalr.protocols.base import Arguments, Framed, SingleValue

_ERROR, _VOID, _RESULT = 1, 2, 3
_MAX_PREFIX = 5
_TOO_LARGE = "Messages over 2GB in size are not supported."
_NO_ARGUMENTS = "Reading array length for 'arguments' failed."


class MessagePackHubProtocol:
    """`messagepack`: binary. Declared fields have the same names as in JSON; times are timestamps, bytes are `bin`.

    A time without a zone has no timestamp and is written as text.
    """

    name = "messagepack"
    binary = True

    def __init__(self, field_name: Callable[[str], str] | None = None) -> None:
        """`field_name` names the declared fields of models; by default they are called as in JSON."""
        self._field_name = field_name
        self._encoder = Encoder(enc_hook=self._fallback)

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
        items = _items(payload)
        if not items or type(items[0]) is not int:
            raise InvalidDataError("Reading 'messageType' as Int32 failed.")
        build = _BUILDERS.get(items[0])
        return None if build is None else build(_Fields(items))

    def bind(self, raw: Any, arguments: Arguments) -> tuple[Any, ...]:
        if not isinstance(raw, list):
            raise InvalidDataError(_NO_ARGUMENTS)
        return arguments.from_python(raw)

    def bind_value(self, raw: Any, value: SingleValue) -> Any:
        return value.from_python(raw)

    def encode(self, message: HubMessage) -> bytes:
        try:
            body = self._encoder.encode(_WRITERS[type(message)](message))
        except RecursionError as error:
            raise ValueError("a value contains itself") from error
        except OverflowError as error:
            raise ValueError(str(error)) from error
        return _prefix(len(body)) + body

    def _fallback(self, value: Any) -> Any:
        if isinstance(value, BaseModel):
            fields = type(value).model_fields
            return {self._name_of(name, fields[name].serialization_alias): item for name, item in value}
        raise TypeError(f"{type(value).__name__} has no MessagePack form")

    def _name_of(self, name: str, alias: str | None) -> str:
        return self._field_name(name) if self._field_name is not None else alias or name


def _items(payload: bytes) -> list[Any]:
    """The array at the beginning; what follows it is ignored."""
    try:
        value = _decode(payload)
    except msgspec.DecodeError as error:
        if "trailing" not in str(error):
            raise InvalidDataError(f"Reading the message failed. {error}") from error
        value = _first(payload)
    except (ValueError, RecursionError, OverflowError) as error:
        raise InvalidDataError(f"Reading the message failed. {error}") from error
    if not isinstance(value, list):
        raise InvalidDataError("Reading array length for 'elementCount' failed.")
    return value


def _first(payload: bytes) -> Any:
    """msgspec names the offset at which the first value ends."""
    try:
        _decode(payload)
    except msgspec.DecodeError as error:
        end = int(str(error).rpartition("byte ")[2].rstrip(")"))
        return _decode(payload[:end])
    return None


class _Fields:
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
        """An integer counts as no headers: one client writes 128, the first byte of an empty map."""
        headers = self[1]
        if type(headers) is int:
            return None
        if not isinstance(headers, dict):
            raise InvalidDataError("Reading map length for 'headers' failed.")
        for index, (name, value) in enumerate(headers.items()):
            if not isinstance(name, str):
                raise InvalidDataError(f"Reading 'headers[{index}].Key' as String failed.")
            if not isinstance(value, str):
                raise InvalidDataError(f"Reading 'headers[{index}].Value' as String failed.")
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

    def number(self, index: int, name: str) -> int:
        value = self[index]
        if type(value) is not int:
            raise InvalidDataError(f"Reading '{name}' as Int64 failed.")
        return value


def _invocation(fields: _Fields) -> Invocation:
    headers = fields.headers()
    identifier = fields.text(2, "invocationId") or None
    return Invocation(_target(fields, "Invocation"), fields[4], identifier, fields.stream_ids(5), headers)


def _stream_invocation(fields: _Fields) -> StreamInvocation:
    headers = fields.headers()
    identifier = fields.id("StreamInvocation")
    return StreamInvocation(_target(fields, "StreamInvocation"), fields[4], identifier, fields.stream_ids(5), headers)


def _target(fields: _Fields, kind: str) -> str:
    target = fields.text(3, "target")
    if not target:
        raise InvalidDataError(f"Null or empty target for {kind} message.")
    return target


def _stream_item(fields: _Fields) -> StreamItem:
    fields.headers()
    return StreamItem(fields.id("StreamItem"), fields.value(3))


def _completion(fields: _Fields) -> Completion:
    fields.headers()
    identifier = fields.id("Completion")
    kind = fields[3]
    if type(kind) is not int:
        raise InvalidDataError("Reading 'resultKind' as Int32 failed.")
    if kind == _ERROR:
        return Completion(identifier, UNSET, fields.text(4, "error") or "")
    if kind == _VOID:
        return Completion(identifier)
    if kind == _RESULT:
        return Completion(identifier, fields.value(4))
    raise InvalidDataError("Invalid invocation result kind.")


def _cancel(fields: _Fields) -> CancelInvocation:
    fields.headers()
    return CancelInvocation(fields.id("CancelInvocation"))


_BUILDERS: Mapping[int, Callable[[_Fields], HubMessage]] = {
    1: _invocation,
    2: _stream_item,
    3: _completion,
    4: _stream_invocation,
    5: _cancel,
    6: lambda _: Ping(),
    7: lambda fields: Close(fields.text(1, "error"), fields[2] is True),
    8: lambda fields: Ack(fields.number(1, "sequenceId")),
    9: lambda fields: Sequence(fields.number(1, "sequenceId")),
}


def _write_call(kind: int, message: Invocation) -> list[Any]:
    headers = dict(message.headers or {})
    return [kind, headers, message.invocation_id, message.target, list(message.arguments), list(message.stream_ids)]


def _write_completion(message: Completion) -> list[Any]:
    if message.error is not None:
        return [3, {}, message.invocation_id, _ERROR, message.error]
    if message.result is UNSET:
        return [3, {}, message.invocation_id, _VOID]
    return [3, {}, message.invocation_id, _RESULT, message.result]


_WRITERS: Mapping[type[HubMessage], Callable[[Any], list[Any]]] = {
    Invocation: lambda m: _write_call(1, m),
    StreamInvocation: lambda m: _write_call(4, m),
    StreamItem: lambda m: [2, {}, m.invocation_id, m.item],
    Completion: _write_completion,
    CancelInvocation: lambda m: [5, {}, m.invocation_id],
    Ping: lambda _: [6],
    Close: lambda m: [7, m.error, m.allow_reconnect],
    Ack: lambda m: [8, m.sequence_id],
    Sequence: lambda m: [9, m.sequence_id],
}


def _prefix(size: int) -> bytes:
    """A number in groups of seven bits, the lowest first; the top bit says that more follows."""
    groups = bytearray()
    while size > 0x7F:
        groups.append(size & 0x7F | 0x80)
        size >>= 7
    groups.append(size)
    return bytes(groups)


_decode = Decoder().decode
