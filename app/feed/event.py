"""What an entry of the event log looks like to everyone who reads it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue

from app.api.camel_model import CamelModel


class EventType(StrEnum):
    """What happened; the value is also the name of the hub target that tells it."""

    ORDER_PLACED = "OrderPlaced"
    ORDER_CONFIRMED = "OrderConfirmed"
    ORDER_SHIPPED = "OrderShipped"
    ORDER_DELIVERED = "OrderDelivered"
    ORDER_CANCELLED = "OrderCancelled"


class Visibility(StrEnum):
    """Who may see an entry: its customer and the staff, or the staff alone."""

    CUSTOMER = "customer"
    STAFF = "staff"


class Actor(CamelModel):
    """Who did it, as it may be shown: a role and a name, never an account's id."""

    model_config = ConfigDict(frozen=True)

    role: str
    name: str


class StreamPosition(CamelModel):
    """A place in a customer's stream. Numbers of different epochs cannot be compared: reload instead."""

    model_config = ConfigDict(frozen=True)

    epoch: str
    seq: Annotated[int, Field(ge=0)]


class OrderEvent(CamelModel):
    """One committed fact about one order; the same object is pushed, listed and answered.

    ``seq`` counts the customer's facts without holes, in the order of their commits; ``status`` is the
    order's status after the fact and ``statusFrom`` the one before (null when it was placed).
    """

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
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
            ]
        },
    )

    order_id: int
    number: str
    customer_id: str
    status: str
    status_from: str | None
    seq: int
    epoch: str
    event_id: str
    order_version: int
    type: EventType
    occurred_at: datetime
    recorded_at: datetime
    actor: Actor
    data: dict[str, JsonValue]
    visibility: Annotated[Visibility, Field(exclude=True)] = Visibility.CUSTOMER

    @property
    def position(self) -> StreamPosition:
        """Where this event stands in its customer's stream."""
        return StreamPosition(epoch=self.epoch, seq=self.seq)
