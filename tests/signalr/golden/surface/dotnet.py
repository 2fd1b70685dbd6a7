"""Values of .NET that Python's own types cannot hold, each with one form in JSON and another in MessagePack.

In JSON they are read and written by Pydantic. In MessagePack they use `from_messagepack` and `to_messagepack`.
"""

import re
import struct
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, ConfigDict, Field, GetCoreSchemaHandler, RootModel
from pydantic_core import CoreSchema, core_schema

_TICKS = 10_000_000
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d)?(\.\d{1,7})?(Z|[+-]\d\d:\d\d)?")
_SPAN = re.compile(r"(-)?(?:(\d+)\.)?(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?")


def _moment(text: str) -> str:
    """ISO 8601 with up to seven digits of a second, as few as it takes; a day alone is its midnight."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        raise ValueError("not a point in time")
    day, time, fraction, zone = found.groups(default="")
    moment = f"{day}{time or 'T00:00:00'}"
    datetime.fromisoformat(moment)
    return f"{moment}{fraction.rstrip('0').rstrip('.')}{zone}"


def _at(text: str) -> datetime:
    """The same to the microsecond."""
    found = _MOMENT.fullmatch(text)
    assert found is not None
    day, time, fraction, zone = found.groups(default="")
    return datetime.fromisoformat(f"{day}{time}{fraction[:7]}{zone.replace('Z', '+00:00')}")


def _text(moment: datetime) -> str:
    return _moment(moment.isoformat()).replace("+00:00", "Z")


class DateTime(RootModel[Annotated[str, AfterValidator(_moment)]]):
    """A point in time to 100 ns, in UTC or in nobody's time zone; in MessagePack a timestamp."""

    @classmethod
    def from_messagepack(cls, value: Any) -> Self:
        if not isinstance(value, datetime):
            raise TypeError("not a timestamp")
        return cls(_text(value))

    def to_messagepack(self) -> datetime:
        return _at(self.root)


class DateTimeOffset(RootModel[Annotated[str, AfterValidator(lambda text: _moment(text).replace("Z", "+00:00"))]]):
    """A point in time and the time zone it was seen in; in MessagePack a timestamp and minutes."""

    @classmethod
    def from_messagepack(cls, value: Any) -> Self:
        moment, minutes = value
        return cls(moment.astimezone(timezone(timedelta(minutes=minutes))).isoformat())

    def to_messagepack(self) -> list[Any]:
        moment = _at(self.root)
        offset = moment.utcoffset() or timedelta()
        return [moment.astimezone(UTC), offset // timedelta(minutes=1)]


class Day(RootModel[date]):
    """A date; in MessagePack the number of days since the first day of year one."""

    @classmethod
    def from_messagepack(cls, value: Any) -> Self:
        return cls(date.fromordinal(value + 1))

    def to_messagepack(self) -> int:
        return self.root.toordinal() - 1


def _ticks(text: str) -> int:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError("not a duration")
    sign, days, hours, minutes, seconds, fraction = found.groups(default="")
    whole = timedelta(days=int(days or 0), hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    ticks = whole // timedelta(seconds=1) * _TICKS + int(fraction.ljust(7, "0"))
    return -ticks if sign else ticks


def _span(ticks: int) -> str:
    seconds, fraction = divmod(abs(ticks), _TICKS)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    text = f"{hours:02}:{minutes:02}:{seconds:02}" + (f".{fraction:07}" if fraction else "")
    return ("-" if ticks < 0 else "") + (f"{days}." if days else "") + text


class TimeSpan(RootModel[Annotated[str, AfterValidator(lambda text: _span(_ticks(text)))]]):
    """A duration to 100 ns; in MessagePack the number of these."""

    @classmethod
    def from_messagepack(cls, value: Any) -> Self:
        return cls(_span(value))

    def to_messagepack(self) -> int:
        return _ticks(self.root)


class Character(RootModel[Annotated[str, Field(min_length=1, max_length=1)]]):
    """A single character; in MessagePack its number."""

    @classmethod
    def from_messagepack(cls, value: Any) -> Self:
        return cls(chr(value))

    def to_messagepack(self) -> int:
        return ord(self.root)


class Binary(RootModel[bytes]):
    """Bytes; MessagePack may also send them as an array of numbers, or as text."""

    model_config = ConfigDict(val_json_bytes="base64", ser_json_bytes="base64")

    @classmethod
    def from_messagepack(cls, value: Any) -> Self:
        return cls(value.encode() if isinstance(value, str) else bytes(value))

    def to_messagepack(self) -> bytes:
        return self.root


class Kind(RootModel[Annotated[int, Field(ge=-(2**31), lt=2**31)]]):
    """An enumeration, which takes any number; in MessagePack one of its names."""

    @classmethod
    def from_messagepack(cls, value: Any) -> Self:
        return cls(_KINDS.index(value))

    def to_messagepack(self) -> str | int:
        return _KINDS[self.root] if 0 <= self.root < len(_KINDS) else self.root


_KINDS = ("Parcel", "Pallet")


class Exact(Decimal):
    """A decimal number; in MessagePack always a text."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(cls, handler(Decimal))

    @classmethod
    def from_messagepack(cls, value: Any) -> Self:
        if not isinstance(value, str):
            raise TypeError("not a text")
        return cls(value)

    def to_messagepack(self) -> str:
        return str(self)


def _single(number: float) -> float:
    """The shortest number of those that single precision cannot tell from this one."""
    packed = struct.pack("f", number)
    exact: float = struct.unpack("f", packed)[0]
    shorter = (float(f"{exact:.{digits}g}") for digits in range(1, 9))
    return next((short for short in shorter if struct.pack("f", short) == packed), exact)


Single = Annotated[float, AfterValidator(_single)]
