"""What test_shutdown.py runs in a process of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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


class Slow(Talker):
    """Needs longer for its goodbye than uvicorn waits before it looks whether to stop."""

    async def on_disconnected(self, exception: BaseException | None) -> None:
        await asyncio.sleep(0.3)
        await super().on_disconnected(exception)


class Stuck(Talker):
    """Never says goodbye."""

    async def on_disconnected(self, exception: BaseException | None) -> None:
        app.state.is_stuck = True
        self._tell("stuck")
        await asyncio.Event().wait()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Tells about a stop in order, once a hub is stuck."""
    app.state.is_stuck = False
    yield
    if app.state.is_stuck:
        print("stopped in order", flush=True)  # noqa: T201 - the test reads it


app = FastAPI(lifespan=lifespan)
for path, hub in (("/hub", Talker), ("/slow", Slow), ("/stuck", Stuck)):
    map_hub(app, path, hub, options=HubOptions(close_timeout=0.5))
