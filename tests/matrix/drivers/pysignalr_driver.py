"""Drives the client of pysignalr."""

import asyncio
import contextlib
from importlib.metadata import version
from typing import Any

from pysignalr.client import SignalRClient  # type: ignore[import-not-found]  # the drivers' own
from pysignalr.protocol.json import JSONProtocol  # type: ignore[import-not-found]  # the drivers' own
from pysignalr.protocol.messagepack import MessagepackProtocol  # type: ignore[import-not-found]  # the drivers' own

from tests.matrix.drivers.lines import Driver

PROTOCOLS = {"json": JSONProtocol, "messagepack": MessagepackProtocol}


class PysignalrDriver(Driver):
    """Every command is a method of the same name."""

    def __init__(self) -> None:
        super().__init__(version("pysignalr"))
        self._clients: dict[str, Any] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    async def do(self, command: str, details: dict[str, Any]) -> Any:
        return await getattr(self, command)(**details)

    async def connect(
        self,
        *,
        connection: str,
        url: str,
        protocol: str,
        token: str | None,
        headers: dict[str, str],
        targets: list[str],
        answers: dict[str, dict[str, Any]],
        **_: Any,
    ) -> None:
        """The library does not tell the id of the connection."""
        if token is not None:
            # Its own token factory is asked after the negotiation only.
            headers = {**headers, "Authorization": f"Bearer {token}"}
        client = SignalRClient(url, protocol=PROTOCOLS[protocol](), headers=headers, retry_count=1)
        self._clients[connection] = client
        for target in targets:
            client.on(target, self._listener(connection, target))
        for target, answer in answers.items():
            client.on(target, self._listener(connection, target, answer))
        client.on_error(_ignore)  # every caller hears of its own
        opened = asyncio.Event()
        client.on_open(_setter(opened))
        running = self._running[connection] = asyncio.create_task(client.run())
        waiting = asyncio.create_task(opened.wait())
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if running.done():
            raise ConnectionError(_text(running))
        running.add_done_callback(lambda _: self._ended(connection, running))

    async def invoke(self, connection: str, method: str, args: list[Any]) -> Any:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        async def on_completion(message: Any) -> None:
            if message.error is None:
                answer.set_result(message.result)
            else:
                answer.set_exception(RuntimeError(message.error))

        await self._clients[connection].send(method, args, on_completion)
        return await answer

    async def send(self, connection: str, method: str, args: list[Any]) -> None:
        client = self._clients[connection]
        if not args or not isinstance(args[0], dict) or "$upload" not in args[0]:
            await client.send(method, args)
            return
        async with client.client_stream(method) as stream:
            for item in args[0]["$upload"]["items"]:
                await stream.send(item)

    async def stream(self, connection: str, method: str, args: list[Any], take: int | None) -> dict[str, Any]:
        items: list[Any] = []
        ended: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()

        async def on_item(item: Any) -> None:
            items.append(item)

        async def on_end(message: Any) -> None:
            ended.set_result(message.error)

        await self._clients[connection].stream(method, args, on_item, on_end, on_end)
        return {"items": items, "error": await ended}

    async def stop(self, connection: str) -> None:
        running = self._running.get(connection)
        if running is not None:
            running.cancel()
            await asyncio.wait({running})

    def _listener(self, connection: str, target: str, answer: dict[str, Any] | None = None) -> Any:
        async def listen(args: list[Any]) -> Any:
            self.tell(connection, target, *args)
            if answer is not None and "error" in answer:
                raise RuntimeError(answer["error"])
            return None if answer is None else answer["result"]

        return listen

    def _ended(self, connection: str, running: asyncio.Task[None]) -> None:
        self.tell(connection, "close", None if running.cancelled() else _text(running))


def _text(running: asyncio.Task[None]) -> str:
    """Why a client has stopped running; what hides behind another error is the reason."""
    error = running.exception()
    assert error is not None, "it never ends"
    error = error.__cause__ or error
    return str(error) or type(error).__name__


def _setter(event: asyncio.Event) -> Any:
    async def set_it() -> None:
        event.set()

    return set_it


async def _ignore(_: Any) -> None:
    pass


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(PysignalrDriver().run())
