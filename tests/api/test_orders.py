"""Orders over REST: every answer and every refusal, as a client sees them."""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import pytest
from httpx2 import AsyncClient, Response

from app.api.orders.problems import WORDINGS
from app.auth.principal import Role
from app.config.settings import Settings
from app.orders.errors import OrderError
from tests.support.rest import act, place_order, read_order
from tests.support.tokens import access_token, bearer

pytestmark = pytest.mark.anyio

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def stranger_token(settings: Settings) -> str:
    """A token of the customer `bob`."""
    return access_token(settings, "bob", Role.CUSTOMER)


def problem(response: Response, status: int, slug: str) -> dict[str, Any]:
    """The problem that this answer must be."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    body: dict[str, Any] = response.json()
    assert (response.status_code, body["type"]) == (status, f"/problems/{slug}"), body
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def test_every_refusal_of_the_domain_has_its_wording() -> None:
    assert set(WORDINGS) == set(OrderError.__subclasses__())
    slugs = [wording.slug for wording in WORDINGS.values()]
    assert len(slugs) == len(set(slugs))


async def test_place_and_read(client: AsyncClient, staff_token: str, customer_token: str) -> None:
    body = {
        "customerId": "alice",
        "customerName": "Alice",
        "reference": "SHOP-1",
        "estimatedDeliveryAt": "2030-01-02T12:00:00+01:00",
        "lines": [{"sku": "LAMP-1", "name": "Desk lamp", "quantity": 2}, {"sku": "PEN", "name": "Pen"}],
    }
    response = await client.post("/orders", json=body, headers=bearer(staff_token))

    assert response.status_code == 201
    placed = response.json()
    assert response.headers["location"] == f"/orders/{placed['id']}"
    assert response.headers["etag"] == '"1"'
    event = placed.pop("event")
    assert event["type"] == "OrderPlaced"
    assert placed["position"] == {"epoch": event["epoch"], "seq": 1}
    line, pen = placed["lines"]
    assert line.pop("id") < pen["id"]
    assert line == {
        "position": 1,
        "sku": "LAMP-1",
        "name": "Desk lamp",
        "ordered": 2,
        "cancelled": 0,
        "shipped": 0,
        "delivered": 0,
        "returned": 0,
    }
    assert (placed["number"], placed["reference"]) == (f"WB-{placed['id']:06d}", "SHOP-1")
    assert (placed["customerId"], placed["customerName"]) == ("alice", "Alice")
    assert placed["estimatedDeliveryAt"] == "2030-01-02T11:00:00Z"
    assert (placed["status"], placed["version"], placed["confirmedAt"]) == ("Pending", 1, None)
    assert placed["allowedActions"] == ["confirm", "ship", "cancel"]
    assert list(placed["blockedActions"]) == ["deliver"]

    seen = await client.get(response.headers["location"], headers=bearer(customer_token))
    assert seen.headers["etag"] == '"1"'
    assert seen.headers["cache-control"] == "private, no-cache"
    by_customer = seen.json()
    assert by_customer["allowedActions"] == ["cancel"]
    assert by_customer["blockedActions"]["ship"] == "Only staff can ship an order."
    for key in ("allowedActions", "blockedActions"):
        placed.pop(key)
        by_customer.pop(key)
    assert {**by_customer, "lines": by_customer["lines"][1:]} == {**placed, "lines": [pen]}


async def test_the_published_ship_needs_no_body(client: AsyncClient, staff_token: str, customer_token: str) -> None:
    order = await place_order(client, staff_token)

    response = await client.post(f"/orders/{order['id']}/ship", headers=bearer(staff_token))

    assert response.status_code == 200
    shipped = response.json()
    assert response.headers["etag"] == '"2"'
    assert (shipped["status"], shipped["version"]) == ("Shipped", 2)
    assert shipped["event"]["seq"] == shipped["position"]["seq"] == 2
    assert (shipped["event"]["type"], shipped["event"]["statusFrom"]) == ("OrderShipped", "Pending")
    assert shipped["allowedActions"] == ["deliver"]
    [shipment] = shipped["shipments"]
    assert [part["quantity"] for part in shipment["lines"]] == [2, 1]
    assert shipment["deliveredAt"] is None
    seen = await read_order(client, customer_token, order["id"])
    assert seen["shipments"] == shipped["shipments"]
    assert seen["position"] == shipped["position"]


async def test_a_whole_life_is_on_the_timeline(client: AsyncClient, staff_token: str, customer_token: str) -> None:
    order = await place_order(client, staff_token)
    told = [order["event"]]
    told.append((await act(client, staff_token, order["id"], "confirm"))["event"])
    parcel = {"lines": [{"lineId": order["lines"][0]["id"], "quantity": 1}], "carrier": "DHL", "trackingNumber": "JD01"}
    told.append((await act(client, staff_token, order["id"], "ship", **parcel))["event"])
    told.append((await act(client, staff_token, order["id"], "cancel", reason="Sold out"))["event"])
    delivered = await act(client, staff_token, order["id"], "deliver")
    told.append(delivered["event"])

    response = await client.get(f"/orders/{order['id']}/events", headers=bearer(customer_token))

    assert response.json() == {"items": told}
    assert [event["status"] for event in told] == ["Pending", "Processing", "PartiallyShipped", "Shipped", "Delivered"]
    assert delivered["allowedActions"] == []


async def test_the_list_shows_summaries_and_the_position(
    client: AsyncClient, staff_token: str, customer_token: str
) -> None:
    order = await place_order(client, staff_token)
    await place_order(client, staff_token, customer_id="bob")

    mine = (await client.get("/orders", headers=bearer(customer_token))).json()
    everyones = (await client.get("/orders", headers=bearer(staff_token))).json()

    [summary] = mine["items"]
    assert (summary["lineCount"], summary["unitCount"], summary["allowedActions"]) == (2, 3, ["cancel"])
    for key in ("lines", "shipments", "position", "event", "allowedActions", "blockedActions"):
        order.pop(key, None)
    assert {key: summary[key] for key in order} == order
    assert (mine["nextCursor"], mine["position"]["seq"]) == (None, 1)
    assert [item["customerId"] for item in everyones["items"]] == ["bob", "alice"]
    assert everyones["position"] is None


async def test_pages_and_filters(client: AsyncClient, staff_token: str) -> None:
    ids = [(await place_order(client, staff_token, reference=f"SHOP-{number}"))["id"] for number in range(5)]
    await act(client, staff_token, ids[0], "ship", carrier="DHL", trackingNumber="JD0146")

    async def listed(query: str) -> tuple[list[int], str | None]:
        page = (await client.get(f"/orders?{query}", headers=bearer(staff_token))).json()
        return [item["id"] for item in page["items"]], page["nextCursor"]

    first, cursor = await listed("limit=3&status=Pending&status=Shipped")
    rest, end = await listed(f"limit=3&status=Shipped&status=Pending&cursor={cursor}")
    assert first + rest == [ids[0], *reversed(ids[1:])]
    assert end is None
    assert await listed("status=Shipped") == ([ids[0]], None)
    assert await listed("q=jd0146") == ([ids[0]], None)
    assert await listed("q=%20shop-3%20") == ([ids[3]], None)
    assert await listed("customer=nobody") == ([], None)

    headers = bearer(staff_token)
    other_list = await client.get(f"/orders?limit=3&cursor={cursor}", headers=headers)
    assert "made with other filters" in problem(other_list, 400, "cursor-invalid")["detail"]
    for bad in ("", "x", "%00", "ä", "a" * 400, "MTIzfHh8eA"):
        response = await client.get("/orders", params={"cursor": bad}, headers=headers)
        assert "not a cursor of this list" in problem(response, 400, "cursor-invalid")["detail"]


@pytest.mark.parametrize("key", ["2026-01-01T00:00:00Z|2147483648", "0001-01-01T00:00:00+01:00|1", "now|1", "1|-1"])
async def test_a_forged_cursor_is_refused_too(client: AsyncClient, staff_token: str, key: str) -> None:
    for _ in range(2):
        await place_order(client, staff_token)
    page = (await client.get("/orders?limit=1", headers=bearer(staff_token))).json()
    fingerprint = urlsafe_b64decode(page["nextCursor"] + "==").split(b"|")[0]
    forged = urlsafe_b64encode(fingerprint + b"|" + key.encode()).decode()

    response = await client.get("/orders", params={"cursor": forged}, headers=bearer(staff_token))

    problem(response, 400, "cursor-invalid")


@ONE_DATABASE
@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "status=Lost", "q=%00", "customer=%00"])
async def test_a_bad_query_names_the_parameter(client: AsyncClient, staff_token: str, query: str) -> None:
    response = await client.get(f"/orders?{query}", headers=bearer(staff_token))

    [error] = problem(response, 422, "invalid")["errors"]
    assert error["field"].split(".")[0] == query.partition("=")[0]


async def test_not_modified(client: AsyncClient, staff_token: str) -> None:
    order = await place_order(client, staff_token)
    path = f"/orders/{order['id']}"

    async def status_for(tags: str) -> int:
        response = await client.get(path, headers=bearer(staff_token) | {"If-None-Match": tags})
        assert response.headers.get("etag") in {'"1"', None}
        if response.status_code == 304:
            assert response.content == b""
        return response.status_code

    assert await status_for('"1"') == 304
    assert await status_for('"7", W/"1"') == 304
    assert await status_for("*") == 304
    assert await status_for('"2"') == 200
    assert await status_for("1") == 400


async def test_a_change_may_depend_on_the_version(client: AsyncClient, staff_token: str) -> None:
    order = await place_order(client, staff_token)
    path = f"/orders/{order['id']}/confirm"

    async def confirm_if(tags: str) -> Response:
        return await client.post(path, headers=bearer(staff_token) | {"If-Match": tags})

    for stale in ('"2"', 'W/"1"', '"0", "x"', '"01"', '"+1"', f'"{"9" * 5000}"'):
        assert problem(await confirm_if(stale), 412, "version-mismatch")["currentETag"] == '"1"'
    problem(await confirm_if("1"), 400, "malformed-entity-tag")
    assert (await confirm_if('"7", "1"')).headers["etag"] == '"2"'
    problem(await confirm_if("*"), 409, "invalid-transition")
    problem(await confirm_if('"1"'), 412, "version-mismatch")  # stale comes before illegal


async def test_an_order_that_is_not_yours_looks_like_one_that_does_not_exist(
    client: AsyncClient, staff_token: str, stranger_token: str
) -> None:
    order = await place_order(client, staff_token)

    async def refusals(order_id: int) -> list[dict[str, Any]]:
        paths = [("GET", ""), ("GET", "/events"), ("POST", "/ship"), ("POST", "/cancel")]
        answers = [
            await client.request(method, f"/orders/{order_id}{path}", headers=bearer(stranger_token))
            for method, path in paths
        ]
        bodies = [problem(answer, 404, "order-not-found") for answer in answers]
        for body in bodies:
            del body["requestId"]
            body["detail"] = body["detail"].replace(str(order_id), "#")
        return bodies

    assert await refusals(order["id"]) == await refusals(order["id"] + 1)
    assert (await client.get("/orders", headers=bearer(stranger_token))).json()["items"] == []
    assert (await client.get("/orders?customer=alice", headers=bearer(stranger_token))).json()["items"] == []
    assert (await client.get("/orders?q=alice", headers=bearer(stranger_token))).json()["items"] == []


@pytest.mark.parametrize("order_id", [0, 2**31, 10**30])
async def test_an_impossible_id_is_not_found(client: AsyncClient, staff_token: str, order_id: int) -> None:
    headers = bearer(staff_token)

    problem(await client.get(f"/orders/{order_id}", headers=headers), 404, "order-not-found")
    problem(await client.get(f"/orders/{order_id}/events", headers=headers), 404, "order-not-found")
    problem(await client.post(f"/orders/{order_id}/ship", headers=headers), 404, "order-not-found")


@pytest.mark.parametrize("action", ["confirm", "ship", "deliver"])
async def test_your_order_but_not_your_action(
    client: AsyncClient, staff_token: str, customer_token: str, action: str
) -> None:
    order = await place_order(client, staff_token)

    response = await client.post(f"/orders/{order['id']}/{action}", headers=bearer(customer_token))

    assert problem(response, 403, "action-forbidden")["detail"] == f"Only staff can {action} an order."


async def test_customers_place_no_orders_but_cancel_their_pending_ones(
    client: AsyncClient, staff_token: str, customer_token: str
) -> None:
    body = {"customerId": "alice", "customerName": "A", "lines": [{"sku": "a", "name": "b"}]}
    response = await client.post("/orders", json=body, headers=bearer(customer_token))
    problem(response, 403, "action-forbidden")

    pending, processing = await place_order(client, staff_token), await place_order(client, staff_token)
    assert (await act(client, customer_token, pending["id"], "cancel"))["status"] == "Cancelled"
    await act(client, staff_token, processing["id"], "confirm")
    refused = await client.post(f"/orders/{processing['id']}/cancel", headers=bearer(customer_token))

    assert "only staff can cancel it now" in problem(refused, 409, "invalid-transition")["detail"]


async def test_an_illegal_move_says_where_the_order_stands(client: AsyncClient, staff_token: str) -> None:
    order = await place_order(client, staff_token)
    await act(client, staff_token, order["id"], "ship")

    response = await client.post(f"/orders/{order['id']}/ship", headers=bearer(staff_token))

    body = problem(response, 409, "invalid-transition")
    assert (body["currentStatus"], body["allowedActions"]) == ("Shipped", ["deliver"])
    assert body["detail"] == "The order has been shipped already."


async def test_too_much_of_a_line(client: AsyncClient, staff_token: str) -> None:
    order = await place_order(client, staff_token)
    line = order["lines"][0]["id"]
    body = {"lines": [{"lineId": line, "quantity": 3}]}

    for action in ("ship", "cancel"):
        response = await client.post(f"/orders/{order['id']}/{action}", json=body, headers=bearer(staff_token))
        refused = problem(response, 409, "quantity-exceeded")
        assert (refused["lineId"], refused["asked"], refused["open"]) == (line, 3, 2)
    assert (await read_order(client, staff_token, order["id"]))["version"] == 1


async def test_unknown_lines_and_parcels_are_named(client: AsyncClient, staff_token: str) -> None:
    order = await place_order(client, staff_token)
    path = f"/orders/{order['id']}"
    body = {"lines": [{"lineId": 10**15, "quantity": 1}]}
    unknown_line = await client.post(f"{path}/ship", json=body, headers=bearer(staff_token))
    [error] = problem(unknown_line, 422, "unknown-part")["errors"]
    assert error["field"] == "lines"

    shipped = await act(
        client, staff_token, order["id"], "ship", lines=[{"lineId": order["lines"][0]["id"], "quantity": 1}]
    )
    parcel = shipped["shipments"][0]["id"]
    body = {"shipmentIds": [parcel, parcel + 1]}
    unknown_parcel = await client.post(f"{path}/deliver", json=body, headers=bearer(staff_token))
    assert problem(unknown_parcel, 422, "unknown-part")["known"] == [parcel]
    await act(client, staff_token, order["id"], "deliver", shipmentIds=[parcel])
    await act(client, staff_token, order["id"], "ship")
    again = await client.post(f"{path}/deliver", json={"shipmentIds": [parcel]}, headers=bearer(staff_token))
    assert problem(again, 409, "already-delivered")["shipmentId"] == parcel


async def test_placing_for_an_unknown_customer_or_with_a_used_reference(client: AsyncClient, staff_token: str) -> None:
    order = await place_order(client, staff_token, reference="SHOP-1")
    body = {"customerId": "carol", "lines": [{"sku": "a", "name": "b"}]}

    unknown = await client.post("/orders", json=body, headers=bearer(staff_token))
    body |= {"customerId": "alice", "reference": "SHOP-1"}
    taken = await client.post("/orders", json=body, headers=bearer(staff_token))

    [error] = problem(unknown, 422, "unknown-customer")["errors"]
    assert error["field"] == "customerName"
    assert unknown.json()["detail"].endswith(". Send customerName as well.")
    assert problem(taken, 409, "reference-taken")["orderId"] == order["id"]


LINE = {"sku": "a", "name": "b"}


@ONE_DATABASE
@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {"customerId": "alice"}, "lines"),
        ("", {"customerId": "alice", "lines": []}, "lines"),
        ("", {"customerId": "alice", "lines": [LINE] * 201}, "lines"),
        ("", {"customerId": "x" * 65, "lines": [LINE]}, "customerId"),
        ("", {"customerId": "a\u0000", "lines": [LINE]}, "customerId"),
        ("", {"customerId": " ", "lines": [LINE]}, "customerId"),
        ("", {"customerId": "alice", "lines": [LINE | {"quantity": 0}]}, "lines.0.quantity"),
        ("", {"customerId": "alice", "lines": [LINE | {"quantity": 10**6}]}, "lines.0.quantity"),
        ("", {"customerId": "alice", "lines": [LINE | {"quantity": "2"}]}, "lines.0.quantity"),
        ("", {"customerId": "alice", "lines": [LINE | {"price": 1}]}, "lines.0.price"),
        ("", {"customerId": "alice", "lines": [LINE], "estimatedDeliveryAt": 1893456000}, "estimatedDeliveryAt"),
        (
            "",
            {"customerId": "alice", "lines": [LINE], "estimatedDeliveryAt": "2030-01-01T00:00:00"},
            "estimatedDeliveryAt",
        ),
        (
            "",
            {"customerId": "alice", "lines": [LINE], "estimatedDeliveryAt": "9999-12-31T23:00:00-05:00"},
            "estimatedDeliveryAt",
        ),
        ("/1/ship", {"lines": []}, "lines"),
        ("/1/ship", {"lines": [{"lineId": 1, "quantity": 1}] * 2}, "lines"),
        ("/1/ship", {"trackingnumber": "x"}, "trackingnumber"),
        ("/1/ship", {"carrier": "\ud800"}, "carrier"),
        ("/1/ship", [], "body"),
        ("/1/deliver", {"shipmentIds": ["x"]}, "shipmentIds.0"),
        ("/1/cancel", {"reason": "x" * 201}, "reason"),
        ("/x/cancel", None, "orderId"),
    ],
)
async def test_a_bad_body_names_the_field(
    client: AsyncClient, staff_token: str, path: str, body: object, field: str
) -> None:
    headers = bearer(staff_token) | {"Content-Type": "application/json"}

    response = await client.post(f"/orders{path}", content=json.dumps(body), headers=headers)

    assert [error["field"] for error in problem(response, 422, "invalid")["errors"]] == [field]


@ONE_DATABASE
async def test_what_is_no_json_and_what_has_no_token(client: AsyncClient, staff_token: str) -> None:
    headers = bearer(staff_token) | {"Content-Type": "application/json"}
    broken = await client.post("/orders/1/ship", content=b'{"carrier": ', headers=headers)
    problem(broken, 400, "malformed-json")

    for method, path in (("GET", ""), ("POST", ""), ("GET", "/1"), ("GET", "/1/events"), ("POST", "/1/ship")):
        response = await client.request(method, f"/orders{path}")
        assert response.headers["www-authenticate"] == "Bearer"
        problem(response, 401, "unauthorized")


async def test_two_ships_of_the_last_pieces_at_once(client: AsyncClient, staff_token: str) -> None:
    order = await place_order(client, staff_token)
    path = f"/orders/{order['id']}/ship"

    responses = await asyncio.gather(*(client.post(path, headers=bearer(staff_token)) for _ in range(2)))

    assert sorted(response.status_code for response in responses) == [200, 409]
    events = (await client.get(f"/orders/{order['id']}/events", headers=bearer(staff_token))).json()["items"]
    assert [event["type"] for event in events] == ["OrderPlaced", "OrderShipped"]
