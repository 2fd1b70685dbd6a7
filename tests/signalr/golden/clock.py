"""An event loop on which time passes faster, for cases that mostly wait."""

import asyncio
import selectors


class _QuickSelector(selectors.DefaultSelector):
    """Waits a fraction of the time that it is asked to wait."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(None if timeout is None else timeout / self._speed)


class QuickLoop(asyncio.SelectorEventLoop):
    """Every timer is on time by this loop's own clock, of which `speed` seconds are one second of everybody else."""

    def __init__(self, speed: float) -> None:
        super().__init__(_QuickSelector(speed))
        self._speed = speed

    def time(self) -> float:
        return super().time() * self._speed
