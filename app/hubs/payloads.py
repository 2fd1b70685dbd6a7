"""The form in which events cross the wire, whether they are pushed, listed or returned."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated, Self

from pydantic import ConfigDict, Field, JsonValue
from pydantic.alias_generators import to_camel

from app.feed.event import Event, EventType
from app.signalr import Payload

_camel = lru_cache(maxsize=256)(to_camel)
_EXAMPLE: dict[str, JsonValue] = {
    "orderId": 42,
    "number": "WB-000042",
    "customerId": "ada",
    "status": "Shipped",
    "statusFrom": "Processing",
    "seq": 129,
    "epoch": "9f3c01ab",
    "eventId": "evt_5a1f0c4e8d2b4a6f9c7e3d1b2a4f6c8e",
    "orderVersion": 3,
    "type": "OrderShipped",
    "occurredAt": "2026-11-22T14:05:11.204Z",
    "recordedAt": "2026-11-22T14:05:11.371Z",
    "actor": {"role": "staff", "name": "Sam Staff"},
    "data": {
        "isPartial": False,
        "shipment": {
            "id": 55,
            "carrier": "DHL",
            "trackingNumber": "JD0146000",
            "lines": [{"lineId": 77, "sku": "LAMP-1", "name": "Desk lamp", "quantity": 2}],
        },
    },
}


class Actor(Payload):
    """Who did it, in a form that everybody may see: a role and a name, never an account's id."""

    role: str
    name: str


class OrderEvent(Payload):
    """One committed fact about one order. The same object is pushed, listed and returned.

    `seq` counts the customer's facts without gaps, in the order of their commits. `status` is the order's status after
    the fact, and `statusFrom` the one before it (null for a new order).
    """

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [_EXAMPLE]})

    order_id: int
    number: str
    customer_id: str
    status: str
    status_from: str | None
    seq: Annotated[int, Field(ge=1)]
    epoch: str
    event_id: str
    order_version: int
    type: EventType
    occurred_at: datetime
    recorded_at: datetime
    actor: Actor
    data: Annotated[dict[str, JsonValue], Field(description="The fields that only this type of event has")]

    @classmethod
    def of(cls, event: Event) -> Self:
        """Returns the wire form of an event of the log."""
        return cls(
            order_id=event.order_id,
            number=event.number,
            customer_id=event.customer_id,
            status=event.status,
            status_from=event.status_from,
            seq=event.seq,
            epoch=event.epoch,
            event_id=event.event_id,
            order_version=event.order_version,
            type=event.type,
            occurred_at=event.occurred_at,
            recorded_at=event.recorded_at,
            actor=Actor(role=event.actor.role, name=event.actor.name),
            data={_camel(key): _in_camel_case(value) for key, value in event.data.items()},
        )


def _in_camel_case(value: JsonValue) -> JsonValue:
    """Returns the value with its keys in camelCase. Older versions already stored events in that spelling."""
    if isinstance(value, dict):
        return {_camel(key): _in_camel_case(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_in_camel_case(inner) for inner in value]
    return value
