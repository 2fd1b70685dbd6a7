"""A client that follows the protocol to the letter and checks that the server does: nothing lost, nothing doubled."""

import json
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import UNSET
from starlette.requests import HTTPConnection

from app.signalr import ANONYMOUS
from app.signalr.connection.connection import HubConnection
from app.signalr.connection.served_hub import ServedHub
from app.signalr.hosting.negotiate import new_id
from app.signalr.messages import COUNTED, Ack, Close, Completion, HubMessage, Invocation, StreamInvocation, StreamItem
from app.signalr.messages import Sequence as SequenceMessage
from app.signalr.outgoing.encoded import Encoded
from app.signalr.protocols.base import HubProtocol
from tests.signalr.memory_transport import MemoryTransport

CHUNK = 1024
"""The most bytes that a socket delivers at once."""

RECONNECT_WINDOW = 3600.0


class Socket(MemoryTransport):
    """What the server writes stays in `inbox` until the client reads, and is lost with the socket."""

    def __init__(self, connection: HubConnection) -> None:
        super().__init__(connection)
        self.inbox: deque[bytes] = deque()

    def write(self, messages: Sequence[Encoded]) -> bool:
        if self.is_open:
            self.inbox.extend(message.payload for message in messages)
        return self.keeps_up

    def lose(self, error: Exception | None = None) -> None:
        """The network breaks."""
        self.inbox.clear()
        super().lose(error)


@dataclass
class Request:
    """A call of a hub method that was not answered yet; `uploaded` has the items of each of its uploads."""

    method: str
    argument: Any = None
    items: list[Any] = field(default_factory=list)
    uploaded: dict[str, list[Any]] = field(default_factory=dict)
    open_uploads: list[str] = field(default_factory=list)
    is_cancelled: bool = False
    is_spoilt: bool = False
    """An upload of it has failed, or had an item of a wrong type."""


