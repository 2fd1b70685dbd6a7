"""A client of Server-Sent Events that keeps every byte."""

import asyncio
from typing import Any

from tests.signalr.golden.connection import PostingConnection
from tests.signalr.golden.raw_http import Answer, body_pieces, connect, hang_up, read_body, read_head, request_head

_END_OF_EVENT = b"\r\n\r\n"
_DATA = b"data: "


class SseConnection(PostingConnection):
    """A GET that is left open, and a POST for each message out."""

    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter
    _pump: asyncio.Task[None] | None = None
    raw = b""

    async def open(self) -> Answer:
        self._events: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._reader, self._writer = await connect(self.address)
        headers = {"Accept": "text/event-stream", **self.headers}
        self._writer.write(request_head(self.address, "GET", self.path, headers))
        answer = await read_head(self._reader)
        if answer.status == 200:
            self._pump = asyncio.create_task(self._read(answer))
        else:
            answer.body = await read_body(self._reader, answer)
            self.ended = True
            await hang_up(self._writer)
        return answer

    async def _read(self, answer: Answer) -> None:
        rest = b""
        try:
            async for piece in body_pieces(self._reader, answer):
                self.raw += piece
                *events, rest = (rest + piece).split(_END_OF_EVENT)
                for event in events:
                    self._take(event)
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self.ended = True
            self._events.put_nowait(None)

    def _take(self, event: bytes) -> None:
        lines = [line.removeprefix(_DATA) for line in event.split(b"\r\n") if line.startswith(_DATA)]
        if lines:
            self._events.put_nowait(b"\n".join(lines))

    async def data(self) -> bytes | None:
        event = await self._events.get()
        if event is None:
            self._events.put_nowait(None)
        return event

    async def ending(self) -> dict[str, Any]:
        while await self.data() is not None:
            pass
        return {"end": True}

    def drop(self) -> None:
        self.ended = True
        self._writer.transport.abort()

    async def finish(self) -> None:
        if not self.ended:
            self.drop()
        if self._pump is not None:
            await self._pump
        await hang_up(self._writer)
