"""What test_shutdown.py runs in a process of its own."""

import asyncio

from fastapi import FastAPI

from app.signalr import Hub, HubOptions, map_hub


class Talker(Hub):
    """Tells its standard output who comes and who goes."""

    async def on_connected(self) -> None:
        self._tell("connected")

    async def on_disconnected(self, exception: BaseException | None) -> None:
        await asyncio.sleep(0)
        self._tell(f"disconnected {exception}")

    async def wait(self) -> None:
        self._tell("waiting")
        try:
            await asyncio.Event().wait()
        finally:
            self._tell("cancelled")

    def _tell(self, what: str) -> None:
        print(what, flush=True)  # noqa: T201 - the test reads it


app = FastAPI()
map_hub(app, "/hub", Talker, options=HubOptions(close_timeout=0.5))
