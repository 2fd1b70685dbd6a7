"""Tests of hubs without a network: a client that speaks the real protocol over a connection in memory.

    app = FastAPI(); add_signalr(app); map_hub(app, "/chathub", ChatHub)

    async def test_echo() -> None:
        async with hub_server(app) as server, server.connect(ChatHub) as client:
            await client.invoke("Echo", "hello")
            assert await client.receive("ReceiveMessage") == ["hello"]
            await client.assert_silent()

Everything but the socket is what runs in production: authentication, handshake, encoding, dispatch, groups, filters,
errors, back pressure. A wait that takes longer than `GUARD` seconds raises TimeoutError.
"""

from .client import GUARD, HubTestClient
from .errors import HubCallError, HubConnectionError, HubRefusalError
from .server import HubTestServer, hub_server

__all__ = [
    "GUARD",
    "HubCallError",
    "HubConnectionError",
    "HubRefusalError",
    "HubTestClient",
    "HubTestServer",
    "hub_server",
]
