"""A demo server that a real browser can reach."""

from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient

from app.auth.passwords import Passwords
from app.config.settings import Settings
from app.db.database import Database
from app.demo.accounts import ensure_accounts
from tests.support.server import Adapter, LiveServer


@pytest.fixture
async def demo_server(settings: Settings, adapter: Adapter, database: Database) -> AsyncIterator[LiveServer]:
    """A server that offers the demo's sign-ins and has no orders yet."""
    await ensure_accounts(database, Passwords.of(settings))
    server = LiveServer(settings.model_copy(update={"demo": True}), adapter)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def demo_client(demo_server: LiveServer) -> AsyncIterator[AsyncClient]:
    """An HTTP client of `demo_server` that is not signed in."""
    async with AsyncClient(base_url=demo_server.url) as client:
        yield client
