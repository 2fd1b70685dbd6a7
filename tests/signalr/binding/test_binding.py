"""What a client sent against what a method declares: strict, and never more than a binding failure."""

import contextlib
import enum
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict

from app.signalr import HubDefinitionError
from app.signalr.binding.arguments import Signature, Value
from app.signalr.errors import InvalidDataError
from app.signalr.protocols.json import JsonHubProtocol

MISMATCH = (
    "Error binding arguments. Make sure that the types of the provided values match the types of the hub method"
    " being invoked."
)
protocol = JsonHubProtocol()


class Line(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)

    unit_price: Decimal
    note: str = ""


@dataclass
class Point:
    x: int
    y: int


class Named(TypedDict):
    name: str


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 2


Short = Annotated[str, Field(max_length=3)]


def bind(types: list[Any], arguments: str) -> tuple[Any, ...]:
    return protocol.bind(arguments.encode(), Signature(types))


def failure(types: list[Any], arguments: str) -> str:
    with pytest.raises(InvalidDataError) as raised:
        bind(types, arguments)
    return str(raised.value)


@pytest.mark.parametrize(
    ("declared", "sent", "expected"),
    [
        (int, "1", 1),
        (int, "9007199254740993", 2**53 + 1),
        (int, "1" * 40, int("1" * 40)),
        (float, "1", 1.0),
        (float, "1.5e3", 1500.0),
        (bool, "true", True),
        (str, '"你好 😀 \\u001e"', "你好 😀 \x1e"),
        (str, '"\\ud83d\\ude00"', "😀"),
        (str | None, "null", None),
        (int | str, '"a"', "a"),
        (list[int], "[1,2]", [1, 2]),
        (dict[str, list[int]], '{"a":[1]}', {"a": [1]}),
        (tuple[int, str], '[1,"a"]', (1, "a")),
        (bytes, '"AP8="', b"\x00\xff"),
        (bytes, '""', b""),
        (bytes | None, '"+/ +/\\n"', b"\xfb\xff\xbf"),
        (list[bytes], '["AA=="]', [b"\x00"]),
        (datetime, '"2026-03-01T12:00:00Z"', datetime(2026, 3, 1, 12, tzinfo=UTC)),
        (datetime, '"2026-03-01T12:00:00.1234567890123456"', datetime.fromisoformat("2026-03-01T12:00:00.123456")),
        (datetime, '"2026-03-01"', datetime.fromisoformat("2026-03-01T00:00:00")),
        (list[datetime], '["2026-03-01T12:00+00"]', [datetime(2026, 3, 1, 12, tzinfo=UTC)]),
        (date, '"2026-03-01"', date(2026, 3, 1)),
        (dict[date, int], '{"2026-03-01":1}', {date(2026, 3, 1): 1}),
        (UUID, '"00000000-0000-0000-0000-000000000001"', UUID(int=1)),
        (Decimal, '"1.50"', Decimal("1.50")),
        (Colour, '"red"', Colour.RED),
        (Level, "2", Level.HIGH),
        (Literal["a", "b"], '"b"', "b"),
        (Line, '{"unitPrice":"1.5","extra":1}', Line(unitPrice=Decimal("1.5"))),
        (list[Line], '[{"unitPrice":"1","note":"x"}]', [Line(unitPrice=Decimal(1), note="x")]),
        (Point, '{"x":1,"y":2}', Point(1, 2)),
        (Named, '{"name":"n"}', {"name": "n"}),
        (Short, '"abc"', "abc"),
        (Any, '{"a":[null,1.5]}', {"a": [None, 1.5]}),
        (Any, "null", None),
        (object, "1", 1),
    ],
)
def test_values_of_a_type(declared: Any, sent: str, expected: Any) -> None:
    (value,) = bind([declared], f"[{sent}]")
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        (int, '"1"'),
        (int, "1.0"),
        (int, "true"),
        (int, "null"),
        (float, '"1.5"'),
        (bool, "1"),
        (bool, '"true"'),
        (str, "1"),
        (str, "null"),
        (str, '["a"]'),
        (list[int], "1"),
        (list[int], '[1,"2"]'),
        (dict[str, int], "[]"),
        (bytes, '"not base64!"'),
        (bytes, '"AP8"'),
        (bytes, '"AP9="'),
        (bytes, '"-_-_"'),
        (bytes, "1"),
        (datetime, '"yesterday"'),
        (datetime, '"1767225600"'),
        (datetime, "1767225600"),
        (datetime, '"2026-03-01 12:00:00"'),
        (datetime, '"2026-02-30"'),
        (datetime, '"20260301T12"'),
        (date, '"1767225600"'),
        (date, '"2026-03-01T00:00:00"'),
        (UUID, '"1"'),
        (Colour, '"blue"'),
        (Literal["a"], '"b"'),
        (Line, "{}"),
        (Line, '"1"'),
        (Point, '{"x":1}'),
        (Short, '"abcd"'),
        (str, '"\\ud83d"'),
    ],
)
def test_conversions_are_strict(declared: Any, sent: str) -> None:
    assert failure([declared], f"[{sent}]") == MISMATCH


