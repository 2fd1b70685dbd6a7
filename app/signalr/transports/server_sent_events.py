"""Server-Sent Events (TransportProtocols specification): a response that never ends, fed by POST requests."""

import asyncio
from collections.abc import Sequence

from starlette.types import Receive, Send

from ..outgoing.encoded import Encoded
from .asgi_sender import AsgiSender
from .base import Receiver

_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache,no-store"),
    (b"pragma", b"no-cache"),
    (b"content-encoding", b"identity"),
    (b"x-accel-buffering", b"no"),
]
_OPENING = b":\r\n"  # a comment: Firefox fires `open` only when the first bytes have come


class ServerSentEvents:
    """The transport of one connection on one endless response."""

    name = "ServerSentEvents"
    carries_binary = False
    needs_pings = True

    def __init__(self, connection: Receiver, receive: Receive, send: Send) -> None:
        self._connection = connection
        self._receive = receive
        self._sender = AsgiSender(send, self._drained)
        self._is_behind = False
        self._ended = asyncio.Event()
        self.may_read = asyncio.Event()
        self.may_read.set()

    def open(self) -> None:
        """Starts the response; nothing may be written before."""
        start = {"type": "http.response.start", "status": 200, "headers": _HEADERS}
        self._sender.put([start, {"type": "http.response.body", "body": _OPENING, "more_body": True}])

    async def run(self) -> None:
        """Returns when the client has gone, or when the connection has ended and its last bytes are out."""
        gone = asyncio.create_task(self._until_gone())
        ended = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({gone, ended}, return_when=asyncio.FIRST_COMPLETED)
            if ended.done() and not gone.done():
                self._sender.put([{"type": "http.response.body", "body": b""}])
                flushed = asyncio.create_task(self._sender.flushed())
                await asyncio.wait({gone, flushed}, return_when=asyncio.FIRST_COMPLETED)
                flushed.cancel()
        finally:
            gone.cancel()
            ended.cancel()
            self._ended.set()
            self.may_read.set()
            self._connection.transport_closed(self, None)
            await self._sender.aclose()

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def beat(self, now: float) -> None:
        """A stream has no clock of its own."""

    def write(self, messages: Sequence[Encoded]) -> bool:
        if not self._ended.is_set():
            body = b"".join([event(message.payload) for message in messages])
            self._sender.put([{"type": "http.response.body", "body": body, "more_body": True}])
        self._is_behind = self._sender.is_behind
        return not self._is_behind

    def _drained(self) -> None:
        if self._is_behind:  # and not because the opening is out, of which the connection knows nothing
            self._is_behind = False
            self._connection.drained(self)

    def pause(self) -> None:
        self.may_read.clear()

    def resume(self) -> None:
        self.may_read.set()

    def close(self, *, failed: bool = False) -> None:
        self._ended.set()
        self.may_read.set()

    def abort(self) -> None:
        self._sender.drop()
        self.close()


def event(payload: bytes) -> bytes:
    """One event; a payload with line feeds becomes several `data` lines, which the client joins again."""
    if b"\n" not in payload:
        return b"data: " + payload + b"\r\n\r\n"
    lines = payload.replace(b"\r\n", b"\n").split(b"\n")
    return b"".join([b"data: " + line + b"\r\n" for line in lines]) + b"\r\n"
