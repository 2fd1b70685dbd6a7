"""What an order looks like to those who read it.

The types describe the JSON key by key, for mypy and for the OpenAPI document. The functions fill them straight from the
domain's objects, and nothing is validated or copied again on the way out.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from app.auth.principal import Principal
from app.feed.event import Event, StreamPosition
from app.hubs.payloads import OrderEvent
from app.orders.lifecycle import OrderAction, OrderStatus, actions_of
from app.orders.order import Order, OrderLine, Shipment
from app.orders.queries import ListedOrder, OrderPage, OrderView


class Position(TypedDict):
    """A place in a customer's stream. Numbers of different epochs cannot be compared: reload instead."""

    epoch: str
    seq: Annotated[int, Field(ge=0)]


class LineRead(TypedDict):
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


class ShipmentLineRead(TypedDict):
    """How much of a line is in a parcel."""

    lineId: int
    quantity: int


class ShipmentRead(TypedDict):
    """One parcel; `deliveredAt` is null while it is on its way."""

    id: int
    carrier: str | None
    trackingNumber: str | None
    shippedAt: datetime
    deliveredAt: datetime | None
    lines: list[ShipmentLineRead]


class OrderBase(TypedDict):
    """What every answer about an order says."""

    id: int
    number: Annotated[str, Field(description="The number that people see", examples=["WB-000042"])]
    reference: Annotated[str | None, Field(description="The order's id in the system it came from")]
    status: OrderStatus
    customerId: str
    customerName: str
    placedAt: datetime
    confirmedAt: datetime | None
    estimatedDeliveryAt: datetime | None
    updatedAt: datetime
    version: Annotated[int, Field(description="Raised by each change; the ETag in quotes")]
    allowedActions: Annotated[Sequence[OrderAction], Field(description="What you may do with it now")]
    blockedActions: Annotated[Mapping[OrderAction, str], Field(description="The other actions, and why not")]


class OrderRead(OrderBase):
    """One order. `position` is where its customer's stream stood when it was read."""

    lines: list[LineRead]
    shipments: list[ShipmentRead]
    position: Position


class OrderChanged(OrderRead):
    """The order after a change, and the event that every page of its customer receives."""

    event: OrderEvent


class OrderSummary(OrderBase):
    """One order in a list."""

    lineCount: Annotated[int, Field(description="How many articles")]
    unitCount: Annotated[int, Field(description="How many pieces of them were ordered")]


class OrderList(TypedDict):
    """A page of orders, the one changed last first.

    `position` (null for staff, and before a customer's first event) was taken before the rows were read:
    apply the events after it to the rows, and nothing is missed.
    """

    items: list[OrderSummary]
    nextCursor: Annotated[str | None, Field(description="Send it as cursor for the next page; null: the end")]
    position: Position | None


class OrderTimeline(TypedDict):
    """What happened to an order, oldest first."""

    items: list[OrderEvent]


def order_read(view: OrderView, principal: Principal) -> OrderRead:
    """Returns one order as the API answers it."""
    order = view.order
    return {
        **_base(order, principal),
        "lines": [_line(line) for line in order.lines],
        "shipments": [_shipment(shipment) for shipment in order.shipments],
        "position": _position(view.position),
    }


def order_changed(order: Order, event: OrderEvent, principal: Principal) -> OrderChanged:
    """Returns an order after a change, with its event, as the API answers it."""
    view = OrderView(order, StreamPosition(event.epoch, event.seq))
    return {**order_read(view, principal), "event": event}


def order_list(page: OrderPage, next_cursor: str | None, principal: Principal) -> OrderList:
    """Returns a page of orders as the API answers it."""
    return {
        "items": [_summary(row, principal) for row in page.rows],
        "nextCursor": next_cursor,
        "position": _position(page.position) if page.position else None,
    }


def order_timeline(events: list[Event]) -> OrderTimeline:
    """Returns the timeline of an order as the API answers it."""
    return {"items": [OrderEvent.of(event) for event in events]}


def _summary(row: ListedOrder, principal: Principal) -> OrderSummary:
    return {**_base(row, principal), "lineCount": row.line_count, "unitCount": row.totals.ordered}


def _base(order: Order | ListedOrder, principal: Principal) -> OrderBase:
    allowed, blocked = actions_of(principal, order)
    return {
        "id": order.id,
        "number": order.number,
        "reference": order.reference,
        "status": order.status,
        "customerId": order.customer_id,
        "customerName": order.customer_name,
        "placedAt": order.placed_at,
        "confirmedAt": order.confirmed_at,
        "estimatedDeliveryAt": order.estimated_delivery_at,
        "updatedAt": order.updated_at,
        "version": order.version,
        "allowedActions": allowed,
        "blockedActions": blocked,
    }


def _line(line: OrderLine) -> LineRead:
    return {
        "id": line.id,
        "position": line.position,
        "sku": line.sku,
        "name": line.name,
        "ordered": line.ordered,
        "cancelled": line.cancelled,
        "shipped": line.shipped,
        "delivered": line.delivered,
        "returned": line.returned,
    }


def _shipment(shipment: Shipment) -> ShipmentRead:
    return {
        "id": shipment.id,
        "carrier": shipment.carrier,
        "trackingNumber": shipment.tracking_number,
        "shippedAt": shipment.shipped_at,
        "deliveredAt": shipment.delivered_at,
        "lines": [{"lineId": part.line.id, "quantity": part.quantity} for part in shipment.lines],
    }


def _position(position: StreamPosition) -> Position:
    return {"epoch": position.epoch, "seq": position.seq}
