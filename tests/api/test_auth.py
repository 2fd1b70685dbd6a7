"""Signing in over HTTP, and what guards the routes behind it."""

from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import insert, select, update

from app.auth.passwords import Passwords
from app.auth.principal import Role
from app.config.settings import Settings
from app.db.database import Database
from app.db.tables.accounts import UserAccount
from tests.support.database import execute, scalars
from tests.support.tokens import bearer

pytestmark = pytest.mark.anyio
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PASSWORD = "correct horse £"


@pytest.fixture
async def _ada(database: Database, settings: Settings) -> None:
    """The account of Ada, a customer."""
    await add_account(database, await Passwords.of(settings).hash(PASSWORD))


async def add_account(database: Database, password_hash: str) -> None:
    row = {"id": "c-ada", "username": "ada", "role": Role.CUSTOMER, "display_name": "Ada L."}
    await execute(database, insert(UserAccount).values(row | {"password_hash": password_hash}))


async def sign_in(client: AsyncClient, username: str = "ada", password: str = PASSWORD) -> Any:
    return await client.post("/auth/token", data={"username": username, "password": password})


@pytest.mark.usefixtures("_ada")
async def test_a_password_becomes_a_token_that_opens_the_rest(client: AsyncClient) -> None:
    response = await sign_in(client)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    body = response.json()
    assert body.keys() == {"access_token", "token_type", "expires_in"}
    assert (body["token_type"], body["expires_in"]) == ("bearer", 3600)
    me = await client.get("/auth/me", headers=bearer(body["access_token"]))
    assert me.json() == {"subject": "c-ada", "name": "Ada L.", "role": "customer"}


@pytest.mark.usefixtures("_ada")
@pytest.mark.parametrize(
    ("username", "password"),
    [("ada", "wrong"), ("Ada", PASSWORD), ("nobody", PASSWORD), ("a\0da", PASSWORD), ("a" * 500, "x")],
    ids=["wrong", "other case", "unknown", "NUL", "long"],
)
async def test_a_wrong_sign_in_is_an_invalid_grant(client: AsyncClient, username: str, password: str) -> None:
    response = await sign_in(client, username, password)
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    body = response.json()
    assert (body["type"], body["error"]) == ("/problems/invalid-grant", "invalid_grant")
    assert body["detail"] == "The username or the password is wrong."


@sqlite_only
async def test_an_incomplete_form_names_what_is_missing(client: AsyncClient) -> None:
    response = await client.post("/auth/token", data={"username": "ada"})
    assert response.status_code == 422
    assert response.json()["errors"] == [{"field": "password", "message": "is missing"}]


async def test_a_hash_of_lower_cost_is_renewed_at_sign_in(
    client: AsyncClient, database: Database, settings: Settings
) -> None:
    old = await Passwords(time_cost=1, memory_kib=16, parallelism=1).hash(PASSWORD)
    await add_account(database, old)
    assert (await sign_in(client)).status_code == 200
    [stored] = await scalars(database, select(UserAccount.password_hash))
    assert stored != old
    assert f"m={settings.argon2_memory_kib}," in stored
    assert (await sign_in(client)).status_code == 200


@sqlite_only
async def test_a_token_outlives_no_change_of_the_stored_role(
    client: AsyncClient, database: Database, settings: Settings
) -> None:
    """The role is that of the token; a changed account gets it at its next sign-in."""
    await add_account(database, await Passwords.of(settings).hash(PASSWORD))
    await execute(database, update(UserAccount).values(role=Role.STAFF))
    token = (await sign_in(client)).json()["access_token"]
    assert (await client.get("/auth/me", headers=bearer(token))).json()["role"] == "staff"


@sqlite_only
@pytest.mark.parametrize(
    ("headers", "challenge"),
    [
        ({}, "Bearer"),
        ({"Authorization": "Basic YTpi"}, "Bearer"),
        ({"Authorization": "Bearer"}, 'Bearer error="invalid_token"'),
        ({"Authorization": "Bearer nonsense"}, 'Bearer error="invalid_token"'),
        ({"Authorization": b"Bearer \xff\xfe.a.b"}, 'Bearer error="invalid_token"'),
    ],
    ids=["none", "basic", "empty", "nonsense", "bytes"],
)
async def test_without_a_good_token_the_answer_is_a_challenge(
    client: AsyncClient, headers: dict[str, Any], challenge: str
) -> None:
    response = await client.get("/auth/me", headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == challenge
    assert response.json()["type"] == "/problems/unauthorized"


@sqlite_only
async def test_a_token_in_the_query_opens_no_route(client: AsyncClient, staff_token: str) -> None:
    assert (await client.get(f"/auth/me?access_token={staff_token}")).status_code == 401


@sqlite_only
@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "Bearer  "], ids=repr)
async def test_the_scheme_may_be_written_in_any_case_and_with_more_spaces(
    client: AsyncClient, staff_token: str, scheme: str
) -> None:
    headers = {"Authorization": f"{scheme}{staff_token}"}
    assert (await client.get("/auth/me", headers=headers)).status_code == 200
    assert (await client.post("/securehub/negotiate?negotiateVersion=1", headers=headers)).status_code == 200


@sqlite_only
async def test_the_description_has_the_form_of_the_authorize_button(client: AsyncClient) -> None:
    description = (await client.get("/openapi.json")).json()
    schemes = description["components"]["securitySchemes"]
    assert [scheme["flows"]["password"]["tokenUrl"] for scheme in schemes.values()] == ["auth/token"]
    assert description["paths"]["/auth/me"]["get"]["security"]
