"""Long polling tells its connection once that it has ended, whatever ends it."""

import asyncio
from collections.abc import Callable

import pytest
from starlette.types import Message

from app.signalr.endings import DELETED_BY_CLIENT, Ending
from app.signalr.transports.base import Transport
from app.signalr.transports.long_polling import NO_CONTENT, LongPolling
from tests.signalr.harness import idle

pytestmark = pytest.mark.anyio


class Listener:
    """A connection that only notes what its transport tells it."""

    close_timeout = 1.0

    def __init__(self) -> None:
        self.closed = 0
        self.endings: list[Ending] = []

    def attach(self, transport: Transport) -> None: ...
    def receive(self, data: bytes) -> None: ...
    def drained(self, transport: Transport) -> None: ...

    def end(self, ending: Ending) -> None:
        self.endings.append(ending)

    def transport_closed(self, transport: Transport, error: Exception | None, *, lost: bool = False) -> None:
        self.closed += 1


class Polled:
    """A transport, its listener, and a clock that stands still until a test sets it."""

    def __init__(self) -> None:
        self.now = 0.0
        self.releases = 0
        self.listener = Listener()
        self.transport = LongPolling(
            self.listener, now=lambda: self.now, poll_timeout=90, disconnect_timeout=15, release=self._release
        )

    def _release(self) -> None:
        self.releases += 1

    def leave(self) -> None:
        """The client polls no more."""
        self.now += 60
        self.transport.beat(self.now)


async def _connected() -> Message:
    await asyncio.Event().wait()
    raise AssertionError("a client that polls does not go")


@pytest.mark.parametrize(
    "end",
    [lambda one: one.transport.delete(), lambda one: one.transport.abort(), Polled.leave],
    ids=["delete", "abort", "left"],
)
async def test_every_end_is_told_once(end: Callable[[Polled], None]) -> None:
    polled = Polled()
    end(polled)
    await idle()
    assert polled.listener.closed == 1
    assert await polled.transport.poll(_connected) == NO_CONTENT
    polled.transport.abort()
    polled.leave()
    await idle()
    assert polled.listener.closed == 1


async def test_the_last_answer_is_the_end_of_a_closed_one() -> None:
    polled = Polled()
    polled.transport.close()
    await idle()
    assert polled.listener.closed == 0
    assert await polled.transport.poll(_connected) == NO_CONTENT
    assert (polled.listener.closed, polled.releases) == (1, 1)


async def test_a_held_poll_is_answered_when_the_client_sends_delete() -> None:
    polled = Polled()
    poll = asyncio.create_task(polled.transport.poll(_connected))
    await idle()
    polled.transport.delete()
    assert await poll == NO_CONTENT
    assert polled.listener.endings == [DELETED_BY_CLIENT]
    assert polled.listener.closed == 1
