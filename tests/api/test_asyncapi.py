"""The hubs are described beside the API, with the address at which they were asked for."""

import pytest
from httpx2 import AsyncClient

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


async def test_every_hub_is_described_with_its_path(client: AsyncClient) -> None:
    response = await client.get("/asyncapi.json")
    assert response.headers["content-type"] == "application/json"
    document = response.json()
    assert document["asyncapi"] == "3.0.0"
    assert {channel["address"] for channel in document["channels"].values()} == {
        "/hubs/orders",
        "/chathub",
        "/securehub",
    }
    assert document["servers"] == {"hubs": {"host": "waybill.test", "protocol": "ws"}}


async def test_what_is_pushed_is_described_as_it_is_sent(client: AsyncClient) -> None:
    components = (await client.get("/asyncapi.json")).json()["components"]
    payload = components["messages"]["OrderHub.OrderShipped.event"]["payload"]
    (event,) = payload["properties"]["arguments"]["items"]
    assert event == {"title": "event", "allOf": [{"$ref": "#/components/schemas/OrderEvent"}]}
    schema = components["schemas"]["OrderEvent"]
    assert set(schema["required"]) == set(schema["properties"])
    assert set(schema["examples"][0]) == set(schema["properties"])


async def test_behind_tls_the_address_is_one_of_tls(client: AsyncClient) -> None:
    response = await client.get("https://waybill.test:8443/asyncapi.json")
    assert response.json()["servers"] == {"hubs": {"host": "waybill.test:8443", "protocol": "wss"}}
