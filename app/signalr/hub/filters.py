"""Code around every call of a hub: logging, limits, checks, changed arguments and results."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .base import Hub
from .context import HubCallerContext


@dataclass(slots=True)
class HubInvocation:
    """A call that is authorized and bound. A filter may replace items of `arguments` before the method runs."""

    context: HubCallerContext
    hub: Hub[Any]
    method: str
    arguments: list[Any]
    items: dict[Any, Any] = field(default_factory=dict)
    """Free for filters to use, to pass values to each other."""


@dataclass(slots=True)
class HubLifetime:
    """A connection that has just been made, or has ended."""

    context: HubCallerContext
    hub: Hub[Any]


Next = Callable[[], Awaitable[Any]]


class HubFilter:
    """Derive from it and override what you need; call `following()` to go on, or raise to refuse.

    Filters of the server come first, then the hub's, each in the order of its registration, the first one outermost.
    Unknown methods, unbindable arguments and the unauthorized never reach a filter. Around a streaming method, a
    filter wraps the making of the stream, not its items.
    """

    async def invoke_method(self, invocation: HubInvocation, following: Next) -> Any:
        """Returns the result for the client. An exception is treated like an exception of the method."""
        return await following()

    async def on_connected(self, lifetime: HubLifetime, following: Next) -> None:
        """An exception refuses the connection."""
        await following()

    async def on_disconnected(self, lifetime: HubLifetime, exception: BaseException | None, following: Next) -> None:
        """Runs once for each connection that was not refused."""
        await following()


FilterSource = HubFilter | type[HubFilter]
"""A filter, or a filter class, of which each call gets a new object with its `Depends`."""


async def through(filters: Sequence[HubFilter], step: Callable[[HubFilter, Next], Awaitable[Any]], last: Next) -> Any:
    """Runs `last` inside `step(filter, …)` of every filter, the first one outermost."""
    following = last
    for hub_filter in reversed(filters):
        following = _bound(step, hub_filter, following)
    return await following()


def _bound(step: Callable[[HubFilter, Next], Awaitable[Any]], hub_filter: HubFilter, following: Next) -> Next:
    return lambda: step(hub_filter, following)
