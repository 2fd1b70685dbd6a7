"""Sending over ASGI without waiting for it."""

import asyncio
from collections.abc import Callable, Sequence

from starlette.types import Message, Send

from ..eager import EagerRunner


class AsgiSender:
    """Sends messages in order; while the socket keeps up, each send ends in place and no task is made."""

    def __init__(self, send: Send, drained: Callable[[], None], broke: Callable[[], None] | None = None) -> None:
        self._send = send
        self._drained = drained
        self._broke = broke
        self._runner = EagerRunner(asyncio.get_running_loop())
        self._waiting: list[Message] = []
        self._sending = False
        self._idle = asyncio.Event()
        self._idle.set()
        self.broken = False

    @property
    def is_behind(self) -> bool:
        """Whether the socket has not taken everything yet; `drained` is called when it has."""
        return self._sending

    def put(self, messages: Sequence[Message]) -> None:
        """Sends in place if the socket keeps up, else later. Does nothing once the client has gone."""
        if self.broken:
            return
        self._waiting += messages
        if not self._sending:
            self._sending = True
            self._idle.clear()
            self._runner.start(self._pump())

    def drop(self) -> None:
        """Forgets what was not yet handed to the server."""
        self._waiting.clear()

    async def flushed(self) -> None:
        """Returns when everything was handed to the server, or cannot be any more."""
        await self._idle.wait()

    async def aclose(self) -> None:
        """Gives up what still waits."""
        self.broken = True
        await self._runner.aclose()

    async def _pump(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                for message in waiting:
                    await self._send(message)
        except (OSError, RuntimeError):  # the client left between two messages; reading will notice
            self.broken = True
            self._waiting.clear()
            if self._broke is not None:
                self._broke()
        finally:
            self._sending = False
            self._idle.set()
        self._drained()
