"""A real uvicorn in a thread, so that a test may block, stop the server and start it again."""

import threading
from enum import StrEnum
from typing import Any

import uvicorn
from fastapi import FastAPI

from app.config.settings import Settings
from app.main import create_app

START_SECONDS = 20.0


class Adapter(StrEnum):
    """The two ways in which the server serves WebSockets to the hubs."""

    TAKEOVER = "takeover"
    ASGI = "asgi"


# As `waybill serve` runs it, and as `uvicorn app.main:app` does.
OPTIONS: dict[Adapter, dict[str, Any]] = {
    Adapter.TAKEOVER: {
        "ws": "app.signalr.transports.uvicorn:HubWebSocketProtocol",
        "ws_per_message_deflate": False,
        "ws_ping_interval": None,
    },
    Adapter.ASGI: {"ws": "auto"},
}


class LiveServer:
    """One server on a free port of the loopback interface. It keeps its port when it restarts."""

    def __init__(self, settings: Settings, adapter: Adapter) -> None:
        self._settings = settings
        self._adapter = adapter
        self._port = 0
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self.app: FastAPI | None = None

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Builds the application and serves it. Returns when the server accepts connections."""
        self.app = create_app(self._settings)
        config = uvicorn.Config(
            self.app,
            host="127.0.0.1",
            port=self._port,
            lifespan="on",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
            **OPTIONS[self._adapter],
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._server.run, name="live-server", daemon=True)
        self._thread.start()
        self._server.wait_until_ready(self._thread)
        self._port = self._server.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        """Stops the server as SIGTERM does and waits for its end. Does nothing if it is stopped."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join()
        self._server = self._thread = None

    def restart(self) -> None:
        """Stops the server, and starts a new application on the same port and database."""
        self.stop()
        self.start()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ready = threading.Event()

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()

    def wait_until_ready(self, thread: threading.Thread) -> None:
        # Short waits, because a thread that fails to start never sets the event.
        remaining = START_SECONDS
        while not self._ready.wait(0.05):
            remaining -= 0.05
            if not thread.is_alive() or remaining < 0:
                raise RuntimeError("the server did not start; its log says why")
