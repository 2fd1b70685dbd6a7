"""Whether this process gets the time that it needs to measure anybody else's."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

_BEAT = 0.05
_TOLERANCE = 0.2


class Pulse:
    """Counts how often an event loop came a good deal later than it should have."""

    def __init__(self) -> None:
        self.stumbles = 0

    @contextlib.asynccontextmanager
    async def felt(self) -> AsyncIterator[None]:
        """Counts while it is entered."""
        beating = asyncio.create_task(self._beat())
        try:
            yield
        finally:
            beating.cancel()

    async def _beat(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(_BEAT)
            self.stumbles += loop.time() - before > _BEAT + _TOLERANCE
