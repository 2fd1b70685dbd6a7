"""What these tests share: a server for any hub, and both protocols."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from fastapi import FastAPI

from app.signalr import Hub, HubFilter, HubOptions, add_signalr, map_hub
from app.signalr.testing import HubTestServer, hub_server

Serve = Callable[..., AbstractAsyncContextManager[HubTestServer]]


@asynccontextmanager
async def _serve(
    *hubs: type[Hub[Any]], options: HubOptions | None = None, filters: Sequence[HubFilter] = ()
) -> AsyncIterator[HubTestServer]:
    app = FastAPI()
    add_signalr(app, options=options, filters=filters)
    for hub in hubs:
        map_hub(app, f"/hubs/{hub.__name__.lower()}", hub)
    async with hub_server(app) as server:
        yield server


@pytest.fixture
def serve() -> Serve:
    """Starts an application with these hubs, under `/hubs/<name>`."""
    return _serve


@pytest.fixture(params=["json", "messagepack"])
def protocol(request: pytest.FixtureRequest) -> str:
    """Each protocol of the server."""
    name: str = request.param
    return name
