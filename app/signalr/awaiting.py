"""Hub authors may write coroutine functions or plain ones; their callers need not know which."""

import inspect
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def awaited(value: T | Awaitable[T]) -> T:
    """Returns the value, or the result of awaiting it."""
    return await value if inspect.isawaitable(value) else value
