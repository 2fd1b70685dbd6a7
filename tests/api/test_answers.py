"""What a route answers is what its OpenAPI operation declares: nothing is missing, and nothing comes on top.

The routes write their answers without validating them against a model, so this is where the two meet.
"""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx2 import AsyncClient, Response
from pydantic import TypeAdapter

from app.api.orders.routes import router
from tests.support.rest import act, place_order
from tests.support.tokens import bearer

pytestmark = pytest.mark.anyio

ROUTES = {route.operation_id: route for route in router.routes if isinstance(route, APIRoute)}


class Declared:
    """The OpenAPI document, held against what is sent."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self.answered: set[str | None] = set()

    def check(self, operation_id: str, response: Response) -> None:
        """Fails unless the body is of the declared type and has exactly the declared keys, at every depth."""
        self.answered.add(operation_id)
        route = ROUTES[operation_id]
        assert response.status_code == (route.status_code or 200), response.text
        TypeAdapter(route.response_model).validate_json(response.content, strict=True)
        [method] = list(route.methods or ())
        operation = self._document["paths"][route.path][method.lower()]
        answer = operation["responses"][str(response.status_code)]
        self._compare(answer["content"]["application/json"]["schema"], response.json(), operation_id)

    def _compare(self, schema: dict[str, Any], value: Any, where: str) -> None:
        schema = self._resolved(schema, value)
        if "properties" in schema:
            assert value.keys() == schema["properties"].keys(), where
            assert sorted(schema["required"]) == sorted(schema["properties"]), where
            for key, inner in schema["properties"].items():
                self._compare(inner, value[key], f"{where}.{key}")
        if "items" in schema:
            for index, item in enumerate(value):
                self._compare(schema["items"], item, f"{where}.{index}")

    def _resolved(self, schema: dict[str, Any], value: Any) -> dict[str, Any]:
        """The schema that this value must fit, without references; of "this or null", the one that applies."""
        while True:
            if "$ref" in schema:
                name = schema["$ref"].removeprefix("#/components/schemas/")
                schema = self._document["components"]["schemas"][name]
            elif "anyOf" in schema:
                [schema] = [one for one in schema["anyOf"] if (one.get("type") == "null") == (value is None)]
            else:
                return schema


@pytest.fixture
def declared(app: FastAPI) -> Declared:
    return Declared(app.openapi())


async def test_each_answer_has_exactly_what_its_operation_declares(
    client: AsyncClient, declared: Declared, staff_token: str, customer_token: str
) -> None:
    staff, customer = bearer(staff_token), bearer(customer_token)
    lines = [{"sku": "A", "name": "Lamp", "quantity": 3}, {"sku": "B", "name": "Chair"}]
    new = {"customerId": "alice", "customerName": "Alice", "lines": lines}
    full = new | {"reference": "SHOP-1", "estimatedDeliveryAt": "2030-01-02T12:00:00Z"}

    declared.check("placeOrder", await client.post("/orders", json=new, headers=staff))
    placed = await client.post("/orders", json=full, headers=staff)
    declared.check("placeOrder", placed)
    path, line = f"/orders/{placed.json()['id']}", placed.json()["lines"][0]["id"]
    declared.check("getOrder", await client.get(path, headers=staff))

    declared.check("confirmOrder", await client.post(f"{path}/confirm", headers=staff))
    parcel = {"lines": [{"lineId": line, "quantity": 1}], "carrier": "DHL", "trackingNumber": "JD01"}
    declared.check("shipOrder", await client.post(f"{path}/ship", json=parcel, headers=staff))
    declared.check("deliverOrder", await client.post(f"{path}/deliver", headers=staff))
    part = {"lines": [{"lineId": line, "quantity": 1}], "reason": "Sold out"}
    declared.check("cancelOrder", await client.post(f"{path}/cancel", json=part, headers=staff))
    declared.check("shipOrder", await client.post(f"{path}/ship", headers=staff))

    for reader in (staff, customer):
        declared.check("getOrder", await client.get(path, headers=reader))
        declared.check("listOrderEvents", await client.get(f"{path}/events", headers=reader))
        declared.check("listOrders", await client.get("/orders?limit=1", headers=reader))
        declared.check("listOrders", await client.get("/orders?q=nothing", headers=reader))

    assert declared.answered == ROUTES.keys()


async def test_the_order_is_the_same_whether_it_is_changed_or_read(client: AsyncClient, staff_token: str) -> None:
    order = await place_order(client, staff_token)
    for action, body in (
        ("confirm", {}),
        ("ship", {"lines": [{"lineId": order["lines"][0]["id"], "quantity": 1}]}),
        ("deliver", {}),
        ("ship", {"carrier": "DHL"}),
        ("deliver", {}),
    ):
        changed = await act(client, staff_token, order["id"], action, **body)
        del changed["event"]
        read = await client.get(f"/orders/{order['id']}", headers=bearer(staff_token))
        assert read.json() == changed, action
