"""A WebSocket client that can break every rule (RFC 6455)."""

import asyncio
import base64
import contextlib
import os
import socket
import struct
from typing import Any, NamedTuple

from tests.signalr.golden.connection import Connection
from tests.signalr.golden.raw_http import Address, Answer, connect, read_body, read_head, request_head
from tests.signalr.golden.splitter import Splitter

_FIN = 0x80
_NO_CLOSE_FRAME = 1006
_NO_CODE = 1005
_GOODBYE = 3.0


class Op:
    """The opcodes that the client itself must know."""

    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class Frame(NamedTuple):
    """One frame of the server."""

    op: int
    fin: bool
    payload: bytes


class WebSocketConnection(Connection):
    """Reads frames in the background and keeps them all; answers pings, and Close unless `echo` is false."""

    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter
    _pump: asyncio.Task[None]

    def __init__(
        self,
        address: Address,
        path: str,
        headers: dict[str, str | None],
        splitter: Splitter,
        *,
        binary: bool,
        echo: bool,
    ) -> None:
        super().__init__(address, path, headers, splitter)
        self._history: list[Frame] = []
        self._frames: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._close_frame: tuple[int, str] | None = None
        self._echo = echo
        self._whole = Splitter(binary=binary, after_handshake=splitter.after_handshake)

    async def open(self) -> Answer:
        self._reader, self._writer = await connect(self.address)
        headers = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            **self.headers,
        }
        self._writer.write(request_head(self.address, "GET", self.path, headers))
        answer = await read_head(self._reader)
        if answer.status == 101:
            self._pump = asyncio.create_task(self._read())
        else:
            answer.body = await read_body(self._reader, answer)
            self._writer.close()
            self.ended = True
        return answer

    async def _read(self) -> None:
        try:
            while True:
                self._take(await self._frame())
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self.ended = True
            self._frames.put_nowait(None)
            self._writer.close()

    async def _frame(self) -> Frame:
        first, length = await self._reader.readexactly(2)
        if length == 126:
            length = int.from_bytes(await self._reader.readexactly(2))
        elif length == 127:
            length = int.from_bytes(await self._reader.readexactly(8))
        return Frame(first & 0x0F, bool(first & _FIN), await self._reader.readexactly(length))

    def _take(self, frame: Frame) -> None:
        if frame.op == Op.CLOSE:
            code = int.from_bytes(frame.payload[:2]) if frame.payload else _NO_CODE
            self._close_frame = (code, frame.payload[2:].decode())
            self._frames.put_nowait(None)
            if self._echo:
                self.send_frame(Op.CLOSE, frame.payload)
        elif frame.op == Op.PING:
            self.send_frame(Op.PONG, frame.payload)
        else:
            self._history.append(frame)
            self._frames.put_nowait(frame)

    def send_frame(self, op: int, payload: bytes, *, fin: bool = True) -> None:
        """Sends one masked frame, sensible or not."""
        size = len(payload)
        if size < 126:
            length = bytes([0x80 | size])
        elif size < 1 << 16:
            length = b"\xfe" + struct.pack(">H", size)
        else:
            length = b"\xff" + struct.pack(">Q", size)
        mask = os.urandom(4)
        stream = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(payload) ^ int.from_bytes(stream)).to_bytes(size)
        self._writer.write(bytes([op | (_FIN if fin else 0)]) + length + mask + masked)

    async def send(self, payload: bytes, *, binary: bool) -> None:
        self.send_frame(Op.BINARY if binary else Op.TEXT, payload)

    async def frame(self) -> Frame | None:
        """The next frame that is not about the connection itself; None at the end."""
        frame = await self._frames.get()
        if frame is None:
            self._frames.put_nowait(None)
        return frame

    async def data(self) -> bytes | None:
        frame = await self.frame()
        return None if frame is None else frame.payload

    def is_whole(self) -> bool:
        """Whether every WebSocket message so far ended where a hub message ended."""
        for frame in self._history:
            self._whole.feed(frame.payload)
            while self._whole.take() is not None:
                pass
            if frame.fin and self._whole.rest:
                return False
        self._history.clear()
        return True

    async def ending(self) -> dict[str, Any]:
        while await self.frame() is not None:
            pass
        code, reason = self._close_frame or (_NO_CLOSE_FRAME, "")
        return {"code": code, "reason": reason}

    async def gone(self) -> None:
        """Waits until the server has closed the TCP connection."""
        await asyncio.shield(self._pump)

    def drop(self) -> None:
        self.ended = True
        with contextlib.suppress(OSError):
            # Without lingering, closing sends a reset.
            sock: socket.socket = self._writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def finish(self) -> None:
        if not self.ended and self._close_frame is None:
            self.send_frame(Op.CLOSE, struct.pack(">H", 1000))
        try:
            async with asyncio.timeout(_GOODBYE):
                await self.gone()
        except TimeoutError:
            self.drop()
            await self._pump