class Peer:
    """One client of one hub; `wire` holds what it has sent and the server has not received yet."""

    def __init__(self, runtime: ServedHub, protocol: HubProtocol, *, stateful: bool = False) -> None:
        scope = {"type": "websocket", "path": "/", "query_string": b"", "headers": []}
        http = HTTPConnection(scope)
        window = RECONNECT_WINDOW if stateful else None
        self.connection = HubConnection(runtime, new_id(), ANONYMOUS, http, reconnect_window=window)
        self.protocol = protocol
        self.stateful = stateful
        self.requests: dict[str, Request] = {}
        self.questions: deque[str] = deque()
        self.told: list[Any] = []
        self.close_message: Close | None = None
        self.may_end = False
        """Something was done that allows the server to end the connection."""
        self.is_wild = False
        """Something was sent that makes no sense: nothing is expected any more but that the others do not notice."""
        self._ids = 0
        self._last_echo = -1
        self._shaken = False
        self._unacked: deque[bytes] = deque()
        self._sent = 0
        self._next = 1
        self.received = 0
        self._in_step = True
        self.socket = Socket(self.connection)
        self.connection.attach(self.socket)
        handshake = {"protocol": protocol.name, "version": 2 if stateful else 1}
        self.wire = json.dumps(handshake).encode() + b"\x1e"

    @property
    def can_resume(self) -> bool:
        """Whether another socket may go on: if the server still knows the connection, and this client ever did."""
        return self._shaken and self.connection.can_resume

    # Out

    def call(self, method: str, *arguments: Any, stream: bool = False, uploads: int = 0) -> Request:
        """Calls a method that will be answered."""
        identifier, *stream_ids = [str(self._ids + number) for number in range(1 + uploads)]
        self._ids += 1 + uploads
        request = Request(method, arguments[0] if arguments else None)
        request.uploaded = {stream_id: [] for stream_id in stream_ids}
        request.open_uploads = stream_ids
        self.requests[identifier] = request
        kind = StreamInvocation if stream else Invocation
        self.write(kind(method, arguments, identifier, tuple(stream_ids)))
        return request

    def write(self, message: HubMessage) -> None:
        """Sends a message; a stateful client keeps what counts until it is acknowledged."""
        data = self.protocol.encode(message)
        if self.stateful and isinstance(message, COUNTED):
            self._sent += 1
            self._unacked.append(data)
        if self.socket.is_open:
            self.wire += data

    def acknowledge(self) -> None:
        """Says what has arrived, so that the server may forget it."""
        if self.stateful:
            self.write(Ack(self.received))

    def deliver(self, sizes: Iterable[int] = (), keep: int = 0) -> None:
        """Hands the wire to the server, in chunks of these sizes first, as long as it reads; `keep` bytes stay."""
        cuts = iter(sizes)
        while self.socket.reading and self.socket.is_open and (room := len(self.wire) - keep) > 0:
            size = min(next(cuts, CHUNK), room, CHUNK)
            chunk, self.wire = self.wire[:size], self.wire[size:]
            self.connection.receive(chunk)

    def resume(self) -> None:
        """Opens another socket, and says from where it goes on."""
        self._in_step = False
        self.socket = Socket(self.connection)
        self.connection.attach(self.socket)
        first = self._sent - len(self._unacked) + 1
        self.wire = self.protocol.encode(SequenceMessage(first)) + b"".join(self._unacked)

    # In

    def read(self, count: int | None = None) -> bool:
        """Reads so many of the server's messages (None: all); whether there were any."""
        amount = len(self.socket.inbox) if count is None else min(count, len(self.socket.inbox))
        for _ in range(amount):
            self._take(self.socket.inbox.popleft())
        return amount > 0

    def _take(self, payload: bytes) -> None:
        if not self._shaken:
            self._shaken = True
            assert payload == b"{}\x1e" or self.is_wild, payload
            return
        start = 0
        while (framed := self.protocol.frame(payload, start)) is not None:
            message = self.protocol.parse(payload[framed.start : framed.end])
            start = framed.next_start
            assert message is not None
            if self._is_new(message) and not self.is_wild:
                self._handle(message)
        assert start == len(payload)

    def _is_new(self, message: HubMessage) -> bool:
        if not self.stateful:
            return True
        if isinstance(message, SequenceMessage):
            assert message.sequence_id <= self.received + 1, "messages are missing"
            self._next = message.sequence_id
            self._in_step = True
        if not isinstance(message, COUNTED) or not self._in_step:
            return self._in_step
        number = self._next
        self._next += 1
        if number <= self.received:
            return False
        assert number == self.received + 1
        self.received = number
        return True

    def _handle(self, message: HubMessage) -> None:
        match message:
            case Invocation(target="Told"):
                self.told.append(self._plain(message.arguments)[0])
            case Invocation(target="Question", invocation_id=str(identifier)):
                self.questions.append(identifier)
            case StreamItem():
                self.requests[message.invocation_id].items.append(self._plain(message.item))
            case Completion():
                self._completed(message)
            case Ack():
                assert self.stateful
                while self._unacked and self._sent - len(self._unacked) < message.sequence_id:
                    self._unacked.popleft()
            case Close():
                self.close_message = message

    def _completed(self, message: Completion) -> None:
        request = self.requests.pop(message.invocation_id)
        result = None if message.result is UNSET else self._plain(message.result)
        if request.method == "Echo":
            number = int(message.invocation_id)
            assert number > self._last_echo, "answered out of order"
            self._last_echo = number
        check(request, result, message.error)

    def _plain(self, raw: Any) -> Any:
        return raw if self.protocol.binary else json.loads(raw)


def check(request: Request, result: Any, error: str | None) -> None:
    """Whether an answer is the right one for what was asked."""
    uploads = list(request.uploaded.values())
    if error is not None:
        assert request.is_spoilt, error
        return
    assert not request.is_spoilt or request.is_cancelled or request.method == "Ignore"
    match request.method:
        case "Echo" | "Wait":
            assert result == request.argument
        case "Collect":
            assert [result] == uploads
        case "Merge":
            assert result == uploads
        case "Count":
            _check_items(request, list(range(request.argument)))
        case "Hold":
            assert request.is_cancelled
            _check_items(request, [request.argument])
        case "Double":
            _check_items(request, [2 * item for item in uploads[0] if type(item) is int])


def _check_items(request: Request, expected: list[Any]) -> None:
    assert request.items == (expected[: len(request.items)] if request.is_cancelled else expected)
