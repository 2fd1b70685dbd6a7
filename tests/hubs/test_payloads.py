"""The one object that is pushed, listed and answered."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import JsonValue
from sqlalchemy import update

from app.db.database import Database
from app.db.tables.events import EventEntry
from app.feed.event import Actor, Details, Event, EventType, StreamPosition, Visibility
from app.hubs.payloads import OrderEvent
from app.orders.commands import DeliverOrder, ShipOrder
from app.orders.queries import OrderQueries
from app.orders.service import OrderService
from tests.orders.support import ADA, SAM, placed
from tests.support.database import execute

PARCEL: Details = {
    "is_partial": False,
    "shipment": {
        "id": 55,
        "carrier": "DHL",
        "tracking_number": "JD0146000",
        "lines": [{"line_id": 77, "sku": "LAMP_1", "name": "desk_lamp", "quantity": 2}],
    },
}
PARCEL_ON_THE_WIRE: Details = {
    "isPartial": False,
    "shipment": {
        "id": 55,
        "carrier": "DHL",
        "trackingNumber": "JD0146000",
        "lines": [{"lineId": 77, "sku": "LAMP_1", "name": "desk_lamp", "quantity": 2}],
    },
}
EVENT = Event(
    order_id=42,
    number="WB-000042",
    customer_id="ada",
    status="Shipped",
    status_from="Processing",
    seq=129,
    epoch="9f3c01ab",
    event_id="evt_1",
    order_version=3,
    type=EventType.ORDER_SHIPPED,
    occurred_at=datetime(2026, 11, 22, 14, 5, 11, 204000, UTC),
    recorded_at=datetime(2026, 11, 22, 14, 5, 11, 371000, UTC),
    actor=Actor(role="staff", name="Sam"),
    data=PARCEL,
    visibility=Visibility.STAFF,
)


def on_the_wire(event: Event) -> JsonValue:
    dumped: JsonValue = OrderEvent.of(event).model_dump(mode="json", by_alias=True)
    return dumped


def test_an_event_has_these_keys_on_the_wire_and_keeps_its_visibility_to_itself() -> None:
    assert on_the_wire(EVENT) == {
        "orderId": 42,
        "number": "WB-000042",
        "customerId": "ada",
        "status": "Shipped",
        "statusFrom": "Processing",
        "seq": 129,
        "epoch": "9f3c01ab",
        "eventId": "evt_1",
        "orderVersion": 3,
        "type": "OrderShipped",
        "occurredAt": "2026-11-22T14:05:11.204Z",
        "recordedAt": "2026-11-22T14:05:11.371Z",
        "actor": {"role": "staff", "name": "Sam"},
        "data": PARCEL_ON_THE_WIRE,
    }


def test_an_event_knows_its_position() -> None:
    assert EVENT.position == StreamPosition(epoch="9f3c01ab", seq=129)


def test_the_schema_does_not_show_the_visibility_either() -> None:
    assert "visibility" not in OrderEvent.model_json_schema(mode="serialization")["properties"]


def test_only_keys_are_respelt_and_an_event_stored_in_the_old_spelling_comes_out_the_same() -> None:
    assert on_the_wire(replace(EVENT, data=PARCEL_ON_THE_WIRE)) == on_the_wire(EVENT)


@pytest.mark.anyio
async def test_a_timeline_written_by_an_older_version_comes_out_the_same(database: Database) -> None:
    service, queries = OrderService(database), OrderQueries(database)
    order_id = (await placed(database)).order.id
    await service.change(order_id, ShipOrder(carrier="DHL", tracking_number="JD01"), SAM)
    await service.change(order_id, DeliverOrder(), SAM)
    told = [OrderEvent.of(event) for event in await queries.timeline(order_id, ADA)]

    for event in told:  # what older versions stored was what they sent
        entry = update(EventEntry).where(EventEntry.event_id == event.event_id).values(data=event.data)
        await execute(database, entry)

    assert [OrderEvent.of(event) for event in await queries.timeline(order_id, ADA)] == told
    assert "trackingNumber" in json.dumps([event.data for event in await queries.timeline(order_id, ADA)])
