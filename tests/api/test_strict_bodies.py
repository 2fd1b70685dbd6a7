"""Bodies are taken as JSON means them, and what is wrong is told in plain words.

A number in quotes is text, and a time is text; no word of the validator's leaks.
"""

from typing import Any

import pytest
from httpx2 import AsyncClient

from tests.support.rest import place_order
from tests.support.tokens import bearer

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
LINE = {"sku": "LAMP-1", "name": "Desk lamp", "quantity": 2}
ORDER = {"customerId": "ada", "customerName": "Ada", "lines": [LINE]}
# Words of Pydantic's that people would have to look up.
FOREIGN = ("Input should", "Field required", "Extra inputs", "Value error", "String should", "List should", "order_id")


async def refused(client: AsyncClient, token: str, path: str, body: Any) -> list[dict[str, str]]:
    """The errors of the 422 that this body must be answered with."""
    response = await client.post(path, json=body, headers=bearer(token))
    assert response.status_code == 422, response.text
    assert not [word for word in FOREIGN if word in response.text], response.text
    errors: list[dict[str, str]] = response.json()["errors"]
    return errors


@pytest.mark.parametrize("quantity", ["2", True, 2.0, 2.5, None, [2], {}], ids=repr)
async def test_a_quantity_is_a_whole_number_and_nothing_like_it(
    client: AsyncClient, staff_token: str, quantity: Any
) -> None:
    errors = await refused(client, staff_token, "/orders", ORDER | {"lines": [LINE | {"quantity": quantity}]})
    assert errors == [{"field": "lines.0.quantity", "message": "must be a whole number"}]


async def test_ids_of_lines_and_parcels_are_whole_numbers_too(client: AsyncClient, staff_token: str) -> None:
    order = await place_order(client, staff_token)
    ship = {"lines": [{"lineId": str(order["lines"][0]["id"]), "quantity": 1}]}
    assert await refused(client, staff_token, f"/orders/{order['id']}/ship", ship) == [
        {"field": "lines.0.lineId", "message": "must be a whole number"}
    ]
    for wrong in ("55", True, 5.0):
        deliver = {"shipmentIds": [wrong]}
        assert await refused(client, staff_token, f"/orders/{order['id']}/deliver", deliver) == [
            {"field": "shipmentIds.0", "message": "must be a whole number"}
        ]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("2030-01-02T12:00:00+01:00", "2030-01-02T11:00:00Z"),
        ("2030-01-02T12:00:00Z", "2030-01-02T12:00:00Z"),
        ("2030-01-02 12:00:00.5Z", "2030-01-02T12:00:00.500000Z"),
        (None, None),
    ],
)
async def test_a_time_is_taken_from_text(client: AsyncClient, staff_token: str, given: Any, stored: Any) -> None:
    order = await place_order(client, staff_token, estimatedDeliveryAt=given)
    assert order["estimatedDeliveryAt"] == stored


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (1893592800, "must be a date and time, such as 2026-11-27T18:00:00Z"),
        ("1893592800", "must be a date and time, such as 2026-11-27T18:00:00Z"),
        ("tomorrow", "must be a date and time, such as 2026-11-27T18:00:00Z"),
        (True, "must be a date and time, such as 2026-11-27T18:00:00Z"),
        ("2030-01-02T12:00:00", "must have a time zone, such as 2026-11-27T18:00:00Z"),
        ("0001-01-01T00:00:00+01:00", "must lie between the years 1900 and 2200"),
        ("9999-12-31T23:00:00-12:00", "must lie between the years 1900 and 2200"),
    ],
)
async def test_what_is_no_time_is_told_what_one_is(
    client: AsyncClient, staff_token: str, given: Any, message: str
) -> None:
    errors = await refused(client, staff_token, "/orders", ORDER | {"estimatedDeliveryAt": given})
    assert errors == [{"field": "estimatedDeliveryAt", "message": message}]


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"customerId": 7}, "customerId", "must be text"),
        ({"customerId": " "}, "customerId", "must have at least 1 character"),
        ({"customerId": "a" * 5000}, "customerId", "must have at most 64 characters"),
        ({"customerId": "a\nb"}, "customerId", "contains a character that is not allowed"),
        ({"customer_id": "ada"}, "customer_id", "is not a known field"),
        ({"lines": []}, "lines", "must have at least 1 item"),
        ({"lines": "LAMP-1"}, "lines", "must be a list"),
        ({"lines": ["LAMP-1"]}, "lines.0", "must be an object"),
        ({"lines": [LINE | {"quantity": 0}]}, "lines.0.quantity", "must be at least 1"),
        ({"lines": [LINE | {"quantity": 10**9}]}, "lines.0.quantity", "must be at most 100000"),
        ({"lines": [{"name": "Desk lamp"}]}, "lines.0.sku", "is missing"),
        ({"x" * 5000: 1}, "x" * 100, "is not a known field"),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_every_rule_is_told_in_plain_words(
    client: AsyncClient, staff_token: str, changes: dict[str, Any], field: str, message: str
) -> None:
    assert await refused(client, staff_token, "/orders", ORDER | changes) == [{"field": field, "message": message}]


