"""What an order looks like to those who read it."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field

from app.api.camel_model import CamelModel
from app.auth.principal import Principal
from app.db.tables.orders import Order
from app.feed.event import OrderEvent, StreamPosition
from app.orders.lifecycle import OrderAction, OrderState, OrderStatus, allowed_actions, blocked_actions
from app.orders.queries import ListedOrder, OrderView
from app.orders.service import OrderChange


class FromRow(CamelModel):
    """Base of the models that are filled from a row of the same shape."""

    model_config = ConfigDict(from_attributes=True)


class LineRead(FromRow):
    """One article of an order and what became of its quantity."""

    id: int
    position: int
    sku: str
    name: str
    ordered: int
    cancelled: int
    shipped: int
    delivered: int
    returned: int


class ShipmentLineRead(FromRow):
    """How much of a line is in a parcel."""

    line_id: Annotated[int, Field(validation_alias="order_line_id")]
    quantity: int


class ShipmentRead(FromRow):
    """One parcel; ``deliveredAt`` is null while it is on its way."""

    id: int
    carrier: str | None
    tracking_number: str | None
    shipped_at: datetime
    delivered_at: datetime | None
    lines: list[ShipmentLineRead]


class OrderBase(CamelModel):
    """What every answer about an order says."""

    id: int
    number: Annotated[str, Field(description="The number that people see", examples=["WB-000042"])]
    reference: Annotated[str | None, Field(description="The order's id in the system it came from")]
    status: OrderStatus
    customer_id: str
    customer_name: str
    placed_at: datetime
    confirmed_at: datetime | None
    estimated_delivery_at: datetime | None
    updated_at: datetime
    version: Annotated[int, Field(description="Raised by each change; the ETag in quotes")]
    allowed_actions: Annotated[list[OrderAction], Field(description="What you may do with it now")]
    blocked_actions: Annotated[dict[OrderAction, str], Field(description="The other actions, and why not")]


class OrderRead(OrderBase):
    """One order. ``position`` is where its customer's stream stood when it was read."""

    lines: list[LineRead]
    shipments: list[ShipmentRead]
    position: StreamPosition

    @classmethod
    def of(cls, view: OrderView, principal: Principal) -> Self:
        return cls(**_whole(view.order, principal), position=view.position)


class OrderChanged(OrderRead):
    """The order after a change, and the event that every page of its customer receives."""

    event: OrderEvent

    @classmethod
    def after(cls, change: OrderChange, principal: Principal) -> Self:
        position = change.event.position
        return cls(**_whole(change.order, principal), position=position, event=change.event)


class OrderSummary(OrderBase):
    """One order in a list."""

    line_count: Annotated[int, Field(description="How many articles")]
    unit_count: Annotated[int, Field(description="How many pieces of them were ordered")]

    @classmethod
    def of(cls, row: ListedOrder, principal: Principal) -> Self:
        shared = _shared(row.order, row, principal)
        return cls(**shared, line_count=row.line_count, unit_count=row.totals.ordered)


class OrderList(CamelModel):
    """A page of orders, the one changed last first.

    ``position`` (null for staff, and before a customer's first event) was taken before the rows were read:
    apply the events after it to the rows, and nothing is missed.
    """

    items: list[OrderSummary]
    next_cursor: Annotated[str | None, Field(description="Send it as cursor for the next page; null: the end")]
    position: StreamPosition | None


class OrderTimeline(CamelModel):
    """What happened to an order, oldest first."""

    items: list[OrderEvent]


def _whole(order: Order, principal: Principal) -> dict[str, Any]:
    return {
        **_shared(order, order, principal),
        "lines": order.lines,
        "shipments": order.shipments,
    }


def _shared(order: Order, state: OrderState, principal: Principal) -> dict[str, Any]:
    return {
        "id": order.id,
        "number": order.number,
        "reference": order.reference,
        "status": order.status,
        "customer_id": order.customer_id,
        "customer_name": order.customer.name,
        "placed_at": order.placed_at,
        "confirmed_at": order.confirmed_at,
        "estimated_delivery_at": order.estimated_delivery_at,
        "updated_at": order.updated_at,
        "version": order.version,
        "allowed_actions": allowed_actions(principal, state),
        "blocked_actions": blocked_actions(principal, state),
    }