@pytest.mark.parametrize(
    ("types", "arguments", "given", "expected"),
    [
        ([], "[1]", 1, 0),
        ([], "[1,2]", 2, 0),
        ([int], "[]", 0, 1),
        ([int], "[1,2]", 2, 1),
        ([int, str], "[1]", 1, 2),
        ([int, str], '[1,"a",null]', 3, 2),
    ],
)
def test_the_number_of_arguments_must_match(types: list[Any], arguments: str, given: int, expected: int) -> None:
    text = f"Invocation provides {given} argument(s) but target expects {expected}."
    assert failure(types, arguments) == text


def test_a_wrong_type_is_found_before_a_wrong_count() -> None:
    assert failure([int, str], '["a"]') == MISMATCH
    assert failure([int], '["a",1]') == MISMATCH


@pytest.mark.parametrize("arguments", ["[]", "[ ]", "[\n]"])
def test_no_arguments(arguments: str) -> None:
    assert bind([], arguments) == ()


@pytest.mark.parametrize("arguments", ["[" * 100 + "]" * 100, '["\ud800"]', "[1,", "[1]]"])
def test_arguments_that_are_no_json_at_all(arguments: str) -> None:
    for types in ([], [int], [Any]):
        with contextlib.suppress(InvalidDataError):
            protocol.bind(arguments.encode(errors="surrogatepass"), Signature(types))


arrays = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
signatures = st.lists(
    st.sampled_from([int, float, str, bool, bytes, datetime, Decimal, Any, list[int], Line, Point, Colour, Short]),
    max_size=3,
)


@given(signatures, st.lists(arrays, max_size=4).map(lambda items: json.dumps(items).encode()) | st.binary(max_size=20))
@example([str], b'["\xff"]')
@example([int], b"[" + b"9" * 5000 + b"]")
def test_any_arguments_are_bound_or_refused(types: list[Any], arguments: bytes) -> None:
    signature = Signature(types)
    with contextlib.suppress(InvalidDataError):
        assert len(protocol.bind(arguments, signature)) == len(types)


def test_a_type_that_cannot_be_checked_is_refused_at_once() -> None:
    class Opaque:
        pass

    with pytest.raises(HubDefinitionError, match="Opaque"):
        Signature([Opaque])


@pytest.mark.parametrize(
    "declared",
    [
        list[int],
        list[list[int]],
        list[int] | None,
        tuple[int, ...],
        set[int],
        dict[str, int],
        dict[str, list[int]],
        Annotated[list[int], Field(max_length=9)],
    ],
)
@pytest.mark.parametrize("sent", ['["a","b"]', '[["a","b"],["c"]]', '{"a":"b","c":"d"}', '{"a":["b","c"],"d":["e"]}'])
def test_only_the_first_fault_of_a_collection_is_looked_for(declared: Any, sent: str) -> None:
    """Else a message of 32 KiB would keep the server busy for as long as thousands of calls."""
    with pytest.raises(InvalidDataError) as raised:
        Value(declared).from_json(sent.encode())
    assert ";" not in str(raised.value)
