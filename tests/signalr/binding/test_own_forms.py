"""Types that decide for themselves what they are in MessagePack, and validators that raise what they like."""

import json
from collections import defaultdict, deque
from datetime import timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Any, Generic, NamedTuple, Self, TypeVar

import msgspec
import pytest
from fastapi import FastAPI
from pydantic import AfterValidator, BaseModel, Field, RootModel, SecretStr, computed_field, field_serializer

from app.signalr import Hub, HubOptions, map_hub
from app.signalr.binding.arguments import Signature
from app.signalr.errors import HubDefinitionError, InvalidDataError
from app.signalr.messages import Completion
from app.signalr.protocols.json import JsonHubProtocol
from app.signalr.protocols.messagepack import MessagePackHubProtocol
from tests.signalr.harness import binding_failure, serving

pytestmark = pytest.mark.anyio
T = TypeVar("T")


class Letter(RootModel[str]):
    """A text in JSON, a number in MessagePack."""

    @classmethod
    def from_messagepack(cls, value: Any) -> Self:
        return cls(chr(value))

    def to_messagepack(self) -> int:
        return ord(self.root)


class Word(BaseModel):
    """One inside another."""

    first: Letter
    rest: list[Letter]


@pytest.mark.parametrize(
    ("declared", "sent", "bound"),
    [
        (Letter, 97, Letter("a")),
        (Letter | None, None, None),
        (list[Letter], [97, 98], [Letter("a"), Letter("b")]),
        (dict[str, Letter], {"a": 97}, {"a": Letter("a")}),
    ],
)
def test_a_form_of_its_own_is_read(declared: Any, sent: Any, bound: Any) -> None:
    assert Signature([declared]).from_python([sent]) == (bound,)


@pytest.mark.parametrize("sent", ["a", -1, None, [97]])
def test_what_is_not_of_that_form_is_refused(sent: Any) -> None:
    with pytest.raises(InvalidDataError, match="Error binding arguments"):
        Signature([Letter]).from_python([sent])


def test_a_form_of_its_own_is_written_however_deep() -> None:
    word = Word(first=Letter("a"), rest=[Letter("b")])
    message = MessagePackHubProtocol().encode(Completion("1", defaultdict(list, {"word": [word]})))
    assert msgspec.msgpack.decode(message[1:])[4] == {"word": [{"first": 97, "rest": [98]}]}


def _stumble(_: int) -> int:
    raise LookupError("nothing there")


async def test_a_validator_that_raises_fails_the_call_and_nothing_else() -> None:
    class Careless(Hub):
        async def take(self, number: Annotated[int, AfterValidator(_stumble)]) -> None:
            """Never gets as far."""

    async with serving(Careless, options=HubOptions(enable_detailed_errors=True)) as bench:
        client = await bench.connect()
        assert await client.invoke("Take", 1) == binding_failure("Take", "LookupError: nothing there")


def test_generic_arguments_are_refused() -> None:
    class Open(Hub):
        async def take(self, values: list[T]) -> T:
            return values[0]

    with pytest.raises(HubDefinitionError, match=r"Open\.take: 'values' is generic"):
        map_hub(FastAPI(), "/hub", Open)


def test_a_generic_model_is_no_generic_argument() -> None:
    class Box(BaseModel, Generic[T]):
        content: T

    class Closed(Hub):
        async def take(self, box: Box[int]) -> None:
            """Of a known type."""

    map_hub(FastAPI(), "/hub", Closed)


class Account(BaseModel):
    """What is left out, made and changed on the way out, is so in both protocols."""

    name: str
    password: str = Field(default="secret", exclude=True)

    @computed_field
    def initial(self) -> str:
        return self.name[0]


class Shouted(BaseModel):
    text: str

    @field_serializer("text")
    def shout(self, text: str) -> str:
        return text.upper()


class Point(NamedTuple):
    x: int
    y: int


class Name(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Account(name="ada"), {"name": "ada", "initial": "a"}),
        (Shouted(text="hi"), {"text": "HI"}),
        ([Shouted(text="hi")], [{"text": "HI"}]),
        (RootModel[list[int]]([1, 2]), [1, 2]),
        (Point(1, 2), [1, 2]),
        (Name("ada"), "ada"),
        (timedelta(hours=1), "PT1H"),
        (Path("/a"), "/a"),
        (IPv4Address("127.0.0.1"), "127.0.0.1"),
        (SecretStr("hush"), "**********"),
        (deque([1]), [1]),
    ],
)
def test_both_protocols_write_the_same(value: Any, written: Any) -> None:
    message = Completion("1", value)
    assert json.loads(JsonHubProtocol().encode(message)[:-1])["result"] == written
    assert msgspec.msgpack.decode(MessagePackHubProtocol().encode(message)[1:])[4] == written
