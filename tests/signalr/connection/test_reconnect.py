"""The counting of stateful reconnect, held against a client that counts as the official ones do."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from app.signalr.messages import HubMessage, Invocation
from app.signalr.outgoing.encoded import Encoded
from app.signalr.outgoing.message_buffer import MAX_PLACEHOLDERS, MessageBuffer

PLACEHOLDER = b"-"
ROOMY = 1_000
TIGHT = 6
"""A buffer of a few messages: what is beyond it waits for acks."""


class Sequence(NamedTuple):
    """The first message on a new socket."""

    number: int


class Ack(NamedTuple):
    """Everything up to this number has arrived."""

    number: int


OnTheWire = Sequence | Ack | bytes


class Client:
    """The other end: numbers, keeps and drops messages like the official clients."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.said = 0
        self._kept: deque[tuple[int, bytes]] = deque()
        self._next = 1
        self._latest = 0
        self._waits_for_sequence = False
        self.owes_ack = False

    def say(self) -> bytes:
        self.said += 1
        message = str(self.said).encode()
        self._kept.append((self.said, message))
        return message

    def come_back(self) -> list[OnTheWire]:
        """On a new socket."""
        self._waits_for_sequence = True
        first = self._kept[0][0] if self._kept else self.said + 1
        return [Sequence(first), *(message for _, message in self._kept)]

    def hear(self, message: OnTheWire) -> None:
        if isinstance(message, Sequence):
            # Official clients end the connection at a number that is beyond what they have counted.
            assert message.number <= self._next
            self._next = message.number
            self._waits_for_sequence = False
        elif self._waits_for_sequence:
            return
        elif isinstance(message, Ack):
            while self._kept and self._kept[0][0] <= message.number:
                self._kept.popleft()
        else:
            number = self._next
            self._next += 1
            self.owes_ack |= number >= self._latest
            if number > self._latest:
                self._latest = number
                self.heard.append(message)

    def acknowledge(self) -> Ack:
        self.owes_ack = False
        return Ack(self._latest)


class Line:
    """Both ends, and what is on its way between them."""

    def __init__(self, limit: int) -> None:
        self.session = MessageBuffer(limit)
        self.client = Client()
        self.heard: list[bytes] = []
        self.said = 0
        self._up: deque[OnTheWire] = deque()
        self._down: deque[OnTheWire] = deque()

    def server_says(self) -> None:
        self.said += 1
        message = Encoded(str(self.said).encode(), binary=False, counted=True)
        if self.session.admit(message):
            self._down.append(message.payload)

    def client_says(self) -> None:
        self._up.append(self.client.say())

    def client_hears(self) -> None:
        if self._down:
            self.client.hear(self._down.popleft())

    def server_hears(self) -> None:
        if not self._up:
            return
        match self._up.popleft():
            case Sequence(number):
                self.session.rewind(number)
            case Ack(number):
                self._down.extend(message.payload for message in self.session.acked(number))
            case message:
                if self.session.is_new(_counted()):
                    self.heard.append(message)

    def client_acknowledges(self) -> None:
        if self.client.owes_ack:
            self._up.append(self.client.acknowledge())

    def server_acknowledges(self) -> None:
        if self.session.owes_ack:
            self._down.append(Ack(self.session.take_ack()))

    def cut(self) -> None:
        """What was on its way is lost; a new socket begins."""
        first, placeholders, messages = self.session.resend()
        again = [message.payload for message in messages]
        self._down = deque([Sequence(first), *[PLACEHOLDER] * placeholders, *again])
        self._up = deque(self.client.come_back())

    def settle(self) -> None:
        """Everything arrives, and is acknowledged."""
        for _ in range(self.said + 2):
            self.client_acknowledges()
            self.server_acknowledges()
            while self._up or self._down:
                self.server_hears()
                self.client_hears()


def _counted() -> HubMessage:
    return Invocation("Note", ())


STEPS: tuple[Callable[[Line], None], ...] = (
    Line.server_says,
    Line.client_says,
    Line.client_hears,
    Line.server_hears,
    Line.client_acknowledges,
    Line.server_acknowledges,
    Line.cut,
)


@settings(max_examples=300)
@given(st.sampled_from([ROOMY, TIGHT]), st.lists(st.sampled_from(STEPS), min_size=50, max_size=100))
def test_nothing_is_lost_or_doubled_wherever_it_is_cut(limit: int, steps: list[Callable[[Line], None]]) -> None:
    line = Line(limit)
    for step in steps:
        step(line)
    line.cut()
    line.settle()
    assert line.client.heard == [str(number + 1).encode() for number in range(line.said)]
    assert line.heard == [str(number + 1).encode() for number in range(line.client.said)]


def test_what_was_acknowledged_before_it_came_again_is_counted_again() -> None:
    line = Line(ROOMY)
    for _ in range(3):
        line.server_says()
        line.client_hears()
    line.cut()
    line.client_hears()  # the Sequence alone
    line.client_acknowledges()
    line.server_hears()
    line.server_hears()
    assert line.session.resend() == (1, 3, ())


def test_an_ack_of_something_new_ends_the_repetition() -> None:
    line = Line(ROOMY)
    line.server_says()
    line.cut()
    line.server_says()
    line.settle()
    assert line.session.resend() == (3, 0, ())


def test_a_client_that_only_ever_acknowledges_repetitions_costs_little() -> None:
    line = Line(10 * MAX_PLACEHOLDERS)
    for _ in range(MAX_PLACEHOLDERS + 1):
        line.server_says()
    line.session.resend()
    line.session.acked(MAX_PLACEHOLDERS + 1)
    assert line.session.resend() == (MAX_PLACEHOLDERS + 2, 0, ())
