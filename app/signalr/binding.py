"""What a client sent, checked against the type hints of a hub method and turned into its arguments."""

from collections.abc import Sequence
from typing import Any

from msgspec import DecodeError, Raw, ValidationError
from msgspec.json import Decoder
from pydantic import ConfigDict, TypeAdapter
from pydantic import ValidationError as TypeMismatch

from app.signalr.errors import InvalidDataError

_MISMATCH = (
    "Error binding arguments. Make sure that the types of the provided values match the types of the hub method"
    " being invoked."
)
_CONFIG = ConfigDict(val_json_bytes="base64")
_split = Decoder(list[Raw]).decode


class Signature:
    """The declared types of a method's arguments, as one validator for all and one for each.

    Conversions are strict, as ASP.NET Core's are: no number from text, no text from a number, no int from `1.0`.
    """

    __slots__ = ("_all", "_each", "count")

    def __init__(self, types: Sequence[Any]) -> None:
        self.count = len(types)
        self._all = _validator(types) if types else None
        self._each = [_validator([type_]) for type_ in types]

    def from_json(self, raw: bytes) -> tuple[Any, ...]:
        """Binds a JSON array. Raises InvalidDataError: a wrong type is reported before a wrong count."""
        if self._all is not None:
            try:
                return self._all.validate_json(raw, strict=True)
            except TypeMismatch:
                pass
        elif raw == b"[]":
            return ()
        self._explain(raw)
        return ()

    def _explain(self, raw: bytes) -> None:
        try:
            items = _split(raw)
            for item, validator in zip(items, self._each, strict=False):
                validator.validate_json(b"[" + bytes(item) + b"]", strict=True)
        except (TypeMismatch, DecodeError, ValidationError, UnicodeDecodeError) as error:
            raise InvalidDataError(_MISMATCH) from error
        if len(items) != self.count:
            raise InvalidDataError(f"Invocation provides {len(items)} argument(s) but target expects {self.count}.")


def _validator(types: Sequence[Any]) -> TypeAdapter[tuple[Any, ...]]:
    array: Any = tuple.__class_getitem__(tuple(types))
    return TypeAdapter(array, config=_CONFIG)


class Value:
    """The declared type of one value: an item of an upload, or the result of a client."""

    __slots__ = ("_validator", "type_name")

    def __init__(self, type_: Any) -> None:
        self.type_name = getattr(type_, "__name__", str(type_))
        self._validator = _validator([type_])

    def from_json(self, raw: bytes) -> Any:
        """Binds a JSON value. Raises InvalidDataError."""
        try:
            return self._validator.validate_json(b"[" + raw + b"]", strict=True)[0]
        except TypeMismatch as error:
            raise InvalidDataError(_first_line(error)) from error


def _first_line(error: TypeMismatch) -> str:
    return "; ".join(str(detail["msg"]) for detail in error.errors(include_url=False, include_input=False))
