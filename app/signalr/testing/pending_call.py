"""A call that a test client waits for, and its uploads."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from ..messages import Completion, HubMessage, StreamItem
from .errors import HubCallError


@dataclass(frozen=True, slots=True)
class Answer:
    """An item of a stream, or the completion of a call."""

    item: Any
    error: str | None
    is_last: bool

    def result_or_raise(self) -> Any:
        """The result of a call. Raises HubCallError."""
        if self.error is not None:
            raise HubCallError(self.error)
        return self.item


class PendingCall:
    """A call of a hub method, until its completion; its uploads end with it."""

    def __init__(self, identifier: str, uploads: "Sequence[asyncio.Task[None]]") -> None:
        self.identifier = identifier
        self.answers: asyncio.Queue[Answer] = asyncio.Queue()
        self._uploads = uploads

    def take_item(self, item: Any) -> None:
        """Takes one more item of a stream."""
        self.answers.put_nowait(Answer(item, None, is_last=False))

    def complete(self, result: Any, error: str | None) -> None:
        """Takes the completion of the call."""
        self.answers.put_nowait(Answer(result, error, is_last=True))
        self.cancel_uploads()

    def cancel_uploads(self) -> None:
        """Stops the uploads: the server does not read them any more."""
        for task in self._uploads:
            task.cancel()


async def upload(
    stream_id: str, items: AsyncIterable[Any], write: Callable[[HubMessage], None], sent: Callable[[], Awaitable[None]]
) -> None:
    """Sends the items and the end of a stream; an exception of the iterator is the stream's error."""
    error = None
    try:
        async for item in items:
            write(StreamItem(stream_id, item))
            await sent()
    except Exception as failure:  # noqa: BLE001 - it belongs to the hub method that reads the stream
        error = str(failure) or type(failure).__name__
    finally:
        if hasattr(items, "aclose"):
            await items.aclose()
    write(Completion(stream_id, UNSET, error))
