"""Both WebSocket adapters put the same bytes on the wire: one script, recorded on each."""

import difflib
from struct import pack
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.signalr import Hub, HubError, HubOptions, map_hub
from tests.signalr.harness import HANDSHAKE, invocation, record
from tests.signalr.live import Adapter, RawSocket, client_frame, listening, raw_socket

pytestmark = pytest.mark.anyio

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Line(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    unit_price: float


class Script(Hub):
    async def on_connected(self) -> None:
        await self.clients.caller.send("Welcome", Line(unit_price=1.5))

    async def echo(self, value: Any) -> Any:
        return value

    async def burst(self) -> str:
        for number in range(5):
            await self.clients.all.send("Number", number, None)
        return "done"

    async def refuse(self) -> None:
        raise HubError("out of stock")

    async def abort(self) -> None:
        self.context.abort()


def call(target: str, *arguments: Any) -> bytes:
    return client_frame(TEXT, record(invocation(target, *arguments, invocation_id="1")))


async def converse(client: RawSocket) -> None:
    """Everything that does not end the connection; every step waits for its answer."""
    client.write(client_frame(TEXT, HANDSHAKE))
    assert await client.frame() == (TEXT, b"{}\x1e")
    assert (await client.messages())[0]["target"] == "Welcome"
    for size in (1, 100, 200, 1000, 70_000):
        client.write(call("Echo", "é" * size))
        assert len((await client.messages())[0]["result"]) == size
    client.write(call("Burst"))
    heard: list[dict[str, Any]] = []
    while not heard or heard[-1]["type"] != 3:
        heard += await client.messages()
    client.write(call("Refuse"), client_frame(PING, b"between"), call("Missing"))
    frames = [await client.frame() for _ in range(3)]
    assert sorted(opcode for opcode, _ in frames) == [TEXT, TEXT, PONG]
    stream = record(invocation("Echo", "in pieces", invocation_id="1"))
    client.write(client_frame(TEXT, stream[:9], fin=False), client_frame(0, stream[9:]))
    await client.messages()


async def say_goodbye(client: RawSocket) -> None:
    client.write(client_frame(TEXT, record({"type": 7})))
    await client.messages()
    await hang_up(client)


async def break_the_protocol(client: RawSocket) -> None:
    client.write(client_frame(TEXT, record("nonsense")))
    await client.messages()
    await hang_up(client)


async def send_too_much(client: RawSocket) -> None:
    client.write(client_frame(TEXT, b"x" * 300_000))
    await client.messages()
    await hang_up(client)


async def be_aborted(client: RawSocket) -> None:
    client.write(call("Abort"))
    await client.messages()
    await hang_up(client)


async def close_the_socket(client: RawSocket) -> None:
    client.write(client_frame(CLOSE, pack("!H", 1000)))


async def hang_up(client: RawSocket) -> None:
    """Answers the server's Close frame."""
    assert (await client.frame())[0] == CLOSE
    client.write(client_frame(CLOSE, pack("!H", 1000)))


ENDS = [say_goodbye, break_the_protocol, send_too_much, be_aborted, close_the_socket]


async def recorded(adapter: Adapter, end: Any) -> tuple[list[str], bytes]:
    """The head of the answer to the upgrade, and every byte that follows it."""
    app = FastAPI()
    map_hub(app, "/hub", Script, options=HubOptions(maximum_receive_message_size=200_000))
    async with listening(app, adapter, date_header=False) as port, raw_socket(port) as client:
        head = await client.upgrade()
        await converse(client)
        await end(client)
        return head, await client.rest()


@pytest.mark.parametrize("end", ENDS)
async def test_the_same_bytes_leave_both_adapters(end: Any) -> None:
    taken_head, taken = await recorded(Adapter.TAKEOVER, end)
    plain_head, plain = await recorded(Adapter.ASGI, end)
    assert taken_head == plain_head
    assert taken == plain, "\n".join(difflib.unified_diff(_lines(taken), _lines(plain), "take-over", "plain ASGI", n=0))
    assert taken.endswith(b"\x88\x02\x03\xe8")


def _lines(stream: bytes) -> list[str]:
    return [repr(part[-200:]) for part in stream.split(b"\x1e")]
