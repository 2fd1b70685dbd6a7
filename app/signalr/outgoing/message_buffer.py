"""What lets a connection outlive its socket: no message is lost or doubled, in either direction.

Source: HubProtocol specification, "Ack" and "Sequence". Each side counts the messages of the kinds in `COUNTED` that
it sends, from 1 and for the whole life of the logical connection; nothing is added to the messages themselves.
"""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from ..errors import InvalidOperationError
from ..messages import COUNTED, HubMessage
from .encoded import Encoded

MAX_PLACEHOLDERS = 30_000
"""Most acknowledged messages that are counted again on a new socket; beyond it, the client may have to start over."""


class Resend(NamedTuple):
    """How a new socket begins: a Sequence with `first`, then `placeholders` empty messages, then `messages`.

    The client counts the placeholders, and drops them as messages that it already has.
    """

    first: int
    placeholders: int
    messages: Sequence[Encoded]


class MessageBuffer:
    """The counts of both directions of one connection, and the messages that the client has not acknowledged."""

    __slots__ = (
        "_acked",
        "_buffered",
        "_limit",
        "_next",
        "_on_older_sockets",
        "_received",
        "_resume_from",
        "_total",
        "_unacked",
        "_waiting",
        "waiting_bytes",
    )

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._unacked: deque[Encoded] = deque()
        self._buffered = 0
        self._total = 0
        self._on_older_sockets = 0
        self._resume_from = 1
        self._waiting: deque[Encoded] = deque()
        self.waiting_bytes = 0
        self._next = 1
        self._received = 0
        self._acked = 0

    # Out

    @property
    def has_room(self) -> bool:
        """Whether a message may leave now. The message that exceeds the limit still may."""
        return not self._waiting and self._buffered <= self._limit

    def admit(self, message: Encoded) -> bool:
        """Counts and keeps a message that leaves now; False if it has to wait for the client's acks."""
        if not self.has_room:
            self._waiting.append(message)
            self.waiting_bytes += len(message.payload)
            return False
        self._keep(message)
        return True

    def acked(self, sequence_id: int) -> list[Encoded]:
        """Forgets what has arrived; returns what may leave now, already counted."""
        while self._unacked and self._first_unacked <= sequence_id:
            self._buffered -= len(self._unacked.popleft().payload)
        if sequence_id > self._on_older_sockets:
            # This ack can only have come on this socket, and everything that was sent again came before it.
            self._resume_from = self._first_unacked
        freed: list[Encoded] = []
        while self._waiting and self._buffered <= self._limit:
            message = self._waiting.popleft()
            self.waiting_bytes -= len(message.payload)
            self._keep(message)
            freed.append(message)
        return freed

    def resend(self) -> Resend:
        """Returns what the next socket begins with.

        A client that reads a Sequence counts from that number, and refuses a later Sequence that is beyond what it
        has counted since, however much it has acknowledged: an Ack may leave it while the repetition is on the way.
        So the Sequence stays where it was until an Ack proves that the repetition was read.
        """
        if self._first_unacked - self._resume_from > MAX_PLACEHOLDERS:
            self._resume_from = self._first_unacked
        self._on_older_sockets = self._total
        return Resend(self._resume_from, self._first_unacked - self._resume_from, tuple(self._unacked))

    @property
    def _first_unacked(self) -> int:
        return self._total - len(self._unacked) + 1

    def _keep(self, message: Encoded) -> None:
        self._total += 1
        self._unacked.append(message)
        self._buffered += len(message.payload)

    # In

    def is_new(self, message: HubMessage) -> bool:
        """Counts an inbound message. Returns False for one that had come already, on an earlier socket.

        Only its kind decides whether it counts. If it mattered whether the message can be bound, the two ends would
        count differently.
        """
        if not isinstance(message, COUNTED):
            return True
        number = self._next
        self._next += 1
        if number <= self._received:
            return False
        self._received = number
        return True

    def rewind(self, sequence_id: int) -> None:
        """The client goes on from `sequence_id`. Raises InvalidOperationError for a number that cannot be right."""
        if sequence_id > self._received + 1:  # not `_next`: what was being sent again may have been acknowledged since
            raise InvalidOperationError("Sequence ID greater than amount of messages we've received.")
        if sequence_id < 1:
            raise InvalidOperationError("Sequence ID is less than 1; messages are counted from 1.")
        self._next = sequence_id
        self._acked = sequence_id - 1  # the client knows of no later ack, and sends again what came since

    @property
    def owes_ack(self) -> bool:
        """Whether a message has come that was not acknowledged."""
        return self._received > self._acked

    def take_ack(self) -> int:
        """Returns the number to acknowledge now, and counts it as acknowledged."""
        self._acked = self._received
        return self._acked
