"""The base of what hubs send and receive: how names are spelt, and types that JSON knows only as text."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

import pytest
from pydantic import Field

from app.signalr import Payload
from app.signalr.binding.arguments import Value
from app.signalr.binding.json_values import dumps


class Size(IntEnum):
    """Of a parcel."""

    SMALL = 1


class Parcel(Payload):
    """A field of every kind that is stricter in Python than in JSON."""

    parcel_id: UUID | None = None
    sent_at: datetime | None = None
    label: bytes = b""
    size: Size = Size.SMALL


@pytest.mark.parametrize("name", ["sentAt", "SentAt", "sent_at", "sentat", "SENTAT"])
def test_names_are_accepted_however_they_are_spelt(name: str) -> None:
    parcel = Value(Parcel).from_json(b'{"%s":"2026-01-02T03:04:05Z"}' % name.encode())
    assert parcel == Parcel(sent_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


def test_a_payload_survives_the_way_there_and_back() -> None:
    parcel = Parcel(
        parcel_id=UUID(int=7), sent_at=datetime(2026, 1, 2, tzinfo=UTC), label=b"\x00\xff\xfe", size=Size.SMALL
    )
    assert Value(Parcel).from_json(dumps(parcel)) == parcel


class Shelf(Payload):
    """Bytes in all sorts of places."""

    labels: dict[str, list[bytes]] = {}
    seal: bytes | None = None
    first: Parcel | None = None
    inner: "Shelf | None" = None


class Cellar(Shelf):
    """Inherits them."""

    number: int = 0


def test_bytes_leave_in_the_standard_alphabet() -> None:
    raw = b"\xfb\xff\xbf"
    shelf = Cellar(labels={"a": [raw]}, seal=raw, first=Parcel(label=raw), inner=Shelf(seal=raw))
    written = json.loads(dumps(shelf))
    assert written["labels"] == {"a": ["+/+/"]}
    assert written["seal"] == written["first"]["label"] == written["inner"]["seal"] == "+/+/"
    assert Value(Cellar).from_json(dumps(shelf)) == shelf
    assert shelf.model_dump()["seal"] == raw


@pytest.mark.parametrize("text", ["+/+/", "-_-_"])
def test_bytes_arrive_in_either_alphabet(text: str) -> None:
    assert Value(Parcel).from_json(json.dumps({"label": text}).encode()) == Parcel(label=b"\xfb\xff\xbf")


def test_the_schema_says_how_bytes_are_written() -> None:
    label = Parcel.model_json_schema(mode="serialization")["properties"]["label"]
    assert label["type"] == "string"
    assert label["contentEncoding"] == "base64"


class Form(Payload):
    """Its defaults and what it tells about itself look like parts of a schema."""

    question: dict[str, str] = {"type": "datetime"}
    answer: list[dict[str, str]] = Field(default=[{"type": "bytes"}], json_schema_extra={"x-kind": {"type": "time"}})


def test_what_looks_like_a_schema_stays_as_its_author_wrote_it() -> None:
    assert Form().question == {"type": "datetime"}
    assert json.loads(dumps(Form())) == {"question": {"type": "datetime"}, "answer": [{"type": "bytes"}]}
    assert Form.model_json_schema()["properties"]["answer"]["x-kind"] == {"type": "time"}


@dataclass
class Stamp:
    """A dataclass inside a payload."""

    ink: bytes


class Letter(Payload):
    """Bytes that the payload does not declare itself."""

    stamp: Stamp
    copies: list[Stamp] = []
    enclosed: Any = None


def test_bytes_have_one_form_in_dataclasses_and_untyped_fields_too() -> None:
    stamp = Stamp(b"\xfb\xff\xbf")
    letter = Letter(stamp=stamp, copies=[stamp], enclosed=[b"\xfb\xff\xbf", {"a": bytearray(b"\xfb")}, stamp])
    written = json.loads(dumps(letter))
    assert written == {
        "stamp": {"ink": "+/+/"},
        "copies": [{"ink": "+/+/"}],
        "enclosed": ["+/+/", {"a": "+w=="}, {"ink": "+/+/"}],
    }
    assert Value(Letter).from_json(dumps(letter)).copies == [stamp]
