"""Connections without a hub protocol: what their handlers get, and what clients below the hub protocol see."""

import asyncio
import functools
import json
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import HTTPConnection
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from app.signalr import (
    ANONYMOUS,
    ClaimsPrincipal,
    ConnectionGoneError,
    EndpointOptions,
    Hub,
    HubOptions,
    InvalidOperationError,
    RawConnection,
    TransferFormat,
    TransportType,
    add_signalr,
    authorize,
    map_connection,
    map_hub,
)
from app.signalr.describe import mapped_hubs
from app.signalr.raw.characters import whole_characters
from app.signalr.raw.connection import Handler
from app.signalr.raw.receiver import WAITING_BYTES
from tests.signalr.live import HOST, Adapter, listening, raw_socket
from tests.signalr.memory_transport import GUARD
from tests.support.npm import VERSIONS
from tests.support.paths import NPM

pytestmark = pytest.mark.anyio
ADAPTERS = list(Adapter)


async def echo(connection: RawConnection) -> None:
    """Sends back what it gets, as it gets it."""
    if connection.http.query_params.get("format") == "Binary":
        connection.transfer_format = TransferFormat.BINARY
    async for data in connection:
        await connection.send(data)


def application(handler: Handler = echo, **options: Any) -> FastAPI:
    app = FastAPI()
    add_signalr(app, **options)
    map_connection(app, "/echo", handler)
    return app


class RawClient:
    """The official client's HttpConnection, in Node."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def next(self) -> dict[str, Any]:
        """What happened next."""
        assert self._process.stdout is not None
        async with asyncio.timeout(GUARD):
            line = await self._process.stdout.readline()
        told: dict[str, Any] = json.loads(line)
        return told

    async def received(self, kind: str, size: int) -> str:
        """What comes until it is as long as it should be, however it was cut."""
        whole = ""
        while len(whole) < size:
            told = await self.next()
            assert list(told) == [kind], told
            whole += told[kind]
        return whole

    def tell(self, **command: Any) -> None:
        """Sends text or bytes, or stops."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command).encode() + b"\n")


