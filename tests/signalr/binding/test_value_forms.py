"""Times and names of fields: the same wherever a value holds them, in both protocols."""

import dataclasses
import json
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Annotated, Any

import pytest
from pydantic import (
    BaseModel,
    Field,
    PlainSerializer,
    RootModel,
    computed_field,
    field_serializer,
    field_validator,
    model_serializer,
)
from pydantic.alias_generators import to_snake

from app.signalr import Payload
from app.signalr.binding.arguments import Value
from app.signalr.binding.model_serializers import ModelSerializers
from app.signalr.protocols.json import JsonHubProtocol
from app.signalr.protocols.messagepack import MessagePackHubProtocol
from tests.signalr.written import in_json, in_messagepack

# Times

NOON = datetime(2026, 3, 1, 12, 0, 0, 120000, UTC)
BERLIN = NOON.astimezone(timezone(timedelta(hours=1)))
NOWHERE = NOON.replace(tzinfo=None)


class Moment(datetime):
    """Some libraries have a class of their own."""


class Stamped(BaseModel):
    at: datetime


class Noted(BaseModel):
    at: Any


class Sent(Payload):
    at: datetime | str


class Shouting(BaseModel):
    """A model with a serializer, which has nothing to do with its time."""

    at: datetime
    text: str = "a"

    @field_serializer("text")
    def shout(self, text: str) -> str:
        return text.upper()


class Derived(BaseModel):
    """Serializers that return times, with and without an annotation."""

    base: datetime

    @computed_field
    def at(self) -> datetime:
        return self.base

    @field_serializer("base")
    def same(self, base: datetime):  # type: ignore[no-untyped-def]  # without an annotation, which Pydantic allows
        return base


@dataclasses.dataclass
class Visit:
    at: Any


HOLDERS: list[Callable[[Any], Any]] = [
    lambda at: {"at": at},
    lambda at: Stamped(at=at),
    lambda at: Noted(at=at),
    lambda at: Noted(at=[Stamped(at=at)]).at[0],
    lambda at: Sent(at=at),
    lambda at: Shouting(at=at),
    lambda at: Derived(base=at),
    Visit,
    lambda at: Visit(Stamped(at=at)).at,
]


@pytest.mark.parametrize("hold", HOLDERS)
@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOON, "2026-03-01T12:00:00.12Z"),
        (BERLIN, "2026-03-01T13:00:00.12+01:00"),
        (NOWHERE, "2026-03-01T12:00:00.12"),
        (NOON.replace(microsecond=0), "2026-03-01T12:00:00Z"),
        (Moment(2026, 3, 1, 12, 0, 0, 120000, UTC), "2026-03-01T12:00:00.12Z"),
    ],
)
def test_a_time_is_written_in_json_as_outside_of_models(
    hold: Callable[[Any], Any], moment: datetime, text: str
) -> None:
    assert in_json(moment) == text
    assert in_json(hold(moment))["at"] == text
    assert in_json([hold(moment)])[0]["at"] == text


@pytest.mark.parametrize("hold", HOLDERS)
@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (NOON, NOON),
        (BERLIN, NOON),
        (NOWHERE, "2026-03-01T12:00:00.12"),
        (Moment(2026, 3, 1, 12, 0, 0, 120000, UTC), NOON),
    ],
)
def test_a_time_is_written_in_messagepack_as_outside_of_models(
    hold: Callable[[Any], Any], moment: datetime, written: Any
) -> None:
    assert in_messagepack(moment) == written
    assert in_messagepack(hold(moment))["at"] == written
    assert in_messagepack([hold(moment)])[0]["at"] == written


def test_times_in_every_kind_of_array_are_the_same() -> None:
    for array in ([NOON], (NOON,), {NOON}, frozenset({NOON}), deque([NOON]), RootModel[list[datetime]]([NOON])):
        assert in_json(array) == ["2026-03-01T12:00:00.12Z"]
        assert in_messagepack(array) == [NOON]


def test_a_time_of_day_has_one_form_too() -> None:
    class Opening(BaseModel):
        at: time

    for written in (in_json, in_messagepack):
        assert written(time(8, 30, 0, 500000)) == written(Opening(at=time(8, 30, 0, 500000)))["at"] == "08:30:00.5"


def test_what_pydantic_writes_of_a_payload_is_what_hubs_send() -> None:
    """Or a route that returns an event would show another text than the push of the same event."""
    sent = Sent(at=NOON)
    assert sent.model_dump(mode="json", by_alias=True) == in_json(sent)
    assert sent.model_dump()["at"] is NOON
    [schema, _] = Sent.model_json_schema(mode="serialization")["properties"]["at"]["anyOf"]
    assert schema == {"type": "string", "format": "date-time"}


# Names of fields


class Line(BaseModel):
    unit_price: int = Field(1, alias="unitPrice")


@dataclasses.dataclass
class Place:
    street_name: str


