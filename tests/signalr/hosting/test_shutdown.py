"""SIGTERM with clients connected: everybody hears of it, the hubs say goodbye, and the process is gone."""

import asyncio
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from struct import pack

import pytest

from tests.signalr.harness import HANDSHAKE, invocation, record
from tests.signalr.live import HOST, Adapter, client_frame, hub_socket, raw_socket
from tests.signalr.memory_transport import GUARD
from tests.support.paths import ROOT

pytestmark = pytest.mark.anyio

LIMIT = 10.0
"""Seconds within which the process must be gone."""

INVITATION = {"type": 7, "allowReconnect": True}


@asynccontextmanager
async def process(adapter: Adapter) -> AsyncIterator[tuple[Process, int]]:
    """A server of its own on a socket that is already listening, so that nobody connects too early."""
    listener = socket.create_server((HOST, 0))
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "uvicorn", "tests.signalr.shutdown_app:app"),
        *("--fd", str(listener.fileno()), "--ws", adapter.value, "--log-level", "warning"),
        stdout=PIPE,
        cwd=ROOT,
        pass_fds=[listener.fileno()],
    )
    port = listener.getsockname()[1]
    listener.close()
    try:
        yield server, port
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()


async def said(server: Process, number: int) -> list[str]:
    """The next lines of the server's standard output."""
    assert server.stdout is not None
    async with asyncio.timeout(GUARD):
        return [(await server.stdout.readline()).decode().strip() for _ in range(number)]


async def gone(server: Process) -> int:
    async with asyncio.timeout(LIMIT):
        return await server.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_every_client_is_invited_to_come_back(adapter: Adapter, number: signal.Signals) -> None:
    async with process(adapter) as (server, port), AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(hub_socket(port)) for _ in range(5)]
        assert await said(server, 5) == ["connected"] * 5
        server.send_signal(number)
        for client in clients:
            assert await client.receive() == INVITATION
            assert await client.closed() == 1000
        assert await said(server, 6) == [*["disconnected None"] * 5, ""]
        # uvicorn hands the signal on when it has finished.
        assert await gone(server) in (0, -number)


async def test_running_calls_are_cancelled(adapter: Adapter) -> None:
    async with process(adapter) as (server, port), hub_socket(port) as client:
        await client.send(invocation("Wait", invocation_id="1"))
        assert await said(server, 2) == ["connected", "waiting"]
        server.send_signal(signal.SIGTERM)
        assert await client.receive() == INVITATION
        assert await client.closed() == 1000
        assert sorted(await said(server, 3)) == ["", "cancelled", "disconnected None"]
        await gone(server)


async def test_clients_that_are_not_listening_hold_up_nobody(adapter: Adapter) -> None:
    """One never answers the Close frame, one never shakes hands; the third gets its goodbye all the same."""
    async with process(adapter) as (server, port), raw_socket(port) as deaf, raw_socket(port) as mute:
        await deaf.shake_hands()
        await mute.upgrade()
        async with hub_socket(port) as client:
            assert await said(server, 2) == ["connected"] * 2
            server.send_signal(signal.SIGTERM)
            assert await client.receive() == INVITATION
            assert await client.closed() == 1000
        assert await deaf.messages() == [INVITATION]
        assert await deaf.frame() == (8, pack("!H", 1000))
        assert await mute.frame() == (1, b'{"error":"Handshake was canceled."}\x1e')
        assert await said(server, 3) == ["disconnected None"] * 2 + [""]
        await gone(server)


async def test_a_socket_that_is_just_opening(adapter: Adapter) -> None:
    """A client that comes at the last moment is refused, cut off or invited to come back, but keeps nobody waiting."""
    async with process(adapter) as (server, port), hub_socket(port), raw_socket(port) as late:
        server.send_signal(signal.SIGTERM)
        late.request()
        late.write(client_frame(1, HANDSHAKE), client_frame(1, record(invocation("Wait"))))
        await gone(server)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_hub_that_needs_time_closes_its_sockets_itself(adapter: Adapter, number: signal.Signals) -> None:
    async with process(adapter) as (server, port), hub_socket(port, "/slow") as client:
        assert await said(server, 1) == ["connected"]
        server.send_signal(number)
        assert await client.receive() == INVITATION
        assert await client.closed() == 1000
        assert await said(server, 2) == ["disconnected None", ""]
        assert await gone(server) in (0, -number)


async def test_a_second_signal_reaches_uvicorn_at_once(adapter: Adapter) -> None:
    """The hub of one client never says goodbye, which the first signal would wait for."""
    async with process(adapter) as (server, port), hub_socket(port, "/stuck"):
        assert await said(server, 1) == ["connected"]
        server.send_signal(signal.SIGINT)
        assert await said(server, 1) == ["stuck"]
        server.send_signal(signal.SIGINT)
        assert await said(server, 1) == [""]
        assert await gone(server) in (0, -signal.SIGINT)
