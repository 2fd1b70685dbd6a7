"""The table of kinds: every problem is of one of them, opens as a page, and is what OpenAPI shows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from httpx2 import AsyncClient

from app.api.problems import MEDIA_TYPE
from app.api.problems.kinds import KINDS
from app.config.settings import Settings
from app.main import create_app
from tests.support.rest import act, place_order
from tests.support.tokens import bearer

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def examples(settings: Settings) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """The operation, status and body of every example of a problem."""
    for path, item in create_app(settings).openapi()["paths"].items():
        for method, operation in item.items():
            for status, response in operation["responses"].items():
                for example in response.get("content", {}).get(MEDIA_TYPE, {}).get("examples", {}).values():
                    yield f"{method.upper()} {path}", int(status), example["value"]


@pytest.mark.parametrize("slug", KINDS)
async def test_every_type_opens_as_a_page_and_as_json(client: AsyncClient, slug: str) -> None:
    kind = KINDS[slug]
    page = await client.get(kind.type, headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    text = re.sub(r"&#x27;|&quot;", "'", page.text)
    assert f"<h1>{kind.status}: {kind.title}</h1>" in text or f"<h1>{kind.title}</h1>" in text
    data = await client.get(kind.type)
    assert data.headers["vary"] == page.headers["vary"] == "Accept"
    assert data.json() == {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "meaning": kind.meaning,
        "whatToDo": kind.remedy,
    }


async def test_the_kinds_are_listed(client: AsyncClient) -> None:
    listed = (await client.get("/problems")).json()["items"]
    assert [item["type"] for item in listed] == [kind.type for kind in KINDS.values()]
    page = await client.get("/problems", headers=BROWSER)
    for link in re.findall(r'href="([^"]+)"', page.text):
        assert (await client.get(f"/{link}")).status_code == 200


async def test_an_unknown_kind_is_not_found(client: AsyncClient) -> None:
    for headers in ({}, BROWSER):
        response = await client.get("/problems/nonsense", headers=headers)
        assert (response.status_code, response.json()["type"]) == (404, "/problems/not-found")


def test_every_example_is_of_its_status_and_of_a_kind(settings: Settings) -> None:
    for operation, status, body in examples(settings):
        kind = KINDS[body["type"].removeprefix("/problems/")]
        assert body["status"] == status == kind.status, operation
        assert body["title"] == kind.title, operation
        assert body["detail"], operation


def test_every_refusal_of_an_operation_has_an_example(settings: Settings) -> None:
    for path, item in create_app(settings).openapi()["paths"].items():
        for operation in item.values():
            for status, response in operation["responses"].items():
                if MEDIA_TYPE in response.get("content", {}):
                    assert response["content"][MEDIA_TYPE]["examples"], (path, status)


AS_JSON = {"Content-Type": "application/json"}
# What provokes a problem: method, path, and what to send. Of the two parcels of order {id}, one has arrived; nothing
# has happened to {fresh}. Bodies that name a line or a parcel are made in the test.
PROVOCATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "unauthorized": ("GET", "/orders/{id}", {"headers": {}}),
    "order-not-found": ("GET", "/orders/999", {}),
    "malformed-entity-tag": ("POST", "/orders/{id}/confirm", {"headers": {"If-Match": "3"}}),
    "cursor-invalid": ("GET", "/orders?cursor=x", {}),
    "malformed-json": (
        "POST",
        "/orders",
        {"content": b'{"lines": [}', "headers": {"Content-Type": "application/json"}},
    ),
    "unsupported-media-type": (
        "POST",
        "/orders",
        {"content": b"{}", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    ),
    "too-large": ("POST", "/orders", {"content": b" " * (1024 * 1024 + 1)}),
    "invalid": ("GET", "/orders?limit=201", {}),
    "version-mismatch": ("POST", "/orders/{id}/ship", {"headers": {"If-Match": '"99"'}}),
    "invalid-transition": ("POST", "/orders/{fresh}/deliver", {}),
    "quantity-exceeded": ("POST", "/orders/{id}/ship", {}),
    "unknown-part": ("POST", "/orders/{id}/ship", {"json": {"lines": [{"lineId": 999, "quantity": 1}]}}),
    "already-delivered": ("POST", "/orders/{id}/deliver", {}),
    "unknown-customer": (
        "POST",
        "/orders",
        {"json": {"customerId": "nobody", "lines": [{"sku": "A", "name": "A", "quantity": 1}]}},
    ),
    "reference-taken": (
        "POST",
        "/orders",
        {
            "json": {
                "customerId": "alice",
                "reference": "SHOP-1",
                "lines": [{"sku": "A", "name": "A", "quantity": 1}],
            }
        },
    ),
}


def shape(detail: str) -> str:
    """The words of a detail, without what depends on the order and the request."""
    return re.sub(r"\d+|'[^']*'|: [^.]*$", "#", detail)


@pytest.mark.parametrize("slug", PROVOCATIONS)
async def test_the_service_says_what_the_examples_say(
    client: AsyncClient, settings: Settings, staff_token: str, slug: str
) -> None:
    order = await place_order(client, staff_token, reference="SHOP-1")
    fresh = await place_order(client, staff_token)
    lamp, chair = (line["id"] for line in order["lines"])
    shipped = await act(client, staff_token, order["id"], "ship", lines=[{"lineId": lamp, "quantity": 1}])
    await act(client, staff_token, order["id"], "deliver")
    await act(client, staff_token, order["id"], "ship", lines=[{"lineId": chair, "quantity": 1}])
    method, template, sent = PROVOCATIONS[slug]
    path = template.format(id=order["id"], fresh=fresh["id"])
    headers = sent.get("headers", {}) if slug == "unauthorized" else bearer(staff_token) | sent.get("headers", {})
    body = sent.get("json")
    if slug == "quantity-exceeded":
        body = {"lines": [{"lineId": lamp, "quantity": 9}]}
    if slug == "already-delivered":
        body = {"shipmentIds": [shipped["shipments"][0]["id"]]}
    response = await client.request(method, path, headers=headers, json=body, content=sent.get("content"))
    told = response.json()
    assert told["type"] == f"/problems/{slug}", told
    operation = re.sub(r"\d+", "{order_id}", f"{method} {path.partition('?')[0]}")
    shown = [
        value
        for name, status, value in examples(settings)
        if name == operation and status == response.status_code and value["type"] == told["type"]
    ]
    assert shown, operation
    assert told.keys() in [example.keys() for example in shown]
    assert shape(told["detail"]) in [shape(example["detail"]) for example in shown]
