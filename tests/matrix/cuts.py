"""Where a WebSocket is cut: plans for the links of a `CuttingProxy`."""

import random
from collections.abc import Iterator
from enum import Enum, auto
from typing import Protocol

REACH = (60, 3_000, 40_000)
"""Bytes that a link may carry at most in one direction before it is cut; one of these is drawn for each."""

_END_OF_HEAD = b"\r\n\r\n"


class Manner(Enum):
    """How a cut looks to the two ends."""

    CLOSED = auto()
    """Both read to the cut, then hear that it is over, as if a process had ended."""
    RESET = auto()
    """Both hear of a reset; what they had not read may be lost."""
    UNNOTICED = auto()
    """The client has lost its network; to the server, the socket looks alive."""


class Plan(Protocol):
    """What is to become of one link. It sees everything but the client's upgrade request."""

    manner: Manner
    is_due: bool
    """Whether the link is to be cut when what was admitted has passed."""

    def admit(self, data: bytes, *, from_client: bool) -> bytes:
        """What of the data passes."""


class AtByte:
    """Cuts after so many bytes from one of the ends, but not before the client knows that it has a WebSocket."""

    def __init__(self, after: int, manner: Manner, *, from_client: bool) -> None:
        self.manner = manner
        self.is_due = False
        self._after = after
        self._from_client = from_client
        self._is_open = False

    def admit(self, data: bytes, *, from_client: bool) -> bytes:
        self._is_open |= from_client
        if not self._is_open or from_client != self._from_client:
            return data
        admitted = data[: self._after]
        self._after -= len(admitted)
        self.is_due = len(admitted) < len(data)
        return admitted


class InsideResend:
    """Cuts when one end has sent its Sequence and nothing of what should follow it, and the other an Ack meanwhile."""

    manner = Manner.CLOSED

    def __init__(self, *, from_client: bool) -> None:
        self.is_due = False
        self._held = _Frames(is_masked=from_client)
        self._other = _Frames(is_masked=not from_client)
        self._from_client = from_client

    def admit(self, data: bytes, *, from_client: bool) -> bytes:
        if from_client != self._from_client:
            self._other.count(data)
            self.is_due = self._other.whole >= 2  # its own Sequence, and the Ack
            return data
        passed = self._held.seen
        self._held.count(data)
        end = self._held.end_of_first
        return data[: max(0, end - passed)] if end else data


class _Frames:
    """Counts the frames that one end sends; those of the server follow the head of its response."""

    def __init__(self, *, is_masked: bool) -> None:
        self.whole = 0
        self.seen = 0
        self.end_of_first = 0
        self._mask = 4 if is_masked else 0
        self._head_is_over = is_masked
        self._buffer = b""

    def count(self, data: bytes) -> None:
        self.seen += len(data)
        self._buffer += data
        if not self._head_is_over:
            _, found, rest = self._buffer.partition(_END_OF_HEAD)
            if not found:
                return
            self._head_is_over = True
            self._buffer = rest
        while len(self._buffer) >= 4:
            short = self._buffer[1] & 0x7F
            size = 2 + self._mask + short
            if short == 126:
                size = 4 + self._mask + int.from_bytes(self._buffer[2:4], "big")
            if len(self._buffer) < size:
                break
            self._buffer = self._buffer[size:]
            self.whole += 1
            self.end_of_first = self.end_of_first or self.seen - len(self._buffer)


def random_cuts(seed: int, number: int) -> Iterator[Plan]:
    """So many cuts: at a byte, in a direction and in a manner that the seed decides."""
    decide = random.Random(seed)
    for _ in range(number):
        reach = decide.choice(REACH)
        yield AtByte(decide.randrange(reach), decide.choice(list(Manner)), from_client=decide.random() < 0.5)
