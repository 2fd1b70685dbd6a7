"""The demo's sign-ins are told to everyone in the demo, and to nobody elsewhere."""

import pytest
from httpx2 import ASGITransport, AsyncClient

from app.auth.passwords import Passwords
from app.config.settings import Settings
from app.db.database import Database
from app.demo.accounts import ACCOUNTS, CUSTOMERS, ensure_accounts
from app.main import create_app

pytestmark = pytest.mark.anyio


async def test_they_are_not_there_outside_the_demo(client: AsyncClient) -> None:
    response = await client.get("/demo/accounts")

    assert response.status_code == 404
    assert response.json()["type"] == "/problems/not-found"


async def test_everyone_of_them_can_sign_in(settings: Settings, database: Database) -> None:
    await ensure_accounts(database, Passwords.of(settings))
    app = create_app(settings.model_copy(update={"demo": True}))

    async with AsyncClient(transport=ASGITransport(app), base_url="http://waybill.test") as client:
        accounts = (await client.get("/demo/accounts")).json()["accounts"]
        for account in accounts:
            form = {"username": account["username"], "password": account["password"]}
            signed_in = await client.post("/auth/token", data=form)
            token = signed_in.json()["access_token"]
            me = (await client.get("/auth/me", headers={"Authorization": f"Bearer {token}"})).json()
            assert me == {"subject": account["username"], "name": account["name"], "role": account["role"]}
    await app.state.database.dispose()

    roles = [account["role"] for account in accounts]
    assert roles.count("customer") == len(CUSTOMERS) >= 3
    assert {"staff", "admin"} < set(roles)


async def test_they_are_added_once_and_a_changed_one_is_left_alone(settings: Settings, database: Database) -> None:
    passwords = Passwords.of(settings)

    assert await ensure_accounts(database, passwords) == len(ACCOUNTS)
    assert await ensure_accounts(database, passwords) == 0
