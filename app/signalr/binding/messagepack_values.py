"""Python values as MessagePack: the names of JSON for declared fields, timestamps for times, `bin` for bytes."""

from collections import deque
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Any

from msgspec.msgpack import Encoder
from pydantic import BaseModel, RootModel
from pydantic.alias_generators import to_camel

from ..json_forms import time_text
from ..naming import FieldName, alias_or_name
from .enum_names import member_text
from .json_values import common_form
from .model_fields import ModelFields, fields_of
from .model_serializers import ModelSerializers

_ATOMS = frozenset({str, int, float, bool, bytes, type(None)})
_ARRAYS = (list, tuple, set, frozenset, deque)
_BASES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    (bytes, bytes),
)
"""What msgspec takes, but not from subclasses."""


class MessagePackValues:
    """Turns values into what `encode` writes; see `MessagePackHubProtocol` for the two options."""

    def __init__(self, field_name: FieldName | None = None, *, enum_names: bool = False) -> None:
        self._field_name = field_name or alias_or_name
        self._enum_names = enum_names
        self._serializers = ModelSerializers(field_name, self)

    def __call__(self, value: Any) -> Any:
        """The value in types that have a MessagePack form, its declared fields under their names on the wire."""
        kind = type(value)
        if kind in _ATOMS:
            return value
        if isinstance(value, dict):
            return {name if type(name) is str else self._simple(name): self(item) for name, item in value.items()}
        if isinstance(value, _ARRAYS):
            return [self(item) for item in value]
        if kind is datetime:
            return _timestamp(value)
        if (own_form := getattr(kind, "to_messagepack", None)) is not None:
            return own_form(value)
        if isinstance(value, BaseModel):
            return self._model(value)
        if is_dataclass(value):
            return {
                self._field_name(field.name, to_camel(field.name)): self(getattr(value, field.name))
                for field in fields(value)
            }
        return self._simple(value)

    def _simple(self, value: Any) -> Any:
        """A value without parts: a key, or an item."""
        if isinstance(value, Enum) and self._enum_names:
            return member_text(value)
        if isinstance(value, datetime):
            return _timestamp(value)
        if isinstance(value, time):
            return time_text(value)
        if isinstance(value, timedelta):  # msgspec has a form of its own for it
            return common_form(value, "MessagePack")
        return value

    def _model(self, value: BaseModel) -> Any:
        known = fields_of(type(value))
        if known.is_written_whole:
            return self(self._serializers.of(type(value)).to_python(value, by_alias=True))
        if isinstance(value, RootModel):
            return self(value.root)
        coded = self._coded(value, known) if known.with_own_code else {}
        written: dict[str, Any] = {}
        for name, alias in known.names.items():
            wire_name = self._field_name(name, alias)
            if name not in known.with_own_code:
                written[wire_name] = self(getattr(value, name))
            elif wire_name in coded:
                written[wire_name] = self(coded[wire_name])
        return written | {name: self(item) for name, item in (value.model_extra or {}).items()}

    def _coded(self, value: BaseModel, known: ModelFields) -> dict[str, Any]:
        """What an author's serializers make of their fields, by the names on the wire."""
        serializer = self._serializers.of(type(value))
        coded: dict[str, Any] = serializer.to_python(value, by_alias=True, include=set(known.with_own_code))
        return coded


def _timestamp(value: datetime) -> datetime | str:
    """The one class that msgspec writes as a timestamp; without a zone, there is no timestamp."""
    if value.tzinfo is None:
        return time_text(value)
    return value if type(value) is datetime else datetime.combine(value.date(), value.timetz())


def _fallback(value: Any) -> Any:
    for base, plain in _BASES:
        if isinstance(value, base):
            return plain(value)
    return common_form(value, "MessagePack")


encode = Encoder(enc_hook=_fallback).encode
"""Raises TypeError for a value without a MessagePack form."""
