"""WebSockets without ASGI in between: uvicorn does the handshake, then hands its socket over.

Use it as `uvicorn --ws fastapi_signalr.transports.uvicorn:HubWebSocketProtocol`, in the service as
`app.signalr.transports.uvicorn:HubWebSocketProtocol`; other WebSocket routes are untouched.
An idle connection is this transport, the hub connection and asyncio's transport: no task, no queue. The attributes of
uvicorn's class that are used here are not public, hence the pin on its minor version and a contract test.
"""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, cast

from uvicorn._types import ASGISendEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from ..endings import SERVER_STOPS
from ..outgoing.encoded import Encoded
from ..outgoing.websocket_frame import CloseCode, Opcode, close_frame, control_frame
from .base import Receiver
from .frame_reader import FrameError, FrameReader
from .websocket import TAKE_OVER

WRITE_BUFFER = 64 * 1024
"""Bytes that asyncio may hold for a socket before the connection is told that its client is behind."""

_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class HubWebSocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's own WebSocket protocol, which hands its socket to hubs that ask for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # No compression, even if uvicorn is told otherwise: a compressed frame cannot be shared by many receivers.
        self.conn.available_extensions = []

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # uvicorn never looks at a request that `websockets` could not read: its client would wait forever.
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.transport.write(b"".join(self.conn.data_to_send()) or _BAD_REQUEST)
            self.transport.close()

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):  # not set when the handshake was refused
            extensions = cast(dict[str, Any], self.scope["extensions"])
            extensions[TAKE_OVER] = self._hand_over

    async def send(self, message: ASGISendEvent) -> None:
        refusal = self.initial_response
        if refusal is not None and not self.close_sent and message["type"] == "websocket.http.response.body":
            self._refuse(*refusal[:2], bytes(message.get("body", b"")))
        else:
            await super().send(message)

    def _refuse(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Refuses an upgrade with these headers alone; the end of the connection ends the body."""
        response = Response(status, HTTPStatus(status).phrase, Headers([*headers, ("Connection", "close")]), body)
        self.queue.put_nowait({"type": "websocket.disconnect", "code": CloseCode.ABNORMAL})
        self.conn.send_response(response)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.handshake_complete = True
        self.transport.close()

    def _hand_over(self, connection: Receiver) -> bool:
        """Hands the socket over. Returns False if the client sent frames too early: uvicorn has them already."""
        begun = self.conn.reader.buffer or self.frames or not self.queue.empty()
        if begun or self.transport.is_closing():
            return False
        self.stop_keepalive()
        # The connection keeps the scope as its request, and must not keep this object with it.
        cast(dict[str, Any], self.scope["extensions"]).pop(TAKE_OVER)
        socket = TakenSocket(self.transport, connection, self.connections)
        self.connections.discard(self)
        self.connections.add(cast(Any, socket))
        self.transport.set_protocol(socket)
        # uvicorn closes its transport when the ASGI call returns, so it gets one that it may close.
        self.transport = cast(asyncio.Transport, _Nothing())
        connection.attach(socket)
        return True


class _Nothing(asyncio.Transport):
    """A transport that is already gone."""

    def close(self) -> None:
        pass

    def is_closing(self) -> bool:
        return True


class TakenSocket(FrameReader, asyncio.Protocol):
    """The transport of one connection, directly on its socket."""

    __slots__ = ("_close_sent", "_close_timer", "_connection", "_error", "_peers", "_pong", "_socket", "_writable")

    name = "WebSockets"
    carries_binary = True
    needs_pings = True

    def __init__(self, socket: asyncio.Transport, connection: Receiver, peers: set[Any]) -> None:
        super().__init__()
        self._socket = socket
        self._connection = connection
        self._peers = peers
        self._writable = True
        self._pong: bytes | None = None
        self._close_sent = False
        self._close_timer: asyncio.TimerHandle | None = None
        self._error: Exception | None = None
        socket.set_write_buffer_limits(high=WRITE_BUFFER)

    # asyncio

    def data_received(self, data: bytes) -> None:
        try:
            self.feed(data)
        except FrameError as error:
            self._fail(error)

    def eof_received(self) -> None:
        self._hang_up()

    def pause_writing(self) -> None:
        self._writable = False

    def resume_writing(self) -> None:
        self._writable = True
        pong, self._pong = self._pong, None
        if pong is not None:
            self.on_ping(pong)
        self._connection.drained(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._peers.discard(self)
        if self._close_timer is not None:
            self._close_timer.cancel()
        self._connection.transport_closed(self, self._error, lost=not self._close_sent)

    def shutdown(self) -> None:
        """uvicorn calls this when it stops."""
        self._connection.end(SERVER_STOPS)

    # Frames

    def on_data(self, data: bytes) -> None:
        if not self._close_sent:
            self._connection.receive(data)

    def on_ping(self, payload: bytes) -> None:
        if not self._writable:
            self._pong = payload  # only the newest Ping needs an answer (RFC 6455, section 5.5.3): they cannot pile up
        elif not self._close_sent:
            self._socket.write(control_frame(Opcode.PONG, payload))

    def on_close(self, code: int) -> None:
        # Every code is a graceful end, and is answered with 1000.
        if not self._close_sent:
            self._close_sent = True
            self._socket.write(close_frame(CloseCode.NORMAL))
        self._hang_up()

    def _fail(self, error: FrameError) -> None:
        self._error = error
        if not self._close_sent:
            self._close_sent = True
            self._socket.write(close_frame(error.code))
        self._hang_up()

    def _hang_up(self) -> None:
        """Closes when everything is written; a peer that does not read gets as long as for its goodbye."""
        self._socket.close()
        self._cut_later()

    def _cut_later(self) -> None:
        if self._close_timer is None:
            loop = asyncio.get_running_loop()
            self._close_timer = loop.call_later(self._connection.close_timeout, self._socket.abort)

    # What the connection asks for

    def write(self, messages: Sequence[Encoded]) -> bool:
        if not self._close_sent and not self._socket.is_closing():
            if len(messages) == 1:
                self._socket.write(messages[0].frame)
            else:
                self._socket.write(b"".join([message.frame for message in messages]))
        return self._writable

    def pause(self) -> None:
        self._socket.pause_reading()

    def resume(self) -> None:
        if not self._socket.is_closing():
            self._socket.resume_reading()

    def close(self, *, failed: bool = False) -> None:
        if self._close_sent or self._socket.is_closing():
            return
        self._close_sent = True
        self._socket.write(close_frame(CloseCode.INTERNAL_ERROR if failed else CloseCode.NORMAL))
        self.resume()  # to hear the answer
        self._cut_later()

    def abort(self) -> None:
        self._socket.abort()
