"""A program that runs a client library for the tests: commands go in, answers and events come out, all as JSON."""

import asyncio
import base64
import json
from abc import ABC, abstractmethod
from asyncio.subprocess import PIPE, Process
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from playwright.async_api import Page

from tests.support.npm import WAIT_SECONDS, ClientError

LINE_LIMIT = 8 * 1024 * 1024
"""Bytes of the longest line that a program may write."""


_ENDED = "the process of the client has ended; its last words are in the output of the test"


class Upload(NamedTuple):
    """An argument that is a stream: its items, the seconds between them, and the error that ends it, if one does."""

    items: Sequence[Any]
    pause_s: float = 0
    error: str | None = None


class Streamed(NamedTuple):
    """What came of a stream: its items, and the error that ended it."""

    items: list[Any]
    error: str | None


class Peer(ABC):
    """One client library, ready to open connections."""

    def __init__(self) -> None:
        self.is_running = True
        self._connections: dict[str, Connection] = {}
        self._names = map("c{}".format, count(1))
        self._version: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def version(self) -> str:
        """The version that the library says it is."""
        async with asyncio.timeout(WAIT_SECONDS):
            return await self._version

    async def command(self, command: str, **details: Any) -> Any:
        """Has the program do something. Raises ClientError with the text of the library's own error."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                answer = await self._ask(command, details)
        except TimeoutError:
            raise AssertionError(f"no answer came to {command} {details.get('method', '')}") from None
        if "error" in answer:
            raise ClientError(answer["error"])
        return answer["result"]

    @abstractmethod
    async def _ask(self, command: str, details: Mapping[str, Any]) -> Mapping[str, Any]:
        """An answer holds `result` or `error`."""

    def new_connection(self) -> "Connection":
        """A connection that is not open yet."""
        name = next(self._names)
        connection = self._connections[name] = Connection(self, name)
        return connection

    def take(self, event: Mapping[str, Any]) -> None:
        """Keeps an event until a test asks for it."""
        if event["event"] == "ready":
            self._version.set_result(event["args"][0])
        else:
            self._connections[event["connection"]].take(event["event"], _from_json(event["args"]))


class ProcessPeer(Peer):
    """A program that speaks JSON lines."""

    def __init__(self, process: Process) -> None:
        super().__init__()
        self._process = process
        self._ids = count(1)
        self._answers: dict[int, asyncio.Future[Mapping[str, Any]]] = {}

    async def _ask(self, command: str, details: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self.is_running:
            raise ClientError(_ENDED)
        number = next(self._ids)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"id": number, "command": command, **details}).encode() + b"\n")
        return dict(await answer)

    async def listen(self) -> None:
        """Hands out answers and events until the process ends."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            message = json.loads(line)
            if "id" not in message:
                self.take(message)
            elif not (answer := self._answers.pop(message["id"])).done():  # else nobody waits any longer
                answer.set_result(message)
        self.is_running = False
        waiting: list[asyncio.Future[Any]] = [self._version, *self._answers.values()]
        for future in waiting:
            if not future.done():
                future.set_exception(ClientError(_ENDED))


class PagePeer(Peer):
    """A page in a browser."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page

    async def _ask(self, command: str, details: Mapping[str, Any]) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = await self._page.evaluate(
            "([command, details]) => driver.answer(command, details)", [command, details]
        )
        return answer


class Connection:
    """One connection of a client library. `id` is what the library says it is, None if it does not say."""

    def __init__(self, peer: Peer, name: str) -> None:
        self.id: str | None = None
        self._peer = peer
        self._name = name
        self._events: defaultdict[str, asyncio.Queue[list[Any]]] = defaultdict(asyncio.Queue)

    async def start(self, **settings: Any) -> None:
        """Connects. Raises ClientError."""
        self.id = await self._command("connect", **settings)

    async def start_again(self) -> None:
        """Connects once more, after a stop."""
        self.id = await self._command("restart")

    async def stop(self) -> None:
        """Closes the connection; does nothing if it is closed."""
        await self._command("stop")

    async def invoke(self, method: str, *args: Any) -> Any:
        """Calls and waits for the result. Raises ClientError with the server's text."""
        return _from_json(await self._command("invoke", method=method, args=_to_json(args)))

    async def send(self, method: str, *args: Any) -> None:
        """Calls without waiting for a result."""
        await self._command("send", method=method, args=_to_json(args))

    async def stream(self, method: str, *args: Any, take: int | None = None) -> Streamed:
        """Reads a stream to its end, or cancels it after `take` items."""
        answer = await self._command("stream", method=method, args=_to_json(args), take=take)
        return Streamed(_from_json(answer["items"]), answer["error"])

    async def next(self, event: str) -> list[Any]:
        """The arguments of the next call of a target, or of `reconnecting`, `reconnected`, `close`."""
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await self._events[event].get()
        except TimeoutError:
            unread = {name: queue.qsize() for name, queue in self._events.items() if queue.qsize()}
            raise AssertionError(f"no {event} came; unread are: {unread or 'none'}") from None

    async def heard(self, event: str = "Message") -> list[list[Any]]:
        """Every unread call of a target that the server had made when this was asked."""
        await self.send("Mark")
        await self.next("Mark")
        queue = self._events[event]
        return [queue.get_nowait() for _ in range(queue.qsize())]

    def count(self, event: str) -> int:
        """How many calls of a target wait to be read."""
        return self._events[event].qsize()

    def take(self, event: str, args: list[Any]) -> None:
        """Keeps an event until it is read."""
        self._events[event].put_nowait(args)

    async def _command(self, command: str, **details: Any) -> Any:
        return await self._peer.command(command, connection=self._name, **details)


@asynccontextmanager
async def process_peer(command: Sequence[str | Path], directory: Path) -> AsyncIterator[Peer]:
    """Runs a program until the block ends."""
    process = await asyncio.create_subprocess_exec(*command, cwd=directory, stdin=PIPE, stdout=PIPE, limit=LINE_LIMIT)
    peer = ProcessPeer(process)
    listener = asyncio.create_task(peer.listen())
    try:
        yield peer
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), WAIT_SECONDS)
        except TimeoutError:
            process.kill()
            raise
        finally:
            await listener


def _to_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, Upload):
        return {"$upload": {"items": value.items, "pause": value.pause_s * 1000, "error": value.error}}
    return [_to_json(item) for item in value] if isinstance(value, (list, tuple)) else value


def _from_json(value: Any) -> Any:
    if isinstance(value, dict) and "$bytes" in value:
        return base64.b64decode(value["$bytes"])
    return [_from_json(item) for item in value] if isinstance(value, list) else value
