"""The addresses of the page in a real browser: links, the history, and the sign-in on the way to an order."""

import pytest
from httpx2 import AsyncClient
from playwright.async_api import Browser, expect

from tests.support.rest import place_order
from tests.support.server import Adapter, LiveServer
from tests.support.visitor import Visitor

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.parametrize("adapter", [Adapter.TAKEOVER], indirect=True),
]


async def test_a_link_opens_the_order_without_loading_the_page_again(
    demo_server: LiveServer, demo_client: AsyncClient, chromium: Browser, staff_token: str
) -> None:
    order = await place_order(demo_client, staff_token, "ada")
    address = f"{demo_server.url}/orders/{order['id']}"
    ada = await Visitor.arrive(chromium, demo_server.url)
    await ada.sign_in("ada")
    await ada.page.evaluate("window.sameDocument = true")

    await ada.part(f"order-row-{order['id']}").get_by_role("link").click()
    await expect(ada.part("order-view")).to_contain_text(order["number"])
    await expect(ada.page).to_have_url(address)
    await ada.page.go_back()
    await ada.expect_status(order["id"], "Pending")
    await expect(ada.part("order-view")).to_have_count(0)
    await ada.page.go_forward()
    await expect(ada.part("order-view")).to_contain_text(order["number"])
    assert await ada.page.evaluate("window.sameDocument")
    assert ada.faults == []


async def test_an_older_link_leads_through_the_sign_in_to_its_order(
    demo_server: LiveServer, demo_client: AsyncClient, chromium: Browser, staff_token: str
) -> None:
    order = await place_order(demo_client, staff_token, "ada")
    ada = await Visitor.arrive(chromium, f"{demo_server.url}/#/orders/{order['id']}")
    await ada.sign_in("ada")
    await expect(ada.part("order-view")).to_contain_text(order["number"])
    await expect(ada.page).to_have_url(f"{demo_server.url}/orders/{order['id']}")
    assert ada.faults == []


async def test_the_address_of_an_order_can_be_opened_and_reloaded(
    demo_server: LiveServer, demo_client: AsyncClient, chromium: Browser, staff_token: str
) -> None:
    order = await place_order(demo_client, staff_token, "ada")
    ada = await Visitor.arrive(chromium, f"{demo_server.url}/orders/{order['id']}")
    await ada.sign_in("ada")
    await expect(ada.part("order-view")).to_contain_text(order["number"])
    await ada.page.reload()
    await expect(ada.part("order-view")).to_contain_text(order["number"])
    assert ada.faults == []
