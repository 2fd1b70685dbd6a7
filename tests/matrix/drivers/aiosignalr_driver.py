"""Drives the client of aiosignalr."""

import asyncio
from importlib.metadata import version
from typing import Any

from aiosignalr.client import (  # type: ignore[import-not-found]  # installed in the environment of the drivers alone
    HubConnection,
    RetryContext,
    RetryPolicy,
)

from tests.matrix.drivers.lines import Driver


class AiosignalrDriver(Driver):
    """Every command is a method of the same name."""

    def __init__(self) -> None:
        super().__init__(version("aiosignalr"))
        self._connections: dict[str, Any] = {}
        self._settings: dict[str, dict[str, Any]] = {}

    async def do(self, command: str, details: dict[str, Any]) -> Any:
        return await getattr(self, command)(**details)

    async def connect(
        self,
        *,
        connection: str,
        protocol: str,
        targets: list[str],
        answers: dict[str, dict[str, Any]],
        delays: list[int] | None,
        **settings: Any,
    ) -> None:
        """The library does not tell the id of the connection."""
        hub = self._connections[connection] = HubConnection(protocol=protocol)
        for target in targets:
            hub.on(target, self._listener(connection, target))
        for target, answer in answers.items():
            hub.on(target, self._listener(connection, target, answer))
        hub.on_close = lambda error: self.tell(connection, "close", None if error is None else str(error))
        hub.on_reconnecting = lambda error: self.tell(connection, "reconnecting", str(error))
        hub.on_reconnected = lambda: self.tell(connection, "reconnected", None)
        if delays is not None:
            hub.with_retry_policy(Delays(delays))
        self._settings[connection] = settings
        await self.restart(connection)

    async def restart(self, connection: str) -> None:
        settings = self._settings[connection]
        url = settings["url"]
        await self._connections[connection].start(
            url.replace("http", "ws", 1) if settings["skipNegotiation"] else url,
            access_token_factory=lambda: settings["token"],
            headers=settings["headers"],
            transports={settings["transport"]},
            skip_negotiation=settings["skipNegotiation"],
        )

    async def invoke(self, connection: str, method: str, args: list[Any]) -> Any:
        hub = self._connections[connection]
        if not args or not isinstance(args[-1], dict) or "$upload" not in args[-1]:
            return await hub.invoke(method, *args)
        upload = args.pop()["$upload"]
        async with hub.client_stream(method, *args) as stream:
            for item in upload["items"]:
                await stream.send_item(item)
                await asyncio.sleep(upload["pause"] / 1000)
            if upload["error"] is not None:
                await stream.complete(upload["error"])
        return stream.result

    async def send(self, connection: str, method: str, args: list[Any]) -> None:
        await self._connections[connection].send(method, *args)

    async def stream(self, connection: str, method: str, args: list[Any], take: int | None) -> dict[str, Any]:
        items: list[Any] = []
        stream = await self._connections[connection].stream(method, *args)
        try:
            async for item in stream:
                items.append(item)
                if len(items) == take:
                    break
        except Exception as error:  # noqa: BLE001 - told beside the items that came before
            return {"items": items, "error": str(error)}
        await stream.aclose()  # tells the server, if it has not ended
        return {"items": items, "error": None}

    async def stop(self, connection: str) -> None:
        if connection in self._connections:
            await self._connections[connection].stop()

    def _listener(self, connection: str, target: str, answer: dict[str, Any] | None = None) -> Any:
        def listen(*args: Any) -> Any:
            self.tell(connection, target, *args)
            if answer is not None and "error" in answer:
                raise RuntimeError(answer["error"])
            return None if answer is None else answer["result"]

        return listen


class Delays(RetryPolicy):  # type: ignore[misc]  # its base has no type here, see above
    """Waits the given milliseconds before each attempt."""

    def __init__(self, delays_ms: list[int]) -> None:
        self._delays_ms = delays_ms

    def next_retry_delay(self, context: RetryContext) -> float | None:
        attempt = context.previous_retry_count
        return self._delays_ms[attempt] / 1000 if attempt < len(self._delays_ms) else None


if __name__ == "__main__":
    asyncio.run(AiosignalrDriver().run())
