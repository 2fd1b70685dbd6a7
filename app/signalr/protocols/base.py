"""What a hub protocol does. It knows messages and bytes, and nothing of hubs, connections and transports."""

from typing import Any, NamedTuple, Protocol

from ..messages import HubMessage


class Arguments(Protocol):
    """The declared parameters of a hub method, ready to check what a client sent."""

    def from_json(self, raw: bytes) -> tuple[Any, ...]:
        """Binds a JSON array; a wrong type is reported first. Raises InvalidDataError."""

    def from_python(self, values: list[Any], *, enum_names: bool = False) -> tuple[Any, ...]:
        """Binds what a binary protocol has decoded; a wrong count is reported first. Raises InvalidDataError.

        With `enum_names`, members of enumerations come as their names and not as their values.
        """

    def check_count(self, given: int) -> None:
        """Raises InvalidDataError for a wrong number of arguments."""


class SingleValue(Protocol):
    """A declared type, ready to check one value that a client sent."""

    type_name: str

    def from_json(self, raw: bytes) -> Any:
        """Binds a JSON value. Raises InvalidDataError."""

    def from_python(self, value: Any, *, enum_names: bool = False) -> Any:
        """Binds what a binary protocol has decoded; `enum_names` as above. Raises InvalidDataError."""


class Framed(NamedTuple):
    """Where a message lies in a buffer; the next one begins at `next_start`."""

    start: int
    end: int
    next_start: int


class HubProtocol(Protocol):
    """One encoding of the hub protocol. Instances hold no state and serve every connection."""

    name: str
    binary: bool

    def frame(self, buffer: bytes, start: int) -> Framed | None:
        """Returns the message that begins at `start`, or None while it is incomplete."""

    def parse(self, payload: bytes) -> HubMessage | None:
        """Returns a message, or None for a type that this server does not know. Raises InvalidDataError."""

    def bind(self, raw: Any, arguments: Arguments) -> tuple[Any, ...]:
        """Turns the `arguments` of a parsed Invocation into what the method takes. Raises InvalidDataError."""

    def bind_value(self, raw: Any, value: SingleValue) -> Any:
        """Turns the `item` of a StreamItem or the `result` of a Completion into its type. Raises InvalidDataError."""

    def encode(self, message: HubMessage) -> bytes:
        """Returns the message with its framing. Raises TypeError or ValueError for a value that cannot be written."""
