"""The official npm client: a Node process that Python tests drive over JSON lines."""

import asyncio
import json
from asyncio.subprocess import PIPE, Process
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from tests.support.paths import NPM

VERSIONS = {"7.0.0": "signalr-7", "8.0.29": "signalr-8", "10.0.11": "signalr-10"}
"""The published versions of `@microsoft/signalr` under test, and the names under which they are installed."""

WAIT_SECONDS = 30.0
"""How long a test waits for an answer or an event. Only a failing test waits that long."""


class ClientError(Exception):
    """The official client rejected the promise. The text is its message."""


class NpmClient:
    """A running Node process with one version of the client; open it with `npm_client`."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._ids = count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._connections: dict[str, NpmConnection] = {}
        self._version: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def version(self) -> str:
        """Returns the version that the client reports once it is loaded."""
        async with asyncio.timeout(WAIT_SECONDS):
            return await self._version

    async def connect(
        self,
        hub: str,
        *,
        token: str | None = None,
        targets: Sequence[str] = (),
        skip_negotiation: bool = False,
        reconnect_delays: Sequence[int] | None = None,
    ) -> "NpmConnection":
        """Builds a connection over WebSockets, listens to `targets` and starts it.

        `reconnect_delays` are milliseconds for `withAutomaticReconnect`. Raises `ClientError`.
        """
        name = f"c{len(self._connections) + 1}"
        connection = self._connections[name] = NpmConnection(self, name)
        connection.id = await self.command(
            "connect",
            connection=name,
            hub=hub,
            token=token,
            targets=list(targets),
            skipNegotiation=skip_negotiation,
            reconnectDelays=None if reconnect_delays is None else list(reconnect_delays),
        )
        return connection

    async def command(self, command: str, **details: Any) -> Any:
        """Makes the process do something and returns the result. Raises `ClientError`."""
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"id": number, "command": command, **details}).encode() + b"\n")
        async with asyncio.timeout(WAIT_SECONDS):
            return await answer

    async def listen(self) -> None:
        """Passes answers and events on until the process ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._take(json.loads(line))
        ended = ClientError("the Node process ended")
        for future in (self._version, *self._answers.values()):
            if not future.done():
                future.set_exception(ended)

    def _take(self, message: dict[str, Any]) -> None:
        if "id" in message:
            answer = self._answers.pop(message["id"])
            if "error" in message:
                answer.set_exception(ClientError(message["error"]))
            else:
                answer.set_result(message["result"])
        elif message["event"] == "ready":
            self._version.set_result(message["args"][0])
        else:
            self._connections[message["connection"]].take(message["event"], message["args"])


class NpmConnection:
    """One `HubConnection` inside the process. `id` is None when negotiation was skipped."""

    def __init__(self, client: NpmClient, name: str) -> None:
        self.id: str | None = None
        self._client = client
        self._name = name
        self._events: defaultdict[str, asyncio.Queue[list[Any]]] = defaultdict(asyncio.Queue)

    async def invoke(self, method: str, *args: Any) -> Any:
        """Invokes a method and returns its result. Raises `ClientError` with the server's error text."""
        return await self._client.command("invoke", connection=self._name, method=method, args=args)

    async def send(self, method: str, *args: Any) -> None:
        """Invokes a method without waiting for a result."""
        await self._client.command("send", connection=self._name, method=method, args=args)

    async def stop(self) -> None:
        """Closes the connection."""
        await self._client.command("stop", connection=self._name)

    async def next(self, event: str) -> list[Any]:
        """Returns the arguments of the next call of a target, or of `reconnecting`, `reconnected`, `close`."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await self._events[event].get()
        except TimeoutError:
            unread = {name: queue.qsize() for name, queue in self._events.items() if queue.qsize()}
            raise AssertionError(f"no {event} came; unread are: {unread or 'none'}") from None

    def count(self, event: str) -> int:
        """Returns how many calls of a target are waiting to be read."""
        return self._events[event].qsize()

    def take(self, event: str, args: list[Any]) -> None:
        """Keeps an event until a test asks for it."""
        self._events[event].put_nowait(args)


@asynccontextmanager
async def npm_client(version: str, base_url: str) -> AsyncIterator[NpmClient]:
    """Runs Node with one of `VERSIONS` against `base_url`. The process ends with the block."""
    process = await asyncio.create_subprocess_exec(
        "node", "client.mjs", VERSIONS[version], base_url, cwd=NPM, stdin=PIPE, stdout=PIPE
    )
    client = NpmClient(process)
    listener = asyncio.create_task(client.listen())
    try:
        assert await client.version() == version
        yield client
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await listener
