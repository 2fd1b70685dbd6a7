"""Python values as MessagePack: the names of JSON for declared fields, timestamps for times, `bin` for bytes."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from msgspec.msgpack import Encoder
from pydantic import BaseModel, PlainSerializer, RootModel, WrapSerializer
from pydantic.alias_generators import to_camel

from .json_values import common_form

_ATOMS = frozenset({str, int, float, bool, bytes, type(None), datetime})
_BASES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, int.__int__),
    (float, float.__float__),
    (bytes, bytes),
)
"""What msgspec takes, but not from subclasses."""


class _Form(NamedTuple):
    """What leaves of the objects of one model class: names and aliases, or all that the class's own code makes."""

    members: tuple[tuple[str, str | None], ...]
    has_own_code: bool


@cache
def _form_of(kind: type[BaseModel]) -> _Form:
    own = kind.__pydantic_decorators__
    declared = kind.model_fields.items()
    extras = [extra for _, field in declared for extra in field.metadata]
    serializers = [extra for extra in extras if isinstance(extra, (PlainSerializer, WrapSerializer))]
    members = [(name, field.serialization_alias) for name, field in declared if not field.exclude]
    computed = [(name, field.alias) for name, field in kind.model_computed_fields.items()]
    return _Form((*members, *computed), bool(own.field_serializers or own.model_serializers or serializers))


class Plain:
    """Turns values into what msgspec writes; see `MessagePackHubProtocol` for the two options."""

    def __init__(self, field_name: Callable[[str, str | None], str], *, enum_names: bool) -> None:
        self._field_name = field_name
        self._enum_names = enum_names

    def __call__(self, value: Any) -> Any:
        """The value in types that have a MessagePack form, its declared fields under their names on the wire."""
        kind = type(value)
        if kind in _ATOMS:
            return value
        if isinstance(value, dict):
            return {name: self(item) for name, item in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self(item) for item in value]
        if (own_form := getattr(kind, "to_messagepack", None)) is not None:
            return own_form(value)
        if isinstance(value, BaseModel):
            return self._model(value)
        if is_dataclass(value):
            return {
                self._field_name(field.name, to_camel(field.name)): self(getattr(value, field.name))
                for field in fields(value)
            }
        if isinstance(value, Enum) and self._enum_names:
            return value.name
        if isinstance(value, timedelta):  # msgspec has a form of its own for it
            return common_form(value, "MessagePack")
        return value

    def _model(self, value: BaseModel) -> Any:
        form = _form_of(type(value))
        if form.has_own_code:
            return self(value.model_dump(by_alias=True))
        if isinstance(value, RootModel):
            return self(value.root)
        plain = {self._field_name(name, alias): self(getattr(value, name)) for name, alias in form.members}
        return plain | {name: self(item) for name, item in (value.model_extra or {}).items()}


def _fallback(value: Any) -> Any:
    for base, plain in _BASES:
        if isinstance(value, base):
            return plain(value)
    return common_form(value, "MessagePack")


encode = Encoder(enc_hook=_fallback).encode
"""Raises TypeError for what has no MessagePack form."""
