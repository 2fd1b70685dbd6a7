"""Which transport the official client takes by itself where there are no WebSockets."""

import pytest
from fastapi import FastAPI

from app.signalr import EndpointOptions, Hub, TransportType, map_hub
from tests.matrix.peer import process_peer
from tests.signalr.live import listening
from tests.support.npm import VERSIONS
from tests.support.paths import NPM

pytestmark = pytest.mark.anyio


class Asked(Hub):
    """Says how it was reached."""

    async def transport(self) -> str:
        return self.context.transport


@pytest.mark.parametrize("version", VERSIONS.values())
@pytest.mark.parametrize(("protocol", "expected"), [("json", "ServerSentEvents"), ("messagepack", "LongPolling")])
async def test_without_websockets_the_protocol_decides(version: str, protocol: str, expected: str) -> None:
    app = FastAPI()
    both = frozenset([TransportType.SERVER_SENT_EVENTS, TransportType.LONG_POLLING])
    map_hub(app, "/hub", Asked, endpoint=EndpointOptions(transports=both))
    message_pack = version.replace("signalr", "signalr-protocol-msgpack")
    async with listening(app) as port, process_peer(["node", "driver-node.mjs", version, message_pack], NPM) as node:
        connection = node.new_connection()
        await connection.start(
            url=f"http://127.0.0.1:{port}/hub",
            transport="None",  # whichever the server offers
            protocol=protocol,
            token=None,
            headers={},
            targets=[],
            answers={},
            skipNegotiation=False,
            withCredentials=True,
            delays=None,
            stateful=False,
        )
        assert await connection.invoke("Transport") == expected
        await connection.stop()
