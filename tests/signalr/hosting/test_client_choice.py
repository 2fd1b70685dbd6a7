"""Which transport the official client takes by itself where there are no WebSockets."""

import pytest
from fastapi import FastAPI

from app.signalr import EndpointOptions, Hub, TransportType, map_hub
from tests.signalr.live import listening
from tests.signalr.official import official_client, start
from tests.support.npm import VERSIONS

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
    async with listening(app) as port, official_client(version) as connection:
        await start(connection, f"http://127.0.0.1:{port}/hub", protocol=protocol)
        assert await connection.invoke("Transport") == expected
        await connection.stop()
