"""WebSockets through plain ASGI: for every ASGI server and for the test client."""

import asyncio
from collections.abc import Callable, MutableSequence, Sequence
from typing import TYPE_CHECKING

from starlette.types import Message, Receive, Scope, Send

from app.signalr.eager import EagerRunner
from app.signalr.transports.base import Encoded
from app.signalr.transports.frames import CloseCode

if TYPE_CHECKING:
    from app.signalr.connection import HubConnection

TAKE_OVER = "waybill.take_over"
"""The ASGI extension of a server that hands its socket over; see `app.signalr.transports.uvicorn`."""

TakeOver = Callable[["HubConnection"], bool]


async def serve_websocket(connection: "HubConnection", scope: Scope, receive: Receive, send: Send) -> None:
    """Accepts the socket and serves the connection: until its end, or only until the socket is taken over."""
    await receive()
    await send({"type": "websocket.accept"})
    take_over: TakeOver | None = scope.get("extensions", {}).get(TAKE_OVER)
    if take_over is None or not take_over(connection):
        await AsgiWebSocket(connection, receive, send).run()


class AsgiWebSocket:
    """The transport of one connection over the messages of ASGI."""

    name = "WebSockets"

    def __init__(self, connection: "HubConnection", receive: Receive, send: Send) -> None:
        self._connection = connection
        self._receive = receive
        self._send = send
        self._runner = EagerRunner(asyncio.get_running_loop())
        self._waiting: MutableSequence[Message] = []
        self._sending = False
        self._may_read = asyncio.Event()
        self._may_read.set()
        self._closed = False
        self._ended = asyncio.Event()

    async def run(self) -> None:
        """Feeds the connection until the socket ends."""
        self._connection.attach(self)
        error: Exception | None = None
        try:
            while not self._ended.is_set():
                await self._may_read.wait()
                message = await self._receive()
                if message["type"] == "websocket.disconnect":
                    break
                data = message.get("bytes")
                self._connection.receive(message["text"].encode() if data is None else data)
        finally:
            self._closed = True
            self._ended.set()
            self._connection.transport_closed(error)
            await self._runner.aclose()

    def write(self, messages: Sequence[Encoded]) -> bool:
        if not self._closed:
            self._waiting += [
                {"type": "websocket.send", "bytes": message.payload}
                if message.binary
                else {"type": "websocket.send", "text": message.payload.decode()}
                for message in messages
            ]
            self._go()
        return not self._sending

    def pause(self) -> None:
        self._may_read.clear()

    def resume(self) -> None:
        self._may_read.set()

    def close(self, *, failed: bool = False) -> None:
        if not self._closed:
            self._closed = True
            code = CloseCode.INTERNAL_ERROR if failed else CloseCode.NORMAL
            self._waiting.append({"type": "websocket.close", "code": int(code)})
            self._go()
        self._may_read.set()

    def abort(self) -> None:
        # ASGI has no way to cut a socket: what waits is dropped, and the server is asked to close.
        self._waiting.clear()
        self.close(failed=True)

    def _go(self) -> None:
        if not self._sending:
            self._sending = True
            self._runner.start(self._pump())

    async def _pump(self) -> None:
        """Sends what waits. It ends in place while the socket keeps up, and no task is made."""
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                for message in waiting:
                    await self._send(message)
        except (OSError, RuntimeError):  # the client went away between two messages: `receive` will say so
            self._waiting = []
            self._closed = True
        finally:
            self._sending = False
        self._connection.drained()
