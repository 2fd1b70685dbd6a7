"""The probes, and a start on a schema that does not fit."""

import asyncio
import threading
from pathlib import Path

import pytest
from anyio.to_thread import run_sync
from fastapi import FastAPI
from httpx2 import ASGITransport, AsyncClient
from sqlalchemy import Connection, text

from app.config.database_url import normalised
from app.config.settings import Settings
from app.db.database import Database
from app.db.errors import DatabaseUnavailable
from app.db.schema_version import SchemaMismatch, head_revision, schema_state, upgrade
from app.main import create_app
from tests.support.database import execute

pytestmark = pytest.mark.anyio

PATIENCE_S = 20


async def test_a_healthy_server_is_live_and_ready(client: AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    ready = await client.get("/health/ready")
    assert ready.status_code == 200
    assert ready.json() == {"status": "ok", "checks": {"database": "ok", "schema": "ok"}}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_probe_does_not_wait_behind_long_searches(app: FastAPI, client: AsyncClient) -> None:
    begun, answered = threading.Event(), threading.Event()

    def search(connection: Connection) -> bool:
        connection.execute(text("SELECT 1")).close()
        begun.set()
        return answered.wait(PATIENCE_S)

    more_than_run_at_once = [app.state.database.read(search) for _ in range(10)]
    searching = asyncio.gather(*more_than_run_at_once)
    assert await run_sync(begun.wait, PATIENCE_S)
    assert (await client.get("/health/ready")).status_code == 200
    answered.set()
    assert all(await searching), "the probe was answered only after a search"


async def test_a_schema_that_moved_away_is_not_ready(client: AsyncClient, database: Database) -> None:
    await execute(database, text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    response = await client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["status"] == "unavailable"
    assert "from-the-future, which this version does not know" in response.json()["checks"]["schema"]
    assert (await client.get("/health/live")).status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_database_out_of_reach_is_not_ready_and_not_described(settings: Settings) -> None:
    gone = "sqlite:////nowhere/hush.db"
    app = create_app(settings.model_copy(update={"database_url": gone}))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://waybill.test") as client:
        response = await client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "unavailable: the log says why"
    assert "hush" not in response.text


async def test_a_server_without_a_schema_does_not_start(empty_database_url: str, tmp_path: Path) -> None:
    settings = Settings(_env_file=None, environment="test", database_url=empty_database_url, var_dir=tmp_path)
    app = create_app(settings)
    with pytest.raises(SchemaMismatch, match=r"no schema yet .* run `waybill migrate`"):
        async with app.router.lifespan_context(app):
            pass


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_server_without_a_database_does_not_start(settings: Settings) -> None:
    gone = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
    app = create_app(settings.model_copy(update={"database_url": gone}))
    with pytest.raises(DatabaseUnavailable):
        async with app.router.lifespan_context(app):
            pass


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_database_that_goes_away_during_the_start_is_one_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def lost(connection: Connection) -> bool:
        raise DatabaseUnavailable("gone for lunch")

    monkeypatch.setattr("app.startup.has_admin", lost)
    app = create_app(settings)
    with pytest.raises(DatabaseUnavailable):
        async with app.router.lifespan_context(app):
            pass
    [line] = [record.getMessage() for record in caplog.records if record.name == "app.startup"]
    assert "cannot start" in line
    assert "gone for lunch" in line
    with app.state.serving_lock.held():
        pass


async def test_an_upgrade_tells_each_step_and_then_has_nothing_to_do(empty_database_url: str) -> None:
    url = normalised(empty_database_url)
    steps: list[str] = []
    await run_sync(lambda: upgrade(url, on_step=steps.append))
    assert steps[-1] == head_revision()
    await run_sync(lambda: upgrade(url, on_step=lambda _: pytest.fail("there was nothing to do")))
    database = Database(url)
    state = await schema_state(database)
    await database.dispose()
    assert (state.current, state.flaw) == (head_revision(), None)
