"""A hub with one of everything that a description has to tell."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol, overload

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

from app.signalr import Client, Hub, HubCallerContext, authorize, hub_method_name


class Wire(BaseModel):
    """A model with camelCase on the wire."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Box(Wire):
    """Six sides. */ and a comment that tries to end."""

    kind: Literal["box"] = "box"
    side_lengths: tuple[float, float, float]


class Tube(Wire):
    kind: Literal["tube"] = "tube"
    outer_diameter: float


class Parcel(Wire):
    """Something to send."""

    parcel_id: int
    shape: Annotated[Box | Tube, Field(discriminator="kind", description="What it looks like")]
    colour: Colour = Colour.RED
    note: str | None = None
    labels: dict[Colour, str] = {}
    secret: Annotated[str, Field(exclude=True)] = ""


class Tree(Wire):
    """A model that refers to itself."""

    name: str
    branches: "list[Tree]" = []


class Range(TypedDict, total=False):
    first: int
    last: int


@dataclass
class Place:
    """Not a model."""

    post_code: str
    price: Decimal
    photo: bytes = b""


class DepotClient(Client, Protocol):
    @overload
    async def arrived(self, parcel: Parcel, at: datetime, /) -> None: ...
    @overload
    async def arrived(self, parcel_id: int, /) -> None: ...
    async def arrived(self, *arguments: Any) -> None:
        """The whole parcel, or its number."""

    async def confirm(self, question: str, seconds: int = 10) -> bool:
        """A question that the client answers."""
        raise NotImplementedError

    @hub_method_name("all-done")
    async def over(self) -> None: ...


def stock() -> int:
    return 1


class Depot(Hub[DepotClient]):
    """Takes parcels.

    And gives them back.
    """

    async def store(self, parcel: Parcel, default: int, context: HubCallerContext) -> Parcel:
        """Stores a parcel."""
        return parcel

    async def forget(self, parcel_ids: list[int], stock: Annotated[int, Depends(stock)]) -> None: ...

    async def count(self, range_: Range) -> AsyncIterator[int]:
        """Counts."""
        yield 1

    async def load(self, truck: str, parcels: AsyncIterator[Parcel], last: bool, notes: AsyncIterator[str]) -> int:
        return 1

    async def both(self, numbers: AsyncIterator[int]) -> AsyncIterator[Tree]:
        async for _ in numbers:
            yield Tree(name="")

    async def whatever(self, value: Any) -> Any:
        return value

    async def place(self, photo: bytes) -> Place:
        return Place("", Decimal(1))

    @authorize
    async def close(self) -> None: ...


@authorize
class Vault(Hub):
    async def open(self, code: str) -> None: ...
