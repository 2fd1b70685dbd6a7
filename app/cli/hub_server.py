"""uvicorn as `waybill serve` and `waybill demo` run it."""

import gc
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any, Final

import structlog
import uvicorn

TUNED: Final[dict[str, Any]] = {
    "ws": "app.signalr.transports.uvicorn:HubWebSocketProtocol",
    # Browsers always offer compression. It costs more than it saves on small frames, and a frame that is
    # built once for all receivers cannot be compressed for each of them.
    "ws_per_message_deflate": False,
    "ws_ping_interval": None,  # SignalR sends pings of its own
    "ws_max_size": 1024 * 1024,
    "timeout_graceful_shutdown": 5,
    "lifespan": "on",
    "access_log": False,  # app.api.middleware.access_log writes it
    "log_config": None,  # app.config.logging has configured it
    "server_header": False,
}
"""uvicorn's options for hubs."""

_SAME_REQUEST_S: Final = 0.5
"""`timeout` and some process managers send each signal twice at once; that is one request to stop."""

_log = structlog.stdlib.get_logger("app.cli")


class HubServer(uvicorn.Server):
    """Says where it serves. A signal stops it in an orderly way and `run` returns; a later second signal kills it.

    The hub server hears signals before uvicorn does, and holds the first one back while its hubs say goodbye. This
    class hears them before the hub server, so that it counts them when they come.

    uvicorn raises the signal again after an orderly stop, so that the process would end with 143 for SIGTERM.
    """

    def __init__(self, config: uvicorn.Config, address: str, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._address = address
        self._ready = ready
        self._asked_to_stop_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts, then logs the address and calls `ready`."""
        await super().startup(sockets)
        if self.started:
            self._hear_signals_first()
            _leave_out_of_garbage_collection()
            _log.info("serving", address=self._address)
            if self._ready is not None:
                self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handles signals inside the block, and forgets them if the block ends by itself."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins to stop. Once the server has started, `_heard` has counted the signal already."""
        if self.started:
            super().handle_exit(sig, frame)
        else:
            self._heard(super().handle_exit, sig, frame)

    def _hear_signals_first(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, partial(self._heard, signal.getsignal(number)))

    def _heard(self, hand_on: Any, sig: int, frame: FrameType | None) -> None:
        """Hands the first signal on, and dies of the second."""
        now = time.monotonic()
        if self._asked_to_stop_at is None:
            self._asked_to_stop_at = now
            hand_on(sig, frame)
        elif now - self._asked_to_stop_at > _SAME_REQUEST_S:
            signal.signal(sig, signal.SIG_DFL)
            signal.raise_signal(sig)


def _leave_out_of_garbage_collection() -> None:
    """Spares the objects that exist now, which are modules and routes, from being looked through again and again.

    A full collection looks at every object and stops the server for about 50 ms. These never become garbage.
    """
    gc.collect()
    gc.freeze()
