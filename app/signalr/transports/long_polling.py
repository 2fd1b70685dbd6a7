"""Long polling (TransportProtocols specification): a GET waits for messages, the next one for more; POSTs go back."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from starlette.types import Receive

from ..endings import DELETED_BY_CLIENT
from ..outgoing.encoded import Encoded
from .base import Receiver

PENDING_LIMIT = 64 * 1024
"""Bytes that wait for the next poll before the connection is told that its client is behind."""


class Answer(NamedTuple):
    """The answer to a poll. Without a `body` it has no content type of messages."""

    status: int
    body: bytes | None


EMPTY = Answer(200, b"")
TIMED_OUT = Answer(200, None)
NO_CONTENT = Answer(204, None)


class LongPolling:
    """The transport of one connection over any number of polls, of which one at a time is held."""

    name = "LongPolling"
    carries_binary = True
    needs_pings = False

    def __init__(
        self,
        connection: Receiver,
        *,
        now: Callable[[], float],
        poll_timeout: float,
        disconnect_timeout: float,
        release: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._now = now
        self._poll_timeout = poll_timeout
        self._disconnect_timeout = disconnect_timeout
        self._release = release
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._poll: asyncio.Future[Answer | None] | None = None
        self._ended = False
        self._is_reported = False
        self._last_seen = now()
        self.may_read = asyncio.Event()
        self.may_read.set()

    async def poll(self, receive: Receive) -> Answer:
        """Waits for messages, for a newer poll, for the end, or for the timeout, whichever is first."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(NO_CONTENT)
        answer = self._ready()
        if answer is None:
            self._poll = poll = asyncio.get_running_loop().create_future()
            answer = await self._held(poll, receive)
        self._last_seen = self._now()
        return answer

    async def _held(self, poll: "asyncio.Future[Answer | None]", receive: Receive) -> Answer:
        gone = asyncio.create_task(_until_gone(receive))
        try:
            waiters: set[asyncio.Future[Any]] = {poll, gone}
            await asyncio.wait(waiters, timeout=self._poll_timeout, return_when=asyncio.FIRST_COMPLETED)
            if poll.done() and poll.result() is not None:
                return NO_CONTENT
            if gone.done():  # the client will not read this answer: what is pending stays for the next poll
                return NO_CONTENT
            return self._ready() or TIMED_OUT
        finally:
            gone.cancel()
            if self._poll is poll:
                self._poll = None

    def _ready(self) -> Answer | None:
        """Returns the answer if there is one already."""
        if self._pending:
            body = b"".join(self._pending)
            self._pending.clear()
            self._pending_bytes = 0
            asyncio.get_running_loop().call_soon(self._connection.drained, self)
            return Answer(200, body)
        if self._ended:
            self._release()
            self._report()
            return NO_CONTENT
        return None

    def _wake(self) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    def beat(self, now: float) -> None:
        """Ends a connection whose client has stopped polling."""
        if self._poll is None and now - self._last_seen > self._disconnect_timeout:
            self._release()
            self.close()  # a POST may still be waiting
            self._report()

    def delete(self) -> None:
        """Ends the connection because its client asked for that. A poll that is held still gets the last message."""
        self._release()
        self._connection.end(DELETED_BY_CLIENT)
        self.close()
        self._report()

    def _report(self) -> None:
        """Tells the connection, once, that no poll will be answered with its messages any more."""
        if not self._is_reported:
            self._is_reported = True
            self._connection.transport_closed(self, None)

    def write(self, messages: Sequence[Encoded]) -> bool:
        if not self._ended:
            for message in messages:
                self._pending.append(message.payload)
                self._pending_bytes += len(message.payload)
            self._wake()
        return self._pending_bytes <= PENDING_LIMIT

    def pause(self) -> None:
        self.may_read.clear()

    def resume(self) -> None:
        self.may_read.set()

    def close(self, *, failed: bool = False) -> None:
        self._ended = True
        self.may_read.set()
        self._wake()

    def abort(self) -> None:
        self._pending.clear()
        self._pending_bytes = 0
        self.close()
        asyncio.get_running_loop().call_soon(self._report)  # the connection may be in the middle of its end


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