@asynccontextmanager
async def raw_client(
    version: str, port: int, transport: TransportType, transfer_format: TransferFormat, *flags: str
) -> AsyncIterator[RawClient]:
    url = f"http://{HOST}:{port}/echo?format={transfer_format}"
    arguments = ["raw.mjs", VERSIONS[version], url, transport, transfer_format, *flags]
    process = await asyncio.create_subprocess_exec("node", *arguments, cwd=NPM, stdin=PIPE, stdout=PIPE, limit=2**24)
    try:
        yield RawClient(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


# The official client

TEXTS = ["Hello World!", "one\ntwo\r\nthree\n\nfour", "päckchen 📦 " * 9000, "\u001e{}"]
WAYS = [
    (transport, transfer_format)
    for transport in TransportType
    for transfer_format in TransferFormat
    if (transport, transfer_format) != (TransportType.SERVER_SENT_EVENTS, TransferFormat.BINARY)
]


@pytest.mark.parametrize("adapter", ADAPTERS, ids=["takeover", "asgi"])
@pytest.mark.parametrize(("transport", "transfer_format"), WAYS)
async def test_the_official_client_hears_its_echo(
    transport: TransportType, transfer_format: TransferFormat, adapter: Adapter
) -> None:
    is_text = transfer_format is TransferFormat.TEXT
    async with (
        listening(application(), adapter) as port,
        raw_client("10.0.11", port, transport, transfer_format) as client,
    ):
        assert (await client.next())["started"]
        for text in TEXTS:
            if is_text:
                client.tell(text=text)
                # The lines of an event are joined with a line feed, whatever ended them.
                normal = text.replace("\r\n", "\n") if transport is TransportType.SERVER_SENT_EVENTS else text
                assert await client.received("text", len(normal)) == normal
            else:
                data = (text.encode() + bytes(range(256))).hex()
                client.tell(hex=data)
                assert await client.received("hex", len(data)) == data
        client.tell(stop=True)
        assert await client.next() == {"closed": None}


@pytest.mark.parametrize("version", VERSIONS)
async def test_every_version_connects_without_negotiation_too(version: str) -> None:
    async with listening(application()) as port:
        web_sockets = TransportType.WEB_SOCKETS
        async with raw_client(version, port, web_sockets, TransferFormat.TEXT, "skip") as client:
            assert await client.next() == {"started": None}
            client.tell(text="hi")
            assert await client.next() == {"text": "hi"}
            client.tell(stop=True)
            assert await client.next() == {"closed": None}


@pytest.mark.parametrize("transport", list(TransportType))
async def test_a_handler_that_returns_ends_the_connection(transport: TransportType) -> None:
    async def greet(connection: RawConnection) -> None:
        name = await anext(connection)
        await connection.send(f"{name.decode()} over {connection.transport}")

    async with (
        listening(application(greet)) as port,
        raw_client("10.0.11", port, transport, TransferFormat.TEXT) as client,
    ):
        assert (await client.next())["started"]
        client.tell(text="hello")
        assert await client.next() == {"text": f"hello over {transport}"}
        assert await client.next() == {"closed": None}


# Handlers


@asynccontextmanager
async def socket_to(port: int, path: str = "/echo") -> AsyncIterator[Any]:
    async with connect(f"ws://{HOST}:{port}{path}", max_size=None, compression=None) as socket:
        yield socket


@pytest.mark.parametrize("adapter", ADAPTERS, ids=["takeover", "asgi"])
async def test_a_handler_that_raises_is_logged_and_the_client_reads_1011(
    adapter: Adapter, caplog: pytest.LogCaptureFixture
) -> None:
    async def stumble(connection: RawConnection) -> None:
        raise LookupError("nothing there")

    async with listening(application(stumble), adapter) as port, socket_to(port) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1011
    [record] = [record for record in caplog.records if "handler of a raw connection failed" in record.message]
    assert record.message.startswith("stumble: ")
    assert record.exc_info is not None


@pytest.mark.parametrize("adapter", ADAPTERS, ids=["takeover", "asgi"])
@pytest.mark.parametrize(("transfer_format", "kind"), [(TransferFormat.TEXT, str), (TransferFormat.BINARY, bytes)])
async def test_the_transfer_format_decides_the_kind_of_websocket_message(
    transfer_format: TransferFormat, kind: type, adapter: Adapter
) -> None:
    async with listening(application(), adapter) as port, socket_to(port, f"/echo?format={transfer_format}") as socket:
        for sent in ("a", b"b"):
            await socket.send(sent)
            assert isinstance(await socket.recv(), kind)


async def test_what_a_handler_cannot_send() -> None:
    told: list[Exception] = []

    async def careless(connection: RawConnection) -> None:
        await anext(connection)
        with pytest.raises(ValueError, match="not text, but the format of the connection is TEXT"):
            await connection.send(b"\xff")
        try:
            connection.transfer_format = TransferFormat.BINARY
        except InvalidOperationError as error:
            told.append(error)
        await connection.send("")
        await connection.send("done")

    async with (
        listening(application(careless)) as port,
        raw_client("10.0.11", port, TransportType.SERVER_SENT_EVENTS, TransferFormat.TEXT) as client,
    ):
        assert (await client.next())["started"]
        client.tell(text="go on")
        assert await client.next() == {"text": "done"}
    assert [str(error) for error in told] == ["ServerSentEvents carries text only; leave transfer_format at TEXT"]


@pytest.mark.parametrize("adapter", ADAPTERS, ids=["takeover", "asgi"])
async def test_sending_to_a_client_that_has_gone(adapter: Adapter) -> None:
    outcome: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()

    async def talk_on(connection: RawConnection) -> None:
        async for _ in connection:
            await connection.send("heard")
        assert connection.is_closed
        try:
            await connection.send("too late")
        except ConnectionGoneError as error:
            outcome.set_result(error)
            raise

    async with listening(application(talk_on), adapter) as port:
        async with socket_to(port) as socket:
            await socket.send("a")
            assert await socket.recv() == "heard"
        async with asyncio.timeout(GUARD):
            assert "does not exist" in str(await outcome)


@pytest.mark.parametrize("transport", list(TransportType))
async def test_a_server_that_stops_lets_handlers_come_to_their_end(transport: TransportType) -> None:
    async def polite(connection: RawConnection) -> None:
        await connection.send("hello")
        async for _ in connection:
            raise AssertionError("nothing was sent")
        await connection.send("goodbye")

    app = application(polite)
    async with (
        listening(app) as port,
        raw_client("10.0.11", port, transport, TransferFormat.TEXT) as client,
    ):
        told = [await client.next(), await client.next()]
        assert {"text": "hello"} in told
        app.state.signalr.drain()
        assert await client.next() == {"text": "goodbye"}
        assert await client.next() == {"closed": None}


async def test_a_client_that_does_not_read_makes_the_handler_wait_and_is_cut_off(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent = 0
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def flood(connection: RawConnection) -> None:
        nonlocal sent
        try:
            while True:
                await connection.send("x" * 65536)
                sent += 65536
        finally:
            ended.set_result(None)

    app = application(flood, options=HubOptions(transport_send_timeout=0.5))
    async with listening(app) as port, raw_socket(port, receive_buffer=4096) as socket:
        await socket.upgrade("/echo")
        async with asyncio.timeout(GUARD):
            await ended
    assert sent < 16 * 2**20
    assert [record for record in caplog.records if "flood: connection" in record.message]


async def test_a_handler_that_does_not_read_makes_the_client_wait() -> None:
    go_on = asyncio.Event()
    waiting = 0

    async def slow(connection: RawConnection) -> None:
        nonlocal waiting
        await go_on.wait()
        total = 0
        async for data in connection:
            waiting = max(waiting, len(data))
            total += len(data)
            if total == size:
                await connection.send(str(total))

    size = 32 * 2**20
    app = application(slow)
    async with listening(app) as port, socket_to(port) as socket:
        sending = asyncio.create_task(_send(socket, b"y" * 2**16, size // 2**16))
        async with asyncio.timeout(GUARD):
            while not [one for one in app.state.signalr.connections if one._is_paused]:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.01)
        assert not sending.done()
        go_on.set()
        async with asyncio.timeout(GUARD):
            await sending
            assert await socket.recv() == str(size)
    assert waiting <= WAITING_BYTES + 2**18  # one read of the socket more than the limit, at most


async def _send(socket: Any, data: bytes, times: int) -> None:
    for _ in range(times):
        await socket.send(data)


# Mapping


async def test_negotiation_offers_what_a_hub_offers() -> None:
    app = application()
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        answer = (await client.post("/ECHO/negotiate?negotiateVersion=1&useStatefulReconnect=true")).json()
        assert [one["transport"] for one in answer["availableTransports"]] == list(TransportType)
        assert "useStatefulReconnect" not in answer
        assert (await client.get("/echo")).text == "Connection ID required"


async def test_authorize_works_on_a_handler() -> None:
    @authorize(roles=["staff"])
    async def staff_only(connection: RawConnection) -> None: ...

    async def by_header(http: HTTPConnection) -> ClaimsPrincipal:
        name = http.headers.get("x-user")
        return ANONYMOUS if name is None else ClaimsPrincipal(name, frozenset([name]))

    app = application(staff_only, authenticate=by_header)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        statuses = [
            (await client.post("/echo/negotiate", headers=headers)).status_code
            for headers in ({}, {"X-User": "customer"}, {"X-User": "staff"})
        ]
    assert statuses == [401, 403, 200]


@pytest.mark.parametrize(
    ("map_it", "error"),
    [
        (lambda app: map_connection(app, "/raw", cast(Any, "echo")), "cannot be called"),
        (lambda app: map_connection(app, "/raw", cast(Any, print)), "is not async"),
        (lambda app: map_connection(app, "/raw", cast(Any, lambda _: None)), "is not async"),
        (
            lambda app: map_connection(app, "/raw", echo, endpoint=EndpointOptions(allow_stateful_reconnects=True)),
            "allow_stateful_reconnects",
        ),
        (lambda app: map_connection(app, "/Echo/", echo), "another hub is at /Echo/? already"),
        (lambda app: map_hub(app, "/echo", Hub), "another hub is at /echo already"),
        (lambda app: map_connection(app, "/{room}", echo), "neither parameters nor a query"),
    ],
)
def test_what_cannot_be_mapped(map_it: Callable[[FastAPI], None], error: str) -> None:
    with pytest.raises((TypeError, ValueError), match=error):
        map_it(application())


class Echo:
    async def __call__(self, connection: RawConnection) -> None:
        await echo(connection)


@functools.wraps(echo)
def decorated(connection: RawConnection) -> Awaitable[None]:
    return echo(connection)


@pytest.mark.parametrize("handler", [Echo(), Echo().__call__, decorated, functools.partial(echo)])
def test_every_kind_of_async_handler_can_be_mapped(handler: Handler) -> None:
    map_connection(application(), "/raw", handler)


def test_a_raw_connection_is_not_described_as_a_hub() -> None:
    assert mapped_hubs(application()) == {}


# Characters


@given(st.text(min_size=1), st.data())
def test_text_is_never_cut_inside_of_a_character(text: str, data: st.DataObject) -> None:
    encoded = text.encode()
    cut = data.draw(st.integers(0, len(encoded)))
    size = whole_characters(encoded[:cut])
    assert cut - 3 <= size <= cut
    encoded[:size].decode()


@given(st.binary(max_size=8))
def test_bytes_that_are_no_text_are_handed_on_in_the_end(data: bytes) -> None:
    assert len(data) - 3 <= whole_characters(data) <= len(data)


@pytest.mark.parametrize("byte", [0xC0, 0xC1, 0xF5, 0xFF])
def test_a_byte_that_begins_no_character_is_not_waited_for(byte: int) -> None:
    assert whole_characters(b"a" + bytes([byte])) == 2
