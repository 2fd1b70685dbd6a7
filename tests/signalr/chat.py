"""A hub that notes who comes and goes, and real servers of it with clients."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI

from app.signalr import Hub, HubOptions, map_hub
from tests.signalr.live import Adapter, HubSocket, RawSocket, hub_socket, listening, raw_socket
from tests.signalr.memory_transport import Signal

CLOSED = {"type": 7, "error": "Connection closed with an error.", "allowReconnect": True}
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


@dataclass
class Journal:
    """What happened in the hubs of a test."""

    connected: list[str] = field(default_factory=list)
    disconnected: list[BaseException | None] = field(default_factory=list)
    changed: Signal = field(default_factory=Signal)
    gate: asyncio.Event = field(default_factory=asyncio.Event)


class Chat(Hub):
    journal: Journal

    async def on_connected(self) -> None:
        self.journal.connected.append(self.context.connection_id)
        self.journal.changed()

    async def on_disconnected(self, exception: BaseException | None) -> None:
        self.journal.disconnected.append(exception)
        self.journal.changed()

    async def echo(self, value: Any) -> Any:
        return value

    async def say(self, text: str) -> None:
        await self.clients.all.send("Said", text)

    async def count(self, number: int) -> None:
        for index in range(number):
            await self.clients.all.send("Number", index)

    async def flood(self, chunks: int, size: int) -> None:
        for index in range(chunks):
            await self.clients.all.send("Chunk", index, "x" * size)
            await asyncio.sleep(0)

    async def transport(self) -> list[str]:
        connection: Any = self.context._connection
        return [self.context.transport, type(connection.transport).__name__]

    async def abort(self) -> None:
        self.context.abort()

    async def wait(self) -> str:
        await self.journal.gate.wait()
        return "waited"


@asynccontextmanager
async def serving(adapter: Adapter, options: HubOptions | None = None, **uvicorn_options: Any) -> AsyncIterator[int]:
    app = FastAPI()
    map_hub(app, "/hub", Chat, options=options)
    async with listening(app, adapter, **uvicorn_options) as port:
        yield port


@asynccontextmanager
async def chatting(adapter: Adapter, options: HubOptions | None = None) -> AsyncIterator[tuple[int, HubSocket]]:
    """A server and one client of it."""
    async with serving(adapter, options) as port, hub_socket(port) as client:
        yield port, client


@asynccontextmanager
async def raw_chatting(adapter: Adapter, options: HubOptions | None = None) -> AsyncIterator[tuple[int, RawSocket]]:
    """A server and one raw client of it."""
    async with serving(adapter, options) as port, raw_socket(port) as client:
        await client.shake_hands()
        yield port, client
