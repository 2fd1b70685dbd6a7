"""What coroutines tell the tests that started them."""

from collections.abc import Callable, Coroutine
from typing import Any

from tests.signalr.memory_transport import Signal

Start = Callable[[Coroutine[Any, Any, None]], None]
"""Starts a coroutine in place."""


class Heard(list[Any]):
    """A list that can be waited for."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = Signal()

    def append(self, item: Any) -> None:
        super().append(item)
        self._changed()

    async def holds(self, number: int) -> None:
        await self._changed.until(lambda: len(self) >= number)
