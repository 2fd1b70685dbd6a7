"""Fixtures for every test.

`database_url` runs a test once on SQLite and once on PostgreSQL. `live_server` runs it once with each WebSocket
adapter. A test that needs only one of them says so:
`@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)`.
"""

import os
import shutil
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from playwright.async_api import Browser, async_playwright

from app.auth.principal import Role
from app.config.database_url import normalised
from app.config.settings import ENV_PREFIX, Settings
from app.db.database import Database
from app.db.schema_version import upgrade
from app.main import create_app
from tests.support.browser import launch_chromium
from tests.support.postgres import PostgresServer, temporary_postgres
from tests.support.server import Adapter, LiveServer
from tests.support.tokens import access_token

SECRET = "a secret for the tests, which nobody else ever uses"


def pytest_configure() -> None:
    """Makes SIGTERM end the run as Ctrl-C does, so that the fixtures stop all servers."""

    def interrupt(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # `timeout` sends a second one to the whole group
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Runs every asynchronous test on asyncio, like the server."""
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def _clean_environment() -> Iterator[None]:
    """Hides the settings in the environment of the person who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(ENV_PREFIX) or name in {"DATABASE_URL", "BROADCAST_URL", "PORT"}:
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL, one per test process, so that parallel processes share nothing."""
    with temporary_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a migrated, empty database to clone."""
    name = postgres_server.create_database()
    upgrade(normalised(postgres_server.url(name)))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(normalised(f"sqlite:///{path}"))
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database for this test alone, on SQLite and then on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "waybill.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database(request.getfixturevalue("postgres_template"))
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without a schema, for tests of the migrations themselves."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings for a test server: its own database, a known secret, cheap password hashing."""
    return Settings(
        _env_file=None,
        environment="test",
        database_url=database_url,
        secret_key=SECRET,
        argon2_time_cost=1,
        argon2_memory_kib=8,
        argon2_parallelism=1,
        var_dir=tmp_path,
        log_level="warning",
    )


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The test's database, opened in the test's event loop."""
    database = Database(settings.database_url)
    yield database
    await database.dispose()


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The started application. It runs in the test's event loop and listens on no port."""
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[AsyncClient]:
    """An HTTP client of `app` that is not signed in. To sign in, pass `headers=bearer(token)`."""
    async with AsyncClient(transport=ASGITransport(app), base_url="http://waybill.test") as client:
        yield client


@pytest.fixture
def customer_token(settings: Settings) -> str:
    """A token of the customer `alice`."""
    return access_token(settings, "alice", Role.CUSTOMER)


@pytest.fixture
def staff_token(settings: Settings) -> str:
    """A token of the member of staff `sam`."""
    return access_token(settings, "sam", Role.STAFF)


@pytest.fixture(params=list(Adapter))
def adapter(request: pytest.FixtureRequest) -> Adapter:
    """The way in which the live server serves WebSockets: each of the two, one after the other."""
    return Adapter(request.param)


@pytest.fixture
def live_server(settings: Settings, adapter: Adapter) -> Iterator[LiveServer]:
    """A real server on a free port. It runs in a thread and has its own application."""
    server = LiveServer(settings, adapter)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def live_client(live_server: LiveServer) -> AsyncIterator[AsyncClient]:
    """An HTTP client of `live_server` that is not signed in."""
    async with AsyncClient(base_url=live_server.url) as client:
        yield client


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A real browser. Make a context for each person who uses it."""
    async with async_playwright() as playwright:
        browser = await launch_chromium(playwright)
        yield browser
        await browser.close()
