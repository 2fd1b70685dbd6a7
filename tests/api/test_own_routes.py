"""Two applications in one process share no route, and each has its own overrides of dependencies."""

from typing import get_args

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx2 import ASGITransport, AsyncClient

from app.api.auth.dependencies import BearerPrincipal, CurrentPrincipal
from app.auth.principal import Principal, Role
from app.config.settings import Settings
from app.main import create_app

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


def routes_of(app: FastAPI) -> list[APIRoute]:
    return [route for route in app.routes if isinstance(route, APIRoute)]


async def me(app: FastAPI) -> int:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://waybill.test") as client:
        return (await client.get("/auth/me")).status_code


async def test_two_applications_share_no_route(settings: Settings) -> None:
    one, other = create_app(settings), create_app(settings)
    assert {route.path for route in routes_of(one)} >= {"/orders/{order_id}", "/auth/token", "/health/ready"}
    assert not {id(route) for route in routes_of(one)} & {id(route) for route in routes_of(other)}
    assert len(one.routes) == len(other.routes)


async def test_an_override_holds_for_its_application_only(settings: Settings) -> None:
    one, other = create_app(settings), create_app(settings)
    [bearer] = [mark.dependency for mark in get_args(CurrentPrincipal)[1:]]
    assert isinstance(bearer, BearerPrincipal)

    one.dependency_overrides[bearer] = lambda: Principal("sam", Role.STAFF, "Sam", 2**40)

    assert (await me(one), await me(other)) == (200, 401)
