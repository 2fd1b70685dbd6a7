"""Methods that give back what they get, bound to a type."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from app.signalr import Hub, Payload
from tests.signalr.golden.surface.dotnet import (
    Binary,
    Character,
    DateTime,
    DateTimeOffset,
    Day,
    Exact,
    Kind,
    Single,
    TimeSpan,
)

# Any text parameter of the recorded server takes null as well.
Text = str | None
Int32 = Annotated[int, Field(ge=-(2**31), lt=2**31)]
Int64 = Annotated[int, Field(ge=-(2**63), lt=2**63)]
Uint64 = Annotated[int, Field(ge=0, lt=2**64)]
Byte = Annotated[int, Field(ge=0, lt=2**8)]


class Item(Payload):
    """An object with a field of most kinds; every field has a default. MessagePack knows its names as declared."""

    name: Text = None
    quantity: Int32 = 0
    at: DateTime | None = None
    data: Binary | None = None
    kind: Kind = Kind(0)

    @classmethod
    def from_messagepack(cls, value: Any) -> Self:
        if not isinstance(value, dict):
            raise TypeError("not a map")
        sent = {name: value[name] for name in _PACKERS.keys() & value.keys()}
        return cls(**{name.lower(): item if item is None else _PACKERS[name](item) for name, item in sent.items()})


_PACKERS: Mapping[str, Callable[[Any], Any]] = {
    "Name": str,
    "Quantity": int,
    "At": DateTime.from_messagepack,
    "Data": Binary.from_messagepack,
    "Kind": Kind.from_messagepack,
}


@dataclass
class Nested:
    """A property inside a property."""

    at_time: int = 1


@dataclass
class Anonymous:
    """Declared fields, which change their case on the wire, and a dictionary, which does not."""

    order_id: int = 7
    status: str = "Shipped"
    nested: Nested = field(default_factory=Nested)
    map: dict[str, int] = field(default_factory=lambda: {"KeepCase": 1})


@dataclass
class SelfContaining:
    """An object that contains itself, so that no protocol can write it."""

    itself: "SelfContaining | None" = None

    def __post_init__(self) -> None:
        self.itself = self


class Values(Hub):
    """Arguments in, results out."""

    async def echo(self, message: Text) -> Text:
        return message

    async def add(self, a: Int32, b: Int32) -> int:
        return a + b

    async def default(self, a: Int32, b: Int32 = 5) -> int:
        return a + b

    async def echo_long(self, v: Int64) -> int:
        return v

    async def echo_ulong(self, v: Uint64) -> int:
        return v

    async def echo_byte(self, v: Byte) -> int:
        return v

    async def echo_double(self, v: float) -> float:
        return v

    async def echo_float(self, v: Single) -> float:
        return v

    async def echo_decimal(self, v: Exact) -> Exact:
        return v

    async def echo_bool(self, v: bool) -> bool:
        return v

    async def echo_char(self, v: Character) -> Character:
        return v

    async def echo_guid(self, v: UUID) -> UUID:
        return v

    async def echo_date(self, v: DateTime) -> DateTime:
        return v

    async def echo_offset(self, v: DateTimeOffset) -> DateTimeOffset:
        return v

    async def echo_day(self, v: Day) -> Day:
        return v

    async def echo_span(self, v: TimeSpan) -> TimeSpan:
        return v

    async def echo_bytes(self, v: Binary | None) -> Binary | None:
        return v

    async def echo_kind(self, v: Kind) -> Kind:
        return v

    async def echo_nullable(self, v: Int32 | None) -> int | None:
        return v

    async def echo_ints(self, v: list[Int32] | None) -> list[int] | None:
        return v

    async def echo_map(self, v: dict[str, Int32]) -> dict[str, int]:
        return v

    async def echo_item(self, item: Item | None) -> Item | None:
        return item

    async def echo_items(self, v: list[Item]) -> list[Item]:
        return v

    async def echo_object(self, v: Any) -> Any:
        return v

    async def nothing(self) -> None:
        """A method without a result."""

    async def nothing_async(self) -> None:
        """The same; the recorded server tells them apart."""

    async def value_task_nothing(self) -> None:
        """The same."""

    async def null(self) -> Text:
        return None

    async def value_task_result(self) -> int:
        return 7

    async def anonymous(self) -> Anonymous:
        return Anonymous()

    async def nan(self) -> float:
        return math.nan

    async def loop(self) -> SelfContaining:
        return SelfContaining()

    async def blob(self, size: Int32) -> str:
        return "x" * size
