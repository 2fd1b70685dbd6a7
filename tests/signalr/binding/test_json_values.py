"""Python values on their way into JSON: camelCase for declared fields, and nothing that is not JSON."""

import dataclasses
import enum
import json
import math
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pydantic.dataclasses
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.signalr.messages import Completion
from app.signalr.protocols.json import JsonHubProtocol

protocol = JsonHubProtocol()


def written(value: Any) -> str:
    """The text of a value as the result of an invocation."""
    text = protocol.encode(Completion("1", value)).decode()
    head, tail = '{"type":3,"invocationId":"1","result":', "}\x1e"
    assert text.startswith(head)
    assert text.endswith(tail)
    return text[len(head) : -len(tail)]


class Line(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    unit_price: Decimal
    shipped_at: datetime | None = None


@dataclasses.dataclass
class Place:
    street_name: str
    is_open: bool
    line: Line | None = None


@pydantic.dataclasses.dataclass
class Checked:
    house_number: int


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 2


class Reading(BaseModel):
    value: float


@dataclasses.dataclass
class Measured:
    reading: Reading


NOON = datetime(2026, 3, 1, 12, 0, 0, 123000, UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (2**53 + 1, "9007199254740993"),
        (1.5, "1.5"),
        ('你好 <b> " \\ \u001e', '"你好 <b> \\" \\\\ \\u001e"'),
        ([1, (2, 3)], "[1,[2,3]]"),
        ({"snake_case": {1: "a"}}, '{"snake_case":{"1":"a"}}'),
        ({3}, "[3]"),
        (b"\x00\xff", '"AP8="'),
        (bytearray(b"ab"), '"YWI="'),
        (NOON, '"2026-03-01T12:00:00.123Z"'),
        (NOON.astimezone(timezone(timedelta(hours=2))), '"2026-03-01T14:00:00.123+02:00"'),
        (NOON.replace(tzinfo=None), '"2026-03-01T12:00:00.123"'),
        (date(2026, 3, 1), '"2026-03-01"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Decimal("1.50"), "1.50"),
        (Colour.RED, '"red"'),
        (Level.HIGH, "2"),
        (
            Line(unit_price=Decimal("1.5"), shipped_at=NOON),
            '{"unitPrice":"1.5","shippedAt":"2026-03-01T12:00:00.123Z"}',
        ),
        ([Line(unit_price=Decimal(1))], '[{"unitPrice":"1","shippedAt":null}]'),
        (Place("Long Lane", is_open=True), '{"streetName":"Long Lane","isOpen":true,"line":null}'),
        (
            {"at": Place("A", is_open=False, line=Line(unit_price=Decimal(2)))},
            '{"at":{"streetName":"A","isOpen":false,"line":{"unitPrice":"2","shippedAt":null}}}',
        ),
        (Checked(7), '{"houseNumber":7}'),
    ],
)
def test_values(value: Any, text: str) -> None:
    assert written(value) == text


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_there_is_no_json_for_nan(number: float) -> None:
    for value in (
        number,
        [None, number],
        {"a": {"b": number}},
        {number},
        Reading(value=number),
        [Measured(Reading(value=number))],
    ):
        with pytest.raises(ValueError, match="not JSON"):
            written(value)


@pytest.mark.parametrize("number", ["NaN", "Infinity"])
def test_nor_for_decimals_that_are_no_numbers(number: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        written({"a": Decimal(number)})


class Opaque:
    pass


def _endless() -> list[Any]:
    circle: list[Any] = []
    circle.append(circle)
    return circle


@pytest.mark.parametrize("value", [Opaque(), [Opaque()], Opaque, "\ud800", {"\ud800": 1}, _endless(), 2**70, 1j])
def test_what_has_no_json_form(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        written(value)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_plain_values_come_back(value: Any) -> None:
    text = written(value)
    assert json.loads(text) == value
    assert "\x1e" not in text


def test_a_mapping_is_no_dictionary() -> None:
    """Only dictionaries are written as objects; a surprise would reach the client as something else."""

    class Lazy(Mapping[str, int]):
        def __getitem__(self, key: str) -> int:
            return 1

        def __iter__(self) -> Any:
            return iter(["a"])

        def __len__(self) -> int:
            return 1

    with pytest.raises(TypeError, match="Lazy"):
        written(Lazy())