class Order(Payload):
    """Fields with serializers beside fields without, and something nested in each."""

    order_id: int
    first_line: Line = Line()
    other_lines: list[Line] = [Line()]
    free_text: str = "a"
    plain_place: Place = Place("A")
    wrapped_line: Line = Line()
    anything_else: Any = None

    @field_serializer("free_text")
    def shout(self, text: str) -> str:
        return text.upper()

    @field_serializer("wrapped_line", mode="wrap")
    def wrap(self, line: Line, following: Callable[[Line], Any]) -> Any:
        return [following(line)]

    @computed_field
    def line_count(self) -> int:
        return len(self.other_lines)


class Whole(BaseModel):
    """A serializer for the object as a whole."""

    first_line: Line = Line()

    @model_serializer(mode="wrap")
    def wrap(self, following: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        return {"wrapped": following(self), "free": {"left_alone": self.first_line}}


def kebab(name: str, alias: str | None) -> str:
    """Of the Python name or its alias: both lead to the same."""
    return to_snake(alias or name).replace("_", "-")


ORDER = Order(order_id=7, anything_else={"not_a_field": Line()})
LINE = {"unit-price": 1}


@pytest.mark.parametrize(
    "written",
    [
        lambda value: in_json(value, JsonHubProtocol(field_name=kebab)),
        lambda value: in_messagepack(value, MessagePackHubProtocol(field_name=kebab)),
    ],
    ids=["json", "messagepack"],
)
def test_every_declared_field_has_the_name_that_is_asked_for(written: Callable[[Any], Any]) -> None:
    order = {
        "order-id": 7,
        "first-line": LINE,
        "other-lines": [LINE],
        "free-text": "A",
        "plain-place": {"street-name": "A"},
        "wrapped-line": [LINE],
        "anything-else": {"not_a_field": LINE},
        "line-count": 1,
    }
    assert written(ORDER) == order
    assert written([{"a_key": ORDER}]) == [{"a_key": order}]
    assert written(Place("A")) == {"street-name": "A"}
    assert written(Whole()) == {"wrapped": {"first-line": LINE}, "free": {"left_alone": LINE}}
    assert written(RootModel[list[Order]]([ORDER])) == [order]


def test_by_default_both_protocols_use_the_alias_or_camel_case() -> None:
    for written in (in_json, in_messagepack):
        sent = written(ORDER)
        assert list(sent)[:2] == ["orderId", "firstLine"]
        assert sent["wrappedLine"] == [{"unitPrice": 1}]
        assert written(Place("A")) == {"streetName": "A"}


def test_messagepack_runs_a_serializer_inside_of_a_field_s_type() -> None:
    class Amounts(BaseModel):
        cents: list[Annotated[int, PlainSerializer(lambda cents: f"{cents} ct")]]

    assert in_json(Amounts(cents=[1])) == in_messagepack(Amounts(cents=[1])) == {"cents": ["1 ct"]}


# Names that Pydantic's schemas use themselves


class Typed(Payload):
    """Fields whose names are keys of core schemas."""

    type: str = "a"
    schema_: Sent | None = None
    cls: datetime = NOON
    serialization: bytes = b"a"
    default: datetime = NOON
    loud: int = 1

    @field_serializer("loud")
    def shout(self, loud: int) -> str:
        return f"{loud}!"


class PlainTyped(BaseModel):
    """The same in a plain model, inside of another one."""

    type: datetime = NOON
    fields: list[Typed] = [Typed()]


def test_fields_may_have_the_names_of_keys_of_schemas() -> None:
    written = {"type": "a", "schema_": None, "cls": "2026-03-01T12:00:00.12Z", "serialization": "YQ=="}
    written |= {"default": "2026-03-01T12:00:00.12Z", "loud": "1!"}
    assert in_json(Typed()) == json.loads(Typed().model_dump_json(by_alias=True)) == written
    assert in_json(PlainTyped()) == {"type": "2026-03-01T12:00:00.12Z", "fields": [written]}
    assert in_messagepack(PlainTyped())["fields"] == [written | {"cls": NOON, "default": NOON, "serialization": b"a"}]
    assert in_json(Typed(), JsonHubProtocol(field_name=kebab))["serialization"] == "YQ=="


def test_a_schema_with_such_fields_can_be_read_by_names_of_members() -> None:
    assert Value(PlainTyped).from_python({"type": NOON, "fields": []}, enum_names=True) == PlainTyped(fields=[])


class Checked(BaseModel):
    """Validators, a model inside, and nothing that is written differently."""

    line: Line = Line()
    size: int = 1
    seal: bytes = b""

    @field_validator("size")
    @classmethod
    def check(cls, size: int) -> int:
        return size


def test_a_class_that_is_written_as_pydantic_writes_it_keeps_its_own_serializer() -> None:
    serializers = ModelSerializers(None, lambda value: value)
    for kind in (Checked, Line, Sent):
        assert serializers.of(kind) is kind.__pydantic_serializer__
    assert serializers.of(Stamped) is not Stamped.__pydantic_serializer__
    assert serializers.of(Stamped) is serializers.of(Stamped)
