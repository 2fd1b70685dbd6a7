"""Filters that note what passes them; the hub's own one also changes it."""

from typing import Any

from app.signalr import HubError, HubFilter, HubInvocation, HubLifetime
from app.signalr.hub.filters import Next
from tests.signalr.golden.surface.hubs import FilteredHub
from tests.signalr.golden.surface.journal import note


class NotingFilter(HubFilter):
    """Notes the order of things, on the filtered hub only."""

    name = "global"

    async def invoke_method(self, invocation: HubInvocation, following: Next) -> Any:
        if not isinstance(invocation.hub, FilteredHub):
            return await following()
        shown = ",".join(map(str, invocation.arguments))
        note(invocation.context, f"{self.name} before {invocation.method}({shown})")
        result = await self.changed(invocation, following)
        note(invocation.context, f"{self.name} after {result}")
        return self.answer(result)

    async def changed(self, invocation: HubInvocation, following: Next) -> Any:
        """Calls the method."""
        return await following()

    def answer(self, result: Any) -> Any:
        """What the client gets."""
        return result

    async def on_connected(self, lifetime: HubLifetime, following: Next) -> None:
        if isinstance(lifetime.hub, FilteredHub):
            note(lifetime.context, f"{self.name} connecting")
        await following()

    async def on_disconnected(self, lifetime: HubLifetime, exception: BaseException | None, following: Next) -> None:
        if isinstance(lifetime.hub, FilteredHub):
            note(lifetime.context, f"{self.name} disconnecting {type(exception).__name__ if exception else 'null'}")
        await following()


class OwnFilter(NotingFilter):
    """Refuses one argument, swaps another, and is loud about texts."""

    name = "own"

    async def changed(self, invocation: HubInvocation, following: Next) -> Any:
        if invocation.arguments == ["refuse"]:
            raise HubError("filtered")
        if invocation.arguments == ["swap"]:
            invocation.arguments[:] = ["swapped"]
        return await following()

    def answer(self, result: Any) -> Any:
        return f"{result}!" if isinstance(result, str) else result
