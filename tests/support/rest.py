"""Requests about orders over REST, as a shop and a member of staff send them."""

from typing import Any

from httpx2 import AsyncClient

from tests.support.tokens import bearer


async def place_order(client: AsyncClient, token: str, customer_id: str = "alice", **fields: Any) -> dict[str, Any]:
    """Places an order of two lamps and a chair, and returns it. `fields` replace those of the body."""
    body = {
        "customerId": customer_id,
        "customerName": customer_id.title(),
        "lines": [
            {"sku": "LAMP-1", "name": "Desk lamp", "quantity": 2},
            {"sku": "CHAIR-1", "name": "Chair", "quantity": 1},
        ],
        **fields,
    }
    response = await client.post("/orders", json=body, headers=bearer(token))
    assert response.status_code == 201, response.text
    order: dict[str, Any] = response.json()
    return order


async def act(client: AsyncClient, token: str, order_id: int, action: str, **body: Any) -> dict[str, Any]:
    """Confirms, ships, delivers or cancels an order and returns it. The request has a body only if fields are given."""
    response = await client.post(f"/orders/{order_id}/{action}", json=body or None, headers=bearer(token))
    assert response.status_code == 200, response.text
    order: dict[str, Any] = response.json()
    return order


async def read_order(client: AsyncClient, token: str, order_id: int) -> dict[str, Any]:
    """Returns the order as the principal of the token sees it now."""
    response = await client.get(f"/orders/{order_id}", headers=bearer(token))
    assert response.status_code == 200, response.text
    order: dict[str, Any] = response.json()
    return order
