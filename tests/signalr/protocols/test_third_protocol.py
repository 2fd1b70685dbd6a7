"""A protocol that the framework has never heard of: one class, and one line that names it."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest
from fastapi import FastAPI
from msgspec import UNSET

from app.signalr import Hub, add_signalr, map_hub
from app.signalr.errors import InvalidDataError
from app.signalr.messages import Close, Completion, HubMessage, Invocation, Ping, StreamInvocation, StreamItem
from app.signalr.protocols.base import Arguments, Framed, SingleValue
from app.signalr.protocols.json import JsonHubProtocol
from tests.signalr.harness import Bench, MemoryClient, completion, idle

pytestmark = pytest.mark.anyio


class LinesHubProtocol:
    """Words and JSON, ended by a line feed: `call 1 Add [1,2]`, `done 1 3`, `failed 1 "why"`."""

    name = "lines"
    binary = False

    def frame(self, buffer: bytes, start: int) -> Framed | None:
        end = buffer.find(b"\n", start)
        return None if end < 0 else Framed(start, end, end + 1)

    def parse(self, payload: bytes) -> HubMessage | None:
        word, *rest = payload.decode().split(" ", 3)
        if word not in ("call", "stream", "ping"):
            return None
        if word == "ping":
            return Ping()
        if len(rest) != 3:
            raise InvalidDataError(f"'{word}' takes an id, a target and arguments.")
        kind = Invocation if word == "call" else StreamInvocation
        return kind(rest[1], rest[2].encode(), rest[0])

    def bind(self, raw: Any, arguments: Arguments) -> tuple[Any, ...]:
        return arguments.from_json(raw)

    def bind_value(self, raw: Any, value: SingleValue) -> Any:
        return value.from_json(raw)

    def encode(self, message: HubMessage) -> bytes:
        return " ".join(_WRITERS[type(message)](message)).encode() + b"\n"


def _completion(message: Completion) -> list[str]:
    if message.error is not None:
        return ["failed", message.invocation_id, json.dumps(message.error)]
    return ["done", message.invocation_id, *([] if message.result is UNSET else [json.dumps(message.result)])]


_WRITERS: Mapping[type[HubMessage], Callable[[Any], list[str]]] = {
    Invocation: lambda m: ["call", m.invocation_id or "-", m.target, json.dumps(m.arguments)],
    StreamItem: lambda m: ["item", m.invocation_id, json.dumps(m.item)],
    Completion: _completion,
    Ping: lambda _: ["ping"],
    Close: lambda m: ["close", json.dumps(m.error)],
}


class Desk(Hub):
    async def add(self, one: int, other: int) -> int:
        return one + other

    async def count(self, to: int) -> AsyncIterator[int]:
        for number in range(to):
            yield number

    async def tell(self, text: str) -> None:
        await self.clients.all.send("Told", text)


async def shaken(client: MemoryClient, protocol: str) -> MemoryClient:
    client.feed(json.dumps({"protocol": protocol, "version": 1}).encode() + b"\x1e")
    await idle()
    assert client.transport.writes == [b"{}\x1e"]
    client.transport.writes.clear()
    return client


async def test_a_third_protocol_beside_another() -> None:
    app = FastAPI()
    signalr = add_signalr(app, protocols=[JsonHubProtocol(), LinesHubProtocol()])
    map_hub(app, "/desk", Desk)
    async with app.router.lifespan_context(app):
        bench = Bench(app, signalr)
        lines, other = await shaken(bench.open(), "lines"), await shaken(bench.open(), "json")

        async def answers(sent: bytes) -> bytes:
            lines.feed(sent)
            await idle()
            received = b"".join(lines.transport.writes)
            lines.transport.writes.clear()
            return received

        assert await answers(b'call 1 Add [1,2]\ncall 2 Add [1,"2"]\n') == (
            b"done 1 3\nfailed 2 \"Failed to invoke 'Add' due to an error on the server.\"\n"
        )
        assert await answers(b"stream 3 Count [2]\nignored\nping\n") == b"item 3 0\nitem 3 1\ndone 3\n"
        assert await answers(b'call 4 Tell ["hi"]\n') == b'call - Told ["hi"]\ndone 4 null\n'
        assert await other.receive() == {"type": 1, "target": "Told", "arguments": ["hi"]}
        assert await other.invoke("Add", 1, 2) == completion(3)
        assert await answers(b"call 5\n") == b'close "Connection closed with an error."\n'
