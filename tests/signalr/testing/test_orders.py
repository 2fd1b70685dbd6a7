"""The order hub, with the application's own tokens and events from its own service."""

from dataclasses import replace

import pytest
from fastapi import FastAPI

from app.auth.principal import Role
from app.config.settings import Settings
from app.feed.event import Event, Visibility
from app.hubs.orders import OrderHub, announce
from app.hubs.payloads import OrderEvent
from app.hubs.secure import SecureHub
from app.orders.commands import ConfirmOrder
from app.orders.service import OrderService
from app.signalr import ClaimsPrincipal
from app.signalr.testing import HubCallError, HubRefusalError, HubTestServer
from tests.orders.support import ADA, SAM, placed
from tests.support.tokens import access_token, bearer

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


async def confirmed(app: FastAPI) -> Event:
    """The event of an order of Ada's that was just confirmed."""
    order = (await placed(app.state.database, ADA)).order
    return (await OrderService(app.state.database).change(order.id, ConfirmOrder(), SAM)).event


async def test_an_event_reaches_its_customer_and_the_staff(app: FastAPI, settings: Settings, protocol: str) -> None:
    server = HubTestServer(app)
    tokens = {name: access_token(settings, name, role) for name, role in (("ada", Role.CUSTOMER), ("sam", Role.STAFF))}
    async with (
        server.connect(OrderHub, headers=bearer(tokens["ada"]), protocol=protocol) as ada,
        server.connect(OrderHub, query={"access_token": tokens["sam"]}) as sam,
        server.connect(OrderHub, user=ClaimsPrincipal("bruno", frozenset({Role.CUSTOMER}))) as bruno,
    ):
        event = await confirmed(app)
        await announce(server.context(OrderHub), event)
        (told,) = await ada.receive("OrderConfirmed")
        assert (told["number"], told["status"], told["seq"]) == (event.number, "Processing", 2)
        (told_to_staff,) = await sam.receive("OrderConfirmed")
        assert OrderEvent.model_validate(told_to_staff) == OrderEvent.of(event)
        await bruno.assert_silent()


async def test_an_event_for_the_staff_stays_with_the_staff(app: FastAPI) -> None:
    server = HubTestServer(app)
    async with (
        server.connect(OrderHub, user=ClaimsPrincipal("ada", frozenset({Role.CUSTOMER}))) as ada,
        server.connect(OrderHub, user=ClaimsPrincipal("sam", frozenset({Role.STAFF}))) as sam,
    ):
        event = await confirmed(app)
        await announce(server.context(OrderHub), replace(event, visibility=Visibility.STAFF))
        await sam.receive("OrderConfirmed")
        await ada.assert_silent()


async def test_nobody_watches_orders_without_a_valid_token(app: FastAPI) -> None:
    server = HubTestServer(app)
    for headers in ({}, bearer("not.a.token")):
        with pytest.raises(HubRefusalError, match="OrderHub admits signed-in users only") as refusal:
            async with server.connect(OrderHub, headers=headers):
                pass
        assert refusal.value.status == 401


async def test_a_method_asks_for_a_role(app: FastAPI, settings: Settings) -> None:
    server = HubTestServer(app)
    async with server.connect(SecureHub, headers=bearer(access_token(settings, "ada", Role.CUSTOMER))) as ada:
        assert await ada.invoke("WhoAmI") == {"subject": "ada", "role": "customer"}
        with pytest.raises(HubCallError, match="user is unauthorized"):
            await ada.invoke("StaffOnly")
    async with server.connect(SecureHub, headers=bearer(access_token(settings, "sam", Role.STAFF))) as sam:
        assert await sam.invoke("StaffOnly") == "You are staff."
