"""Python values as JSON: camelCase for declared fields, ISO 8601, Base64, and no NaN."""

import base64
import contextlib
import dataclasses
import math
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import orjson
from pydantic import BaseModel
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticSerializationError, to_jsonable_python

_OPTIONS = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def dumps(value: Any) -> bytes:
    """Compact UTF-8 JSON. Raises TypeError for what has no JSON form, ValueError for NaN and infinities."""
    encoded = orjson.dumps(value, _fallback, _OPTIONS)
    # orjson writes NaN as null, which would reach the client as a value that nobody sent.
    if b"null" in encoded and _holds_nan(value):
        raise ValueError("NaN and infinities are not JSON")
    return encoded


def _model(value: BaseModel) -> orjson.Fragment:
    return orjson.Fragment(value.__pydantic_serializer__.to_json(value, by_alias=True))


def _decimal(value: Decimal) -> orjson.Fragment:
    if not value.is_finite():
        raise ValueError("NaN and infinities are not JSON")
    return orjson.Fragment(str(value).encode())


def _time(value: datetime | time) -> str:
    """ISO 8601 with as many digits as it takes; a time without a zone stays without one."""
    text = value.isoformat()
    if value.microsecond:
        whole, _, rest = text.partition(".")
        text = f"{whole}.{rest[:6].rstrip('0')}{rest[6:]}"
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def _bytes(value: bytes) -> str:
    return base64.b64encode(value).decode()


_BY_TYPE: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (BaseModel, _model),
    ((bytes, bytearray, memoryview), _bytes),
    ((datetime, time), _time),
    (date, date.isoformat),
    (Decimal, _decimal),
    ((set, frozenset), list),
)


def _fallback(value: Any) -> Any:
    for types, convert in _BY_TYPE:
        if isinstance(value, types):
            return convert(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {to_camel(field.name): getattr(value, field.name) for field in dataclasses.fields(value)}
    return common_form(value, "JSON")


def common_form(value: Any, encoding: str) -> Any:
    """The form that Pydantic gives to types of the standard library and of its own. Raises TypeError for others."""
    if isinstance(value, tuple):  # one with names
        return list(value)
    if not isinstance(value, (Iterator, complex)):
        with contextlib.suppress(PydanticSerializationError):
            return to_jsonable_python(value)
    raise TypeError(f"{type(value).__name__} has no {encoding} form")


def _holds_nan(value: Any) -> bool:
    if isinstance(value, float):
        return not math.isfinite(value)
    if isinstance(value, dict):
        return any(map(_holds_nan, value.values()))
    if isinstance(value, (list, tuple, set, frozenset)):
        return any(map(_holds_nan, value))
    if isinstance(value, BaseModel):
        return any(_holds_nan(item) for _, item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return any(_holds_nan(getattr(value, field.name)) for field in dataclasses.fields(value))
    return False
