"""What is fuzzed. A target takes any bytes and tells what became of them; whatever it raises is a fault."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any, Protocol
from uuid import UUID

import msgspec
from msgspec import UNSET

from app.signalr import Payload
from app.signalr.binding.arguments import Signature, Value
from app.signalr.connection.handshake import HandshakeError, error_response, parse_handshake
from app.signalr.errors import InvalidDataError, error_text
from app.signalr.messages import Close, Completion, HubMessage, Invocation, StreamItem
from app.signalr.protocols.base import HubProtocol
from app.signalr.protocols.json import JsonHubProtocol
from app.signalr.protocols.messagepack import MessagePackHubProtocol
from app.signalr.transports.frame_reader import FrameError, FrameReader
from tests.fuzz.mutation import Mutator
from tests.fuzz.samples import (
    BINARY_BODIES,
    BINARY_MESSAGES,
    FRAMES,
    HANDSHAKE_TEXTS,
    HANDSHAKES,
    JSON_MESSAGES,
    JSON_TEXTS,
    SEPARATOR,
    binary,
    json_text,
    with_length,
)

JSON = JsonHubProtocol()
MESSAGE_PACK = MessagePackHubProtocol()


class Order(Payload):
    """A model among the parameters."""

    order_id: int
    lines: list[dict[str, str | None]] = []
    at: datetime | None = None


TYPES: tuple[Any, ...] = (
    *(Any, int, float, bool, str, bytes, None, datetime, date, UUID, Decimal, Order, list[Any], dict[str, Any]),
    *(int | None, list[int], dict[str, float], tuple[int, str], set[int], Order | str, list[Order | None]),
)
VALUES = [*map(Value, TYPES), *[Value(Any)] * 15]
ANYTHING = [Signature([Any] * count) for count in range(5)]
SIGNATURES = [*ANYTHING * 3, *ANYTHING[1:2] * 20, *(Signature([type_]) for type_ in TYPES)]
SIGNATURES += [Signature([int, str, float, bool])]


class Target(Protocol):
    """One thing to fuzz."""

    name: str

    def inputs(self, random: Random) -> Callable[[], bytes]:
        """An endless supply of input."""

    def outcome(self, data: bytes, random: Random) -> str:
        """What became of the input, in a few words of which there are not many."""


class ProtocolTarget:
    """A hub protocol: framing, parsing, binding to all kinds of types, and what an echo of it would write."""

    def __init__(self, protocol: HubProtocol) -> None:
        self.name = protocol.name
        self._protocol = protocol

    def inputs(self, random: Random) -> Callable[[], bytes]:
        if self._protocol.binary:
            odd = (b"", b"\x00\xff", datetime(1, 1, 1, tzinfo=UTC), msgspec.msgpack.Ext(5, b"?"), {1: 2}, {None: [1]})
            return Mutator(random, BINARY_BODIES, BINARY_MESSAGES, binary, odd)
        return Mutator(
            random, JSON_TEXTS, JSON_MESSAGES, json_text, ("\ud800", {"\ud800": 1}, 10**30, 2**64, float("inf"))
        )

    def outcome(self, data: bytes, random: Random) -> str:
        self._frame(data)
        self._frame(with_length(data) if self._protocol.binary else data + SEPARATOR)
        try:
            message = self._protocol.parse(data)
        except InvalidDataError as error:
            self._protocol.encode(Close(error_text("Refused.", error, detailed=True)))
            return f"refused as {type(error).__name__}"
        return "ignored" if message is None else type(message).__name__ + self._use(message, random)

    def _frame(self, data: bytes) -> None:
        start = 0
        try:
            while (framed := self._protocol.frame(data, start)) is not None:
                assert start <= framed.start <= framed.end <= framed.next_start <= len(data)
                assert framed.next_start > start
                start = framed.next_start
        except InvalidDataError:
            pass

    def _use(self, message: HubMessage, random: Random) -> str:
        """Binds as a hub does; answers with what was bound, as an echo does."""
        try:
            if isinstance(message, Invocation):
                results = self._protocol.bind(message.arguments, random.choice(SIGNATURES))
            elif isinstance(message, StreamItem):
                results = (self._protocol.bind_value(message.item, random.choice(VALUES)),)
            elif isinstance(message, Completion) and message.result is not UNSET:
                results = (self._protocol.bind_value(message.result, random.choice(VALUES)),)
            else:
                return ""
        except InvalidDataError as error:
            self._protocol.encode(Completion("1", UNSET, error_text("Refused.", error, detailed=True)))
            return ", not bound"
        for protocol in (JSON, MESSAGE_PACK):
            try:
                protocol.encode(Completion("1", results))
            except (TypeError, ValueError):
                return ", bound, no echo"
        return ", bound"


class FrameTarget:
    """The WebSocket frame reader: the same outcome however the bytes are cut."""

    name = "frames"

    def inputs(self, random: Random) -> Callable[[], bytes]:
        return Mutator(random, FRAMES)

    def outcome(self, data: bytes, random: Random) -> str:
        whole = Reading(data)
        cut = Reading(*pieces(data, random))
        assert (whole.error, whole.close_code, whole.pings) == (cut.error, cut.close_code, cut.pings)
        assert len(whole.data) <= len(data)
        if whole.error is None:
            assert whole.data == cut.data
            return "closed" if whole.close_code is not None else "read" if whole.data else "waiting"
        return f"refused with {whole.error}"


class Reading(FrameReader):
    """What a reader makes of some chunks, up to the first fault."""

    def __init__(self, *chunks: bytes) -> None:
        super().__init__()
        self.data = b""
        self.pings: list[bytes] = []
        self.close_code: int | None = None
        self.error: int | None = None
        try:
            for chunk in chunks:
                self.feed(chunk)
                assert len(self._head) < 14 + 125
        except FrameError as error:
            self.error = error.code

    def on_data(self, data: bytes) -> None:
        self.data += data

    def on_ping(self, payload: bytes) -> None:
        self.pings.append(bytes(payload))

    def on_close(self, code: int) -> None:
        self.close_code = self.close_code or code


class HandshakeTarget:
    """The first message of a connection."""

    name = "handshake"
    _protocols: Mapping[str, HubProtocol] = {"json": JSON, "messagepack": MESSAGE_PACK}

    def inputs(self, random: Random) -> Callable[[], bytes]:
        return Mutator(random, HANDSHAKE_TEXTS, HANDSHAKES, json_text, ("json", "JSON", "\ud800", 10**30, 2.0))

    def outcome(self, data: bytes, random: Random) -> str:
        try:
            agreed = parse_handshake(
                data, self._protocols, carries_binary=random.random() < 0.5, detailed=random.random() < 0.5
            )
        except HandshakeError as error:
            response = error_response(str(error))
            assert response.endswith(SEPARATOR)
            assert set(msgspec.json.decode(response[:-1])) == {"error"}
            return "refused"
        assert agreed.version <= 2
        return f"agreed on {agreed.protocol.name}"


def pieces(data: bytes, random: Random) -> Iterator[bytes]:
    """The same bytes in chunks of random size."""
    longest = random.choice((1, 2, 7, 40, 5000)) if len(data) < 2000 else 5000
    start = 0
    while start < len(data):
        end = start + random.randint(1, longest)
        yield data[start:end]
        start = end


PARSERS: tuple[Target, ...] = (ProtocolTarget(JSON), ProtocolTarget(MESSAGE_PACK), FrameTarget(), HandshakeTarget())
