"""What the server calls on a test client: handled at once, or kept until the test asks."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import UNSET

from ..awaiting import awaited
from ..messages import Completion

Handler = Callable[..., Any]

_NO_HANDLER = "Client didn't provide a result."


class ServerCalls:
    """Handlers and queues by target; names ignore case, as with official clients."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}
        self._queues: dict[str, asyncio.Queue[list[Any]]] = {}
        self._failures: list[Exception] = []

    def handle(self, target: str, handler: Handler) -> None:
        """Gives calls of `target` to `handler` from now on."""
        self._handlers[target.lower()] = handler

    def handler(self, target: str) -> Handler | None:
        """The handler of `target`, if there is one."""
        return self._handlers.get(target.lower())

    def queue(self, target: str) -> "asyncio.Queue[list[Any]]":
        """The arguments of the calls of `target` that no handler took."""
        return self._queues.setdefault(target.lower(), asyncio.Queue())

    def waiting(self, target: str | None) -> Iterable[tuple[str, list[Any]]]:
        """Takes out the calls of `target`, or of any target, that were not received yet."""
        for name in [target.lower()] if target is not None else list(self._queues):
            queue = self.queue(name)
            while not queue.empty():
                yield name, queue.get_nowait()

    def keep(self, target: str, arguments: list[Any], identifier: str | None) -> Completion | None:
        """Keeps a call that has no handler. Returns the answer, if the server wants one."""
        self.queue(target).put_nowait(arguments)
        return None if identifier is None else Completion(identifier, UNSET, _NO_HANDLER)

    async def answer(self, handler: Handler, arguments: list[Any], identifier: str | None) -> Completion | None:
        """Runs a handler. Returns its result or error as the answer, if the server wants one."""
        try:
            result = await awaited(handler(*arguments))
        except Exception as error:  # noqa: BLE001 - the server reads it if it asked, and the test if not
            if identifier is None:
                self._failures.append(error)
                return None
            return Completion(identifier, UNSET, str(error) or type(error).__name__)
        return None if identifier is None else Completion(identifier, result)

    def check(self) -> None:
        """Raises an ExceptionGroup of what handlers raised while no server waited for their answer."""
        if self._failures:
            raise ExceptionGroup("handlers of the test client failed", self._failures)
