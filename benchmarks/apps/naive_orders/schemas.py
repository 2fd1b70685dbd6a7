"""What requests and answers look like."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


def in_utc(moment: datetime) -> datetime:
    """SQLite forgets the time zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, AfterValidator(in_utc)]


class Schema(BaseModel):
    """The base: camelCase on the wire, and read from the attributes of a mapped object."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, from_attributes=True)


class NewLine(Schema):
    sku: Annotated[str, Field(min_length=1, max_length=64)]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    quantity: Annotated[int, Field(ge=1)] = 1


class NewOrder(Schema):
    customer_id: Annotated[str, Field(min_length=1, max_length=64)]
    customer_name: str | None = None
    reference: str | None = None
    estimated_delivery_at: datetime | None = None
    lines: Annotated[list[NewLine], Field(min_length=1)]


class NewShipment(Schema):
    carrier: str | None = None
    tracking_number: str | None = None


class LineRead(Schema):
    id: int
    position: int
    sku: str
    name: str
    ordered: int
    cancelled: int
    shipped: int
    delivered: int
    returned: int


class ShipmentLineRead(Schema):
    line_id: Annotated[int, Field(validation_alias="order_line_id")]
    quantity: int


class ShipmentRead(Schema):
    id: int
    carrier: str | None
    tracking_number: str | None
    shipped_at: Moment
    delivered_at: Moment | None
    lines: list[ShipmentLineRead]


class Position(Schema):
    epoch: str
    seq: Annotated[int, Field(validation_alias="last_seq")]


class OrderBase(Schema):
    id: int
    number: str
    reference: str | None
    status: str
    customer_id: str
    customer_name: str
    placed_at: Moment
    confirmed_at: Moment | None
    estimated_delivery_at: Moment | None
    updated_at: Moment
    version: int
    allowed_actions: list[str]
    blocked_actions: dict[str, str]


class OrderRead(OrderBase):
    lines: list[LineRead]
    shipments: list[ShipmentRead]
    position: Position


class OrderSummary(OrderBase):
    line_count: int
    unit_count: int


class OrderList(Schema):
    items: list[OrderSummary]
    next_cursor: str | None
    position: Position | None


class EventRead(Schema):
    order_id: int
    number: str
    customer_id: str
    status: str
    status_from: str | None
    seq: int
    epoch: str
    event_id: str
    order_version: int
    type: str
    occurred_at: Moment
    recorded_at: Moment
    actor: dict[str, Any]
    data: dict[str, Any]


class OrderChanged(OrderRead):
    event: EventRead
