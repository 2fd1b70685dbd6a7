"""The official client in Node, in one of its published versions, connected to whatever a test serves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.matrix.peer import Connection, process_peer
from tests.support.paths import NPM


@asynccontextmanager
async def official_client(version: str) -> AsyncIterator[Connection]:
    """A connection that is not started yet; `version` is one of the values of `VERSIONS`."""
    message_pack = version.replace("signalr", "signalr-protocol-msgpack")
    async with process_peer(["node", "driver-node.mjs", version, message_pack], NPM) as node:
        yield node.new_connection()


async def start(
    connection: Connection,
    url: str,
    *,
    transport: str = "None",
    protocol: str = "json",
    token: str | None = None,
    delays: list[int] | None = None,
) -> None:
    """Connects; by whichever transport the server offers first, unless one is named."""
    await connection.start(
        url=url,
        transport=transport,
        protocol=protocol,
        token=token,
        headers={},
        targets=[],
        answers={},
        skipNegotiation=False,
        withCredentials=True,
        delays=delays,
        stateful=False,
    )
