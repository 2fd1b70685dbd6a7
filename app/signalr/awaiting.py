"""Callables of hub authors may be coroutine functions or plain ones; whoever calls them need not know which."""

import inspect
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def awaited(value: T | Awaitable[T]) -> T:
    """The value itself, or what it is awaited to."""
    return await value if inspect.isawaitable(value) else value
