"""Orders are pushed to the published clients the moment they change."""

import pytest
from httpx2 import AsyncClient

from app.auth.principal import Role
from app.config.settings import Settings
from tests.support.npm import VERSIONS, ClientError, npm_client
from tests.support.rest import act, place_order, read_order
from tests.support.server import LiveServer
from tests.support.tokens import access_token

pytestmark = pytest.mark.anyio
HUB = "/hubs/orders"
TARGETS = ["OrderPlaced", "OrderConfirmed", "OrderShipped", "OrderDelivered", "OrderCancelled"]
only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NEWEST = "10.0.11"


async def test_the_customer_receives_a_shipment(
    live_server: LiveServer, live_client: AsyncClient, customer_token: str, staff_token: str
) -> None:
    order = await place_order(live_client, staff_token)
    async with npm_client(NEWEST, live_server.url) as node:
        customer = await node.connect(HUB, token=customer_token, targets=TARGETS)
        shipped = await act(live_client, staff_token, order["id"], "ship")
        [event] = await customer.next("OrderShipped")
    assert event == shipped["event"]
    assert (event["orderId"], event["status"], event["statusFrom"]) == (order["id"], "Shipped", "Pending")
    assert {"epoch": event["epoch"], "seq": event["seq"]} == shipped["position"]


@only_sqlite
@pytest.mark.parametrize("version", VERSIONS)
async def test_every_version_receives_a_shipment_without_negotiation(
    live_server: LiveServer, live_client: AsyncClient, customer_token: str, staff_token: str, version: str
) -> None:
    order = await place_order(live_client, staff_token)
    async with npm_client(version, live_server.url) as node:
        customer = await node.connect(HUB, token=customer_token, targets=TARGETS, skip_negotiation=True)
        await act(live_client, staff_token, order["id"], "ship")
        [event] = await customer.next("OrderShipped")
    assert (event["orderId"], event["status"]) == (order["id"], "Shipped")


@only_sqlite
async def test_staff_see_everything_and_another_customer_nothing(
    live_server: LiveServer, live_client: AsyncClient, settings: Settings, customer_token: str, staff_token: str
) -> None:
    async with npm_client(NEWEST, live_server.url) as node:
        staff = await node.connect(HUB, token=staff_token, targets=TARGETS)
        alice = await node.connect(HUB, token=customer_token, targets=TARGETS)
        bob = await node.connect(HUB, token=access_token(settings, "bob", Role.CUSTOMER), targets=TARGETS)

        order = await place_order(live_client, staff_token, "alice")
        for action in ("confirm", "ship", "deliver"):
            await act(live_client, staff_token, order["id"], action)
        last = await place_order(live_client, staff_token, "bob")

        for person in (staff, alice):
            for target in ("OrderPlaced", "OrderConfirmed", "OrderShipped", "OrderDelivered"):
                [event] = await person.next(target)
                assert (event["orderId"], event["type"]) == (order["id"], target)
        # What was pushed before the last event has arrived before it.
        [event] = await bob.next("OrderPlaced")
        assert event["orderId"] == last["id"]
        assert sum(bob.count(target) for target in TARGETS) == 0
        assert sum(alice.count(target) for target in TARGETS) == 0


@only_sqlite
@pytest.mark.parametrize("token", [None, "not.a.token"], ids=["no token", "bad token"])
async def test_a_hub_behind_authorisation_refuses_with_401(live_server: LiveServer, token: str | None) -> None:
    async with npm_client(NEWEST, live_server.url) as node:
        with pytest.raises(ClientError, match="Status code '401'"):
            await node.connect(HUB, token=token)


@only_sqlite
async def test_a_client_reconnects_after_a_restart_and_reads_what_it_missed(
    live_server: LiveServer, live_client: AsyncClient, customer_token: str, staff_token: str
) -> None:
    order = await place_order(live_client, staff_token)
    async with npm_client(NEWEST, live_server.url) as node:
        customer = await node.connect(HUB, token=customer_token, targets=TARGETS, reconnect_delays=[50] * 400)
        first_id = customer.id
        live_server.restart()
        await customer.next("reconnecting")
        [second_id] = await customer.next("reconnected")
        assert second_id != first_id

        assert (await read_order(live_client, customer_token, order["id"]))["status"] == "Pending"
        await act(live_client, staff_token, order["id"], "ship")
        [event] = await customer.next("OrderShipped")
        assert event["orderId"] == order["id"]
