"""A client of long polling: it polls when it is asked for something, one GET after another."""

import asyncio
import contextlib
from typing import Any

from tests.signalr.golden.connection import PostingConnection
from tests.signalr.golden.raw_http import Answer, request


class PollingConnection(PostingConnection):
    """The first poll opens it; a poll that is not answered with 200 ends it."""

    _poll: asyncio.Task[Answer] | None = None
    _last_status = 200

    async def open(self) -> Answer:
        answer = await request(self.address, "GET", self.path, self.headers)
        self._settle(answer)
        return answer

    def _settle(self, answer: Answer) -> None:
        self._last_status = answer.status
        self.ended = answer.status != 200

    async def data(self) -> bytes | None:
        if self.ended:
            return None
        if self._poll is None:
            self._poll = asyncio.create_task(request(self.address, "GET", self.path, self.headers))
        answer = await asyncio.shield(self._poll)
        self._poll = None
        self._settle(answer)
        return answer.body if answer.status == 200 else None

    async def ending(self) -> dict[str, Any]:
        while await self.data() is not None:
            pass
        return {"status": self._last_status}

    def drop(self) -> None:
        if self._poll is not None:
            self._poll.cancel()
            self._poll = None

    async def finish(self) -> None:
        if not self.ended:
            await request(self.address, "DELETE", self.path, self.headers)
        if self._poll is not None:
            self._poll.cancel()
            with contextlib.suppress(asyncio.CancelledError, asyncio.IncompleteReadError, OSError):
                await self._poll
