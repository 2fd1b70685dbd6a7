"""The hub that is measured: `uvicorn benchmarks.apps.hub:app`, with either WebSocket adapter."""

import asyncio

from fastapi import FastAPI

from app.signalr import Hub, map_hub
from benchmarks.apps import PUSHED


class BenchHub(Hub):
    """Sends as application code would: one awaited send after the other."""

    async def echo(self, text: str) -> str:
        """Back to the caller, as the result."""
        return text

    async def broadcast(self, count: int) -> None:
        """`count` messages to everyone, as fast as it goes."""
        for _ in range(count):
            await self.clients.all.send("m", PUSHED)

    async def broadcast_paced(self, count: int, pause_ms: int) -> None:
        """`count` messages to everyone, with a pause after each."""
        for _ in range(count):
            await self.clients.all.send("m", PUSHED)
            await asyncio.sleep(pause_ms / 1000)


app = FastAPI()
map_hub(app, "/bench", BenchHub)
