"""The page in a real browser shows what happens to an order without a reload."""

import time

import pytest
from httpx2 import AsyncClient
from playwright.async_api import Browser, expect

from app.auth.principal import Principal, Role
from app.db.database import Database
from app.orders.commands import ShipOrder
from app.orders.service import OrderService
from tests.support.rest import act, place_order
from tests.support.server import Adapter, LiveServer
from tests.support.visitor import Visitor

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.parametrize("adapter", [Adapter.TAKEOVER], indirect=True),
]


async def test_a_customer_sees_a_shipment_at_once(
    demo_server: LiveServer, demo_client: AsyncClient, chromium: Browser, staff_token: str
) -> None:
    order = await place_order(demo_client, staff_token, "ada")
    ada = await Visitor.arrive(chromium, demo_server.url)
    await ada.sign_in("ada")
    await ada.expect_status(order["id"], "Pending")
    await ada.page.evaluate("window.sameDocument = true")

    await act(demo_client, staff_token, order["id"], "ship")
    await ada.expect_status(order["id"], "Shipped")
    await expect(ada.part("toast").first).to_be_visible()

    await ada.part(f"order-row-{order['id']}").get_by_role("link").click()
    await act(demo_client, staff_token, order["id"], "deliver")
    await expect(ada.part("timeline").locator("[data-event-type=OrderDelivered]")).to_be_visible()
    await ada.expect_status(order["id"], "Delivered")
    assert await ada.page.evaluate("window.sameDocument")
    assert ada.faults == []


async def test_a_new_order_appears_by_itself(
    demo_server: LiveServer, demo_client: AsyncClient, chromium: Browser, staff_token: str
) -> None:
    ada = await Visitor.arrive(chromium, demo_server.url)
    await ada.sign_in("ada")
    await expect(ada.part("empty")).to_be_visible()
    order = await place_order(demo_client, staff_token, "ada")
    await ada.expect_status(order["id"], "Pending")
    assert ada.faults == []


async def test_staff_ship_on_their_page_and_the_customer_sees_it_on_theirs(
    demo_server: LiveServer, demo_client: AsyncClient, chromium: Browser, staff_token: str
) -> None:
    order = await place_order(demo_client, staff_token, "ada")
    ada = await Visitor.arrive(chromium, demo_server.url)
    sam = await Visitor.arrive(chromium, demo_server.url)
    await ada.sign_in("ada")
    await sam.sign_in("sam")

    await sam.part(f"action-ship-{order['id']}").click()
    await sam.expect_status(order["id"], "Shipped")
    await ada.expect_status(order["id"], "Shipped")
    assert ada.faults + sam.faults == []


async def test_after_a_restart_the_page_is_live_and_up_to_date_again(
    demo_server: LiveServer, demo_client: AsyncClient, chromium: Browser, database: Database, staff_token: str
) -> None:
    missed = await place_order(demo_client, staff_token, "ada")
    pushed = await place_order(demo_client, staff_token, "ada")
    ada = await Visitor.arrive(chromium, demo_server.url)
    await ada.sign_in("ada")
    await ada.expect_status(missed["id"], "Pending")

    demo_server.stop()
    await ada.expect_chip("reconnecting")
    warehouse = Principal("warehouse", Role.SERVICE, "Warehouse", expires_at=int(time.time()) + 60)
    await OrderService(database).change(missed["id"], ShipOrder(), warehouse)
    demo_server.start()

    await ada.expect_chip("live")
    await ada.expect_status(missed["id"], "Shipped")
    await act(demo_client, staff_token, pushed["id"], "ship")
    await ada.expect_status(pushed["id"], "Shipped")


async def test_a_wrong_password_is_reported_and_the_right_one_signs_in(
    demo_server: LiveServer, chromium: Browser
) -> None:
    ada = await Visitor.arrive(chromium, demo_server.url)
    form = ada.part("signin-form")
    await form.get_by_label("Username").fill("ada")
    await form.get_by_label("Password").fill("a wrong password")
    await form.get_by_role("button").click()
    await expect(ada.part("signin-problem")).to_be_visible()

    await form.get_by_label("Password").fill("ada-demo-password")
    await form.get_by_role("button").click()
    await ada.expect_chip("live")
