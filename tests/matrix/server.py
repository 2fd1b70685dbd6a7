"""Servers of the matrix application: real ones, in threads, on ports that are known before they start."""

import asyncio
import socket
import threading
from collections.abc import Callable

import uvicorn
from fastapi import FastAPI

from app.signalr import SignalR
from tests.support.server import OPTIONS, Adapter

START_SECONDS = 20.0
HOST = "127.0.0.1"


class MatrixServer:
    """One server. It keeps its port over a restart, and may be stopped and started as often as a test likes."""

    def __init__(self, adapter: Adapter, create_app: Callable[[], FastAPI]) -> None:
        self._adapter = adapter
        self._create_app = create_app
        self._listener = _listen(0)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self._server: _Server

    def start(self) -> None:
        """Serves; returns once connections are accepted."""
        config = uvicorn.Config(
            self._create_app(),
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
            **OPTIONS[self._adapter],
        )
        self._server = _Server(config, self._listener)
        self._server.start()

    def stop(self) -> None:
        """Ends as SIGTERM ends a server: first every client hears Close, then uvicorn goes down."""
        self._server.stop()

    def restart(self) -> None:
        """Stops, and starts a new application on the same port."""
        self.stop()
        self._listener = _listen(self.port)
        self.start()


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        super().__init__(config)
        self._listener = listener
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=self.run, args=([listener],), name="matrix-server", daemon=True)

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise RuntimeError("the server did not start; its log says why")

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._ready.set()

    def stop(self) -> None:
        # uvicorn takes signals in the main thread only, and so does the hub server, which wants to hear of them first.
        signalr: SignalR = self.config.app.state.signalr  # type: ignore[union-attr]  # it is always a FastAPI here
        self._loop.call_soon_threadsafe(signalr.drain)
        self.should_exit = True
        self._thread.join()


def _listen(port: int) -> socket.socket:
    return socket.create_server((HOST, port))
