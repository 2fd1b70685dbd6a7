"""SIGTERM and SIGINT: the hub server hears them first, and hands them on once it has said goodbye.

Web servers close every WebSocket first and tell the application last, which is too late for a Close message.
"""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType
from typing import Any

_NUMBERS = (signal.SIGTERM, signal.SIGINT)


@contextlib.contextmanager
def goodbye_before_shutdown(drain: Callable[[], object], gone: Callable[[], Awaitable[object]]) -> Iterator[None]:
    """Calls `drain` at the first signal, and hands that signal to the web server when `gone` returns.

    A second signal reaches the web server at once, together with the first. Outside of the main thread, where Python
    allows no signal handlers, this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    signals = _Signals(drain, gone)
    for number in _NUMBERS:
        signal.signal(number, signals.handle)
    try:
        yield
    finally:
        signals.stop()


class _Signals:
    """What has been heard, and what has been handed on."""

    def __init__(self, drain: Callable[[], object], gone: Callable[[], Awaitable[object]]) -> None:
        self._drain = drain
        self._gone = gone
        self._loop = asyncio.get_running_loop()
        self._previous: dict[int, Any] = {number: signal.getsignal(number) for number in _NUMBERS}
        self._heard = False
        self._held: int | None = None
        self._goodbye: asyncio.Task[None] | None = None

    def handle(self, number: int, frame: FrameType | None) -> None:
        """The signal handler."""
        if not self._heard:
            self._heard = True
            self._held = number
            self._loop.call_soon_threadsafe(self._begin)
            return
        self._hand_on_held()
        self._hand_on(number, frame)

    def stop(self) -> None:
        """Gives the signals back. A handler that was put before this one still reaches the web server."""
        self._heard = True
        if self._goodbye is not None:
            self._goodbye.cancel()
        for number, handler in self._previous.items():
            if signal.getsignal(number) == self.handle:
                signal.signal(number, handler)

    def _begin(self) -> None:
        self._drain()
        self._goodbye = self._loop.create_task(self._wait())

    async def _wait(self) -> None:
        await self._gone()
        self._hand_on_held()

    def _hand_on_held(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            self._hand_on(held, None)

    def _hand_on(self, number: int, frame: FrameType | None) -> None:
        handler = self._previous[number]
        if callable(handler):
            handler(number, frame)
        elif handler is signal.SIG_DFL:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
