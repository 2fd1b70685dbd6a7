"""Python values as JSON: camelCase for declared fields, ISO 8601, Base64, and no NaN."""

import contextlib
import dataclasses
import math
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import orjson
from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticSerializationError, to_jsonable_python

from ..json_forms import base64_text, time_text
from ..naming import FieldName, alias_or_name
from .model_serializers import ModelSerializers

_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_ARRAYS = (list, tuple, set, frozenset, deque)
_BYTES = (bytes, bytearray, memoryview)
_NATIVE = frozenset({str, int, float, bool, type(None)})


class JsonValues:
    """Writes values as JSON. `field_name` names the declared fields; by default it is their alias or their name."""

    def __init__(self, field_name: FieldName | None = None) -> None:
        self._field_name = field_name or alias_or_name
        self._serializers = ModelSerializers(field_name, self._untyped)
        self._by_type: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
            (BaseModel, self._model),
            (_BYTES, base64_text),
            ((datetime, time), time_text),
            (date, date.isoformat),
            (Decimal, _decimal),
            ((set, frozenset, deque), list),
        )

    def dumps(self, value: Any) -> bytes:
        """Compact UTF-8 JSON. Raises TypeError for a value without a JSON form, ValueError for NaN and infinities."""
        encoded = orjson.dumps(value, self._fallback, _OPTIONS)
        # orjson writes NaN as null, which would reach the client as a value that nobody sent.
        if b"null" in encoded and _holds_nan(value):
            raise ValueError("NaN and infinities are not JSON")
        return encoded

    def _fallback(self, value: Any) -> Any:
        for types, convert in self._by_type:
            if isinstance(value, types):
                return convert(value)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._fields(value)
        return common_form(value, "JSON")

    def _model(self, value: BaseModel) -> orjson.Fragment:
        return orjson.Fragment(self._serializers.of(type(value)).to_json(value, by_alias=True))

    def _fields(self, value: Any) -> dict[str, Any]:
        return {
            self._field_name(field.name, to_camel(field.name)): getattr(value, field.name)
            for field in dataclasses.fields(value)
        }

    def _untyped(self, value: Any) -> Any:
        """The value of a model's field that is declared as `Any`, in forms that Pydantic does not touch."""
        if type(value) in _NATIVE:
            return value
        if isinstance(value, (datetime, time)):
            return time_text(value)
        if isinstance(value, _BYTES):
            return base64_text(value)
        if isinstance(value, dict):
            return {name: self._untyped(item) for name, item in value.items()}
        if isinstance(value, _ARRAYS):
            return [self._untyped(item) for item in value]
        if isinstance(value, BaseModel):
            return self._serializers.of(type(value)).to_python(value, mode="json", by_alias=True)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._untyped(self._fields(value))
        return value


def _decimal(value: Decimal) -> orjson.Fragment:
    if not value.is_finite():
        raise ValueError("NaN and infinities are not JSON")
    return orjson.Fragment(str(value).encode())


def common_form(value: Any, encoding: str) -> Any:
    """The form that Pydantic gives to types of the standard library and of its own. Raises TypeError for others."""
    if isinstance(value, tuple):  # one with names
        return list(value)
    if not isinstance(value, (Iterator, complex)):
        with contextlib.suppress(PydanticSerializationError):
            return to_jsonable_python(value)
    raise TypeError(f"{type(value).__name__} has no {encoding} form")


_NEVER_NAN = frozenset({str, int, bool, type(None), bytes, datetime})


def _holds_nan(value: Any) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, dict):
        return any(_holds_nan(item) for item in value.values() if type(item) not in _NEVER_NAN)
    if isinstance(value, _ARRAYS):
        return any(_holds_nan(item) for item in value if type(item) not in _NEVER_NAN)
    if isinstance(value, BaseModel):
        return any(_holds_nan(item) for _, item in value if type(item) not in _NEVER_NAN)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return any(_holds_nan(getattr(value, field.name)) for field in dataclasses.fields(value))
    return False


dumps = JsonValues().dumps
"""See `JsonValues.dumps`; with the names that fields have by default."""
