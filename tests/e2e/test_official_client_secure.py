"""A hub for signed-in users only, through a published client."""

import pytest

from tests.support.npm import ClientError, npm_client
from tests.support.server import LiveServer

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
HUB = "/securehub"


async def test_it_tells_a_user_who_they_are(live_server: LiveServer, customer_token: str) -> None:
    async with npm_client("7.0.0", live_server.url) as node:
        connection = await node.connect(HUB, token=customer_token)
        assert await connection.invoke("WhoAmI") == {"subject": "alice", "role": "customer"}


async def test_it_refuses_everyone_else_with_401(live_server: LiveServer) -> None:
    async with npm_client("7.0.0", live_server.url) as node:
        with pytest.raises(ClientError, match="Status code '401'"):
            await node.connect(HUB)


async def test_a_method_for_staff_stays_closed_to_a_customer(
    live_server: LiveServer, customer_token: str, staff_token: str
) -> None:
    async with npm_client("7.0.0", live_server.url) as node:
        customer = await node.connect(HUB, token=customer_token)
        with pytest.raises(ClientError, match="Failed to invoke 'StaffOnly' because user is unauthorized"):
            await customer.invoke("StaffOnly")
        staff = await node.connect(HUB, token=staff_token)
        assert await staff.invoke("StaffOnly") == "You are staff."
