"""The one object that is pushed, listed and answered."""

from datetime import UTC, datetime

from app.feed.event import Actor, EventType, OrderEvent, Visibility

EVENT = OrderEvent(
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
    data={"isPartial": False},
    visibility=Visibility.STAFF,
)


def test_an_event_has_these_keys_on_the_wire_and_keeps_its_visibility_to_itself() -> None:
    assert EVENT.model_dump(mode="json", by_alias=True) == {
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
        "occurredAt": "2026-11-22T14:05:11.204000Z",
        "recordedAt": "2026-11-22T14:05:11.371000Z",
        "actor": {"role": "staff", "name": "Sam"},
        "data": {"isPartial": False},
    }


def test_an_event_knows_its_position() -> None:
    assert EVENT.position.model_dump(by_alias=True) == {"epoch": "9f3c01ab", "seq": 129}


def test_the_schema_does_not_show_the_visibility_either() -> None:
    assert "visibility" not in OrderEvent.model_json_schema(mode="serialization")["properties"]
