"""What a client sent, checked against type hints: the arguments of a hub method, the items of a stream, a result."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import getitem
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from uuid import UUID

import msgspec
import orjson
from msgspec.json import Decoder
from pydantic import ConfigDict, FailFast, TypeAdapter
from pydantic import ValidationError as TypeMismatch
from pydantic.alias_generators import to_camel
from pydantic.errors import PydanticUserError
from pydantic_core import SchemaValidator

from ..errors import HubDefinitionError, InvalidDataError
from .enum_names import by_name
from .json_values import dumps
from .text_forms import TEXT_FORMS

MISMATCH = (
    "Error binding arguments. Make sure that the types of the provided values match the types of the hub method"
    " being invoked."
)


CONFIG = ConfigDict(val_json_bytes="base64", alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)
"""How everything is bound: bytes from Base64, fields of dataclasses from camelCase, as they are written."""
_NATIVE = (bytes, datetime)
_SIMPLE = (Any, None, type(None), bool, int, float, str, bytes, datetime, date, UUID, Decimal)
_COLLECTIONS = (list, tuple, dict, set, frozenset)
_CONTAINERS = (*_COLLECTIONS, Union, UnionType)
_split = Decoder(list[msgspec.Raw]).decode


class _FirstFault(FailFast):
    """Pydantic's `FailFast`, made hashable as members of unions must be."""

    def __hash__(self) -> int:
        return hash(type(self))


_FIRST_FAULT = _FirstFault()


class Value:
    """One declared type. Conversions are strict, as ASP.NET Core's are: no number from text, no int from `1.0`."""

    __slots__ = ("_by_name", "_is_native", "_type", "_validator", "type_name")

    def __init__(self, type_: Any) -> None:
        self._type = type_
        named = without_annotations(type_)
        self.type_name = getattr(named, "__name__", str(named))
        self._validator = _validator([type_])
        self._by_name: SchemaValidator | None = None
        self._is_native = _is_simple(type_) and _suits_msgspec(type_)

    def from_json(self, raw: bytes) -> Any:
        """Binds a JSON value. Raises InvalidDataError."""
        try:
            return self._validator.validate_json(b"[" + raw + b"]", strict=True)[0]
        except TypeMismatch as error:
            raise InvalidDataError(_summary(error)) from error

    def from_python(self, value: Any, *, enum_names: bool = False) -> Any:
        """Binds decoded MessagePack, in which bytes and times have types of their own. Raises InvalidDataError.

        With `enum_names`, members of enumerations come as their names and not as their values.
        """
        if self._type is Any:
            return value
        try:
            if self._is_native:
                return msgspec.convert(value, self._type, builtin_types=_NATIVE, dec_hook=_own_form)
            # Models are bound from JSON, so that both protocols accept the same.
            validator = self._with_enum_names() if enum_names else self._validator
            return validator.validate_json(dumps([value]), strict=True)[0]
        except TypeMismatch as error:
            raise InvalidDataError(_summary(error)) from error
        except (msgspec.ValidationError, orjson.JSONEncodeError, ValueError, TypeError) as error:
            raise InvalidDataError(str(error)) from error

    def _with_enum_names(self) -> SchemaValidator:
        if self._by_name is None:
            self._by_name = by_name(self._validator.core_schema)
        return self._by_name


class Signature:
    """The declared types of a method's arguments."""

    __slots__ = ("_all", "_each", "count")

    def __init__(self, types: Sequence[Any]) -> None:
        self.count = len(types)
        self._all = _validator(types) if types else None
        self._each = [Value(type_) for type_ in types]

    def from_json(self, raw: bytes) -> tuple[Any, ...]:
        """Binds a JSON array; a wrong type is reported before a wrong count. Raises InvalidDataError."""
        if self._all is not None:
            try:
                return self._all.validate_json(raw, strict=True)
            except TypeMismatch:
                pass
        elif raw == b"[]":
            return ()
        try:
            items = _split(raw)
            bound = tuple([value.from_json(bytes(item)) for value, item in zip(self._each, items, strict=False)])
        except (InvalidDataError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise InvalidDataError(MISMATCH) from error
        self.check_count(len(items))
        return bound

    def from_python(self, values: list[Any], *, enum_names: bool = False) -> tuple[Any, ...]:
        """Binds decoded MessagePack; a wrong count is reported before a wrong type. Raises InvalidDataError."""
        self.check_count(len(values))
        try:
            return tuple(
                [value.from_python(item, enum_names=enum_names) for value, item in zip(self._each, values, strict=True)]
            )
        except InvalidDataError as error:
            raise InvalidDataError(MISMATCH) from error

    def check_count(self, given: int) -> None:
        """Raises InvalidDataError for a wrong number of arguments."""
        if given != self.count:
            raise InvalidDataError(f"Invocation provides {given} argument(s) but target expects {self.count}.")


def without_annotations(type_: Any) -> Any:
    """`T` of `Annotated[T, ...]`, and every other type as it is."""
    return get_args(type_)[0] if get_origin(type_) is Annotated else type_


def _validator(types: Sequence[Any]) -> TypeAdapter[tuple[Any, ...]]:
    array: Any = tuple.__class_getitem__(tuple(map(_as_sent, types)))
    try:
        return TypeAdapter(array, config=CONFIG)
    except PydanticUserError as error:
        raise HubDefinitionError(f"{types} cannot be checked: {error.message}") from error


def _as_sent(type_: Any) -> Any:
    """The same type, with the text forms of .NET, and checked only up to the first wrong item.

    Only the first error is reported, and a client could send thousands of wrong items.
    """
    origin, arguments = get_origin(type_), get_args(type_)
    if origin is Annotated:
        return getitem(Annotated, (_as_sent(arguments[0]), *type_.__metadata__))
    if origin in (Union, UnionType):
        return Union[tuple(map(_as_sent, arguments))]  # noqa: UP007 - the members are known only here
    if origin in _COLLECTIONS and arguments:
        return Annotated[origin[tuple(map(_as_sent, arguments))], _FIRST_FAULT]
    return TEXT_FORMS.get(type_, type_) if isinstance(type_, type) else type_


def _is_simple(type_: Any) -> bool:
    """Whether a type needs no Pydantic: it is made of built-in ones, and of those that read MessagePack themselves."""
    if type_ in _SIMPLE or hasattr(type_, "from_messagepack"):
        return True
    if get_origin(type_) in _CONTAINERS:
        return all(map(_is_simple, (part for part in get_args(type_) if part is not Ellipsis)))
    return False


def _suits_msgspec(type_: Any) -> bool:
    """Whether msgspec can convert to a type; it supports fewer unions than Pydantic."""
    try:
        msgspec.msgpack.Decoder(type_, dec_hook=_own_form)
    except TypeError:
        return False
    return True


def _own_form(type_: Any, value: Any) -> Any:
    return type_.from_messagepack(value)


def _summary(error: TypeMismatch) -> str:
    return "; ".join(str(detail["msg"]) for detail in error.errors(include_url=False, include_input=False))
