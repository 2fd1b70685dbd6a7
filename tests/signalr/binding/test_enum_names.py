"""Members of enumerations by name, as .NET clients write them in MessagePack: both ways, however deep."""

import enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from app.signalr import Payload
from app.signalr.binding.arguments import Signature, Value
from app.signalr.errors import InvalidDataError
from app.signalr.protocols.messagepack import MessagePackHubProtocol
from tests.signalr.written import in_messagepack


class Colour(enum.Enum):
    RED = "#f00"
    GREEN = "#0f0"


class Level(enum.IntEnum):
    HIGH = 2


class Access(enum.Flag):
    WRITE = 2
    READ = 1
    RUN = 4
    READ_AND_RUN = 5


class Bits(enum.IntFlag):
    NONE = 0
    ONE = 1


class Apple(BaseModel):
    kind: Literal[Colour.RED] = Colour.RED
    size: Level = Level.HIGH


class Pear(BaseModel):
    kind: Literal[Colour.GREEN] = Colour.GREEN


class Basket(Payload):
    main_colour: Colour
    by_level: dict[Level, list[Colour]] = {}
    fruit: Annotated[Apple | Pear, Field(discriminator="kind")] = Apple()


NAMES = MessagePackHubProtocol(enum_names=True)


@pytest.mark.parametrize(
    ("declared", "value", "written"),
    [
        (Colour, Colour.RED, "RED"),
        (Level, Level.HIGH, "HIGH"),
        (Colour | None, Colour.GREEN, "GREEN"),
        (list[Colour], [Colour.RED], ["RED"]),
        (Access, Access.READ, "READ"),
        (Access, Access.READ | Access.WRITE, "READ, WRITE"),
        (Access, Access.READ | Access.RUN, "READ_AND_RUN"),
        (Access, Access(0), "0"),
        (Literal[Access(3)], Access(3), "READ, WRITE"),
        (dict[Access, Bits], {Access(3): Bits(9)}, {"READ, WRITE": "9"}),
        (Bits, Bits(0), "NONE"),
        (dict[Colour, int], {Colour.RED: 1}, {"RED": 1}),
        (Literal[Colour.RED], Colour.RED, "RED"),
        (
            Basket,
            Basket(main_colour=Colour.GREEN, by_level={Level.HIGH: [Colour.RED]}, fruit=Pear()),
            {"mainColour": "GREEN", "byLevel": {"HIGH": ["RED"]}, "fruit": {"kind": "GREEN"}},
        ),
        (
            Apple | Pear,
            Apple(),
            {"kind": "RED", "size": "HIGH"},
        ),
    ],
)
def test_members_of_enumerations_are_written_and_read_by_name(declared: Any, value: Any, written: Any) -> None:
    assert in_messagepack(value, NAMES) == written
    assert NAMES.bind([written], Signature([declared])) == (value,)
    assert NAMES.bind_value(written, Value(declared)) == value


@pytest.mark.parametrize(
    ("declared", "sent"),
    [
        (Colour, "red"),
        (Colour, "#f00"),
        (Level, 2),
        (Level, None),
        (Literal[Colour.RED], "#f00"),
        (Colour, ["RED"]),
        (Access, "READ|WRITE"),
        (Access, "read, WRITE"),
        (Access, ""),
        (Access, "READ,"),
        (Access, "8"),
        (Access, 1),
    ],
)
def test_nothing_but_a_name_is_taken(declared: Any, sent: Any) -> None:
    with pytest.raises(InvalidDataError, match="Error binding arguments"):
        NAMES.bind([sent], Signature([declared]))


def test_without_the_option_members_are_their_values() -> None:
    protocol = MessagePackHubProtocol()
    assert in_messagepack({Colour.RED: Level.HIGH}, protocol) == {"#f00": 2}
    assert protocol.bind(["#f00", 2], Signature([Colour, Level])) == (Colour.RED, Level.HIGH)
    with pytest.raises(InvalidDataError):
        protocol.bind(["RED"], Signature([Colour]))
