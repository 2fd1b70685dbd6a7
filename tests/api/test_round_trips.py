"""How many statements each route sends to the database, so that none creeps in unnoticed."""

from typing import Any, Final

import pytest
from fastapi import FastAPI
from httpx2 import AsyncClient

from tests.support.database import statements_on
from tests.support.rest import act, place_order
from tests.support.tokens import bearer

pytestmark = pytest.mark.anyio

# On SQLite, on PostgreSQL. A change costs one more there: the order is locked first, and read when that is done.
STATEMENTS: Final = {
    "place, new customer": (9, 9),
    "place": (7, 7),
    "read": (1, 1),
    "timeline": (1, 1),
    "list, staff": (1, 1),
    "list, customer": (2, 2),
    "confirm": (4, 5),
    "ship": (7, 8),
    "deliver": (6, 7),
    "cancel": (5, 6),
}
MANY = 5


class Counted:
    """Asks the application, and notes how many statements each kind of request took."""

    def __init__(self, app: FastAPI, client: AsyncClient) -> None:
        self.statements: dict[str, set[int]] = {}
        self._database = app.state.database
        self._client = client

    async def ask(self, kind: str, token: str, method: str, path: str, body: Any = None) -> Any:
        with statements_on(self._database) as statements:
            response = await self._client.request(method, path, json=body, headers=bearer(token))
        assert response.is_success, response.text
        self.statements.setdefault(kind, set()).add(len(statements))
        return response.json()


async def test_no_route_takes_more_statements_than_these_however_large_the_order(
    app: FastAPI, client: AsyncClient, database_url: str, staff_token: str, customer_token: str
) -> None:
    counted = Counted(app, client)

    async def staff(kind: str, method: str, path: str, body: Any = None) -> Any:
        return await counted.ask(kind, staff_token, method, path, body)

    for customer, size in (("alice", 1), ("bob", MANY)):
        lines = [{"sku": f"S-{number}", "name": "Article", "quantity": size} for number in range(size)]
        body = {"customerId": customer, "customerName": customer, "lines": lines}
        order = await staff("place, new customer", "POST", "/orders", body)
        path = f"/orders/{order['id']}"
        await staff("confirm", "POST", f"{path}/confirm")
        for _ in range(size):
            parcel = [{"lineId": line["id"], "quantity": 1} for line in order["lines"]]
            await staff("ship", "POST", f"{path}/ship", {"lines": parcel})
        await staff("deliver", "POST", f"{path}/deliver")
        await staff("read", "GET", path)
        await staff("timeline", "GET", f"{path}/events")
        order = await staff("place", "POST", "/orders", body)
        await staff("cancel", "POST", f"/orders/{order['id']}/cancel")
        for token, kind in ((staff_token, "list, staff"), (customer_token, "list, customer")):
            await counted.ask(kind, token, "GET", "/orders")

    on = 0 if database_url.startswith("sqlite") else 1
    assert counted.statements == {kind: {counts[on]} for kind, counts in STATEMENTS.items()}


async def test_a_filtered_page_takes_no_more(
    app: FastAPI, client: AsyncClient, staff_token: str, customer_token: str
) -> None:
    counted = Counted(app, client)
    for number in range(MANY):
        order = await place_order(client, staff_token, reference=f"SHOP-{number}")
        await act(client, staff_token, order["id"], "ship", trackingNumber=f"JD-{number}")

    for query in ("status=Shipped", "q=jd", "customer=alice", "status=Shipped&q=shop&customer=alice"):
        page = await counted.ask("staff", staff_token, "GET", f"/orders?limit=2&{query}")
        assert len(page["items"]) == 2
        await counted.ask("staff", staff_token, "GET", f"/orders?limit=2&{query}&cursor={page['nextCursor']}")
        await counted.ask("customer", customer_token, "GET", f"/orders?{query}")

    assert counted.statements == {"staff": {1}, "customer": {2}}