async def test_a_body_that_is_no_object(client: AsyncClient, staff_token: str) -> None:
    assert await refused(client, staff_token, "/orders", [ORDER]) == [{"field": "body", "message": "must be an object"}]


@pytest.mark.parametrize("action", ["confirm", "ship", "deliver", "cancel"])
async def test_no_action_takes_an_unknown_member(client: AsyncClient, staff_token: str, action: str) -> None:
    order = await place_order(client, staff_token)
    path = f"/orders/{order['id']}/{action}"
    assert await refused(client, staff_token, path, {"x": 1}) == [{"field": "x", "message": "is not a known field"}]


async def test_a_number_of_thousands_of_digits_is_told_as_one(client: AsyncClient, staff_token: str) -> None:
    headers = bearer(staff_token) | {"Content-Type": "application/json"}
    response = await client.post("/orders", content=b'{"lines": %s}' % (b"9" * 5000), headers=headers)
    assert response.status_code == 400
    assert response.json()["type"] == "/problems/bad-request"
    assert response.json()["detail"] == "The body has a number of more than 4300 digits."


async def test_a_line_that_is_named_twice(client: AsyncClient, staff_token: str) -> None:
    order = await place_order(client, staff_token)
    part = {"lineId": order["lines"][0]["id"], "quantity": 1}
    assert await refused(client, staff_token, f"/orders/{order['id']}/ship", {"lines": [part, part]}) == [
        {"field": "lines", "message": "each line may be named once"}
    ]


@pytest.mark.parametrize(
    ("path", "field", "message"),
    [
        ("/orders/abc", "orderId", "must be a whole number"),
        ("/orders/1.5/events", "orderId", "must be a whole number"),
        ("/orders/1.0", "orderId", "must be a whole number"),
        ("/orders/1_0", "orderId", "must be a whole number"),
        ("/orders/%201", "orderId", "must be a whole number"),
        ("/orders/%D9%A1", "orderId", "must be a whole number"),
        ("/orders?limit=abc", "limit", "must be a whole number"),
        ("/orders?limit=201", "limit", "must be at most 200"),
        ("/orders?customer=%00", "customer", "contains a character that is not allowed"),
    ],
)
async def test_paths_and_queries_are_told_the_same_way(
    client: AsyncClient, staff_token: str, path: str, field: str, message: str
) -> None:
    response = await client.get(path, headers=bearer(staff_token))
    assert response.status_code == 422
    assert response.json()["errors"] == [{"field": field, "message": message}]


async def test_an_unknown_status_is_told_the_known_ones(client: AsyncClient, staff_token: str) -> None:
    response = await client.get("/orders?status=Lost", headers=bearer(staff_token))
    [error] = response.json()["errors"]
    assert error["field"] == "status.0"
    assert error["message"].startswith("must be one of 'Pending', 'Processing'")


async def test_a_long_list_of_errors_is_cut(client: AsyncClient, staff_token: str) -> None:
    unknown = {f"field{number}": 1 for number in range(5000)}
    response = await client.post("/orders", json=ORDER | unknown, headers=bearer(staff_token))
    assert len(response.json()["errors"]) == 50
    assert "and 4997 more" in response.json()["detail"]
