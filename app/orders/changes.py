"""What each change does to an order, in memory: the rows, the status, the version and what the log will say.

Pure domain. Whether the change is allowed was decided before (``lifecycle.decide``).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from app.db.tables.orders import Customer, Order, OrderLine, Shipment, ShipmentLine
from app.feed.event import Actor, EventType
from app.feed.log import Fact
from app.orders.commands import LineQuantity, PlaceOrder
from app.orders.errors import AlreadyDeliveredError, QuantityExceededError, UnknownPartError
from app.orders.lifecycle import OrderStatus, status_of

Data = dict[str, JsonValue]
Parts = Sequence[tuple[OrderLine, int]]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one order. Its ``fact()`` can be told once the rows are flushed and have their ids."""

    order: Order
    type: EventType
    version: int
    status: OrderStatus
    status_from: OrderStatus | None
    at: datetime
    actor: Actor
    describe: Callable[[], Data]

    def fact(self) -> Fact:
        """The change as the event log stores it."""
        return Fact(
            type=self.type,
            customer_id=self.order.customer_id,
            order_id=self.order.id,
            number=self.order.number,
            order_version=self.version,
            status=self.status,
            status_from=self.status_from,
            occurred_at=self.at,
            actor=self.actor,
            data=self.describe(),
        )


def order_number(order_id: int) -> str:
    """The number that people see and say."""
    return f"WB-{order_id:06d}"


def place(order_id: int, wanted: PlaceOrder, customer: Customer, at: datetime, actor: Actor) -> Change:
    """A new order, pending."""
    lines = [
        OrderLine(
            position=position,
            sku=line.sku,
            name=line.name,
            ordered=line.quantity,
            cancelled=0,
            shipped=0,
            delivered=0,
            returned=0,
        )
        for position, line in enumerate(wanted.lines, start=1)
    ]
    order = Order(
        id=order_id,
        number=order_number(order_id),
        reference=wanted.reference,
        customer_id=customer.id,
        customer=customer,
        status=OrderStatus.PENDING,
        version=1,
        placed_at=at,
        confirmed_at=None,
        updated_at=at,
        estimated_delivery_at=wanted.estimated_delivery_at,
        lines=lines,
        shipments=[],
    )
    parts = [(line, line.ordered) for line in lines]
    return Change(
        order=order,
        type=EventType.ORDER_PLACED,
        version=order.version,
        status=order.status,
        status_from=None,
        at=at,
        actor=actor,
        describe=lambda: {"customerName": customer.name, "lines": _described(parts)},
    )


def confirm(order: Order, at: datetime, actor: Actor) -> Change:
    """The order is accepted and will be prepared."""
    order.confirmed_at = at
    return _changed(order, EventType.ORDER_CONFIRMED, at, actor, dict)


def ship(
    order: Order,
    parts: Parts,
    at: datetime,
    actor: Actor,
    *,
    carrier: str | None = None,
    tracking_number: str | None = None,
) -> Change:
    """These parts leave as one parcel, which also confirms a pending order: one fact, one event."""
    shipment = Shipment(
        carrier=carrier,
        tracking_number=tracking_number,
        shipped_at=at,
        delivered_at=None,
        lines=[ShipmentLine(line=line, quantity=quantity) for line, quantity in parts],
    )
    for line, quantity in parts:
        line.shipped += quantity
    order.confirmed_at = order.confirmed_at or at
    order.shipments.append(shipment)
    partial = order.totals.open > 0
    return _changed(
        order,
        EventType.ORDER_SHIPPED,
        at,
        actor,
        lambda: {"isPartial": partial, "shipment": _parcel(shipment)},
    )


def deliver(order: Order, shipments: Sequence[Shipment], at: datetime, actor: Actor) -> Change:
    """These parcels arrived."""
    for shipment in shipments:
        shipment.delivered_at = at
        for part in shipment.lines:
            part.line.delivered += part.quantity
    partial = order.totals.delivered < order.totals.expected
    return _changed(
        order,
        EventType.ORDER_DELIVERED,
        at,
        actor,
        lambda: {"isPartial": partial, "shipments": [_parcel(shipment) for shipment in shipments]},
    )


def cancel(order: Order, parts: Parts, at: datetime, actor: Actor, *, reason: str | None = None) -> Change:
    """These parts will not be sent."""
    for line, quantity in parts:
        line.cancelled += quantity
    partial = order.totals.expected > 0
    return _changed(
        order,
        EventType.ORDER_CANCELLED,
        at,
        actor,
        lambda: {"isPartial": partial, "reason": reason, "lines": _described(parts)},
    )


def open_parts(order: Order, chosen: Sequence[LineQuantity] | None = None) -> Parts:
    """The chosen parts, or all that is open; UnknownPartError or QuantityExceededError if that cannot be."""
    if chosen is None:
        return [(line, line.open) for line in order.lines if line.open]
    lines = {line.id: line for line in order.lines}
    parts = []
    for part in chosen:
        line = lines.get(part.line_id)
        if line is None:
            raise UnknownPartError("line", part.line_id, list(lines))
        if part.quantity > line.open:
            raise QuantityExceededError(line.id, part.quantity, line.open)
        parts.append((line, part.quantity))
    return parts


def parcels_underway(order: Order, chosen: Sequence[int] | None = None) -> Sequence[Shipment]:
    """The chosen parcels, or all on their way; UnknownPartError or AlreadyDeliveredError if it cannot be."""
    if chosen is None:
        return [shipment for shipment in order.shipments if shipment.delivered_at is None]
    shipments = {shipment.id: shipment for shipment in order.shipments}
    for shipment_id in chosen:
        if shipment_id not in shipments:
            raise UnknownPartError("shipment", shipment_id, list(shipments))
        if shipments[shipment_id].delivered_at is not None:
            raise AlreadyDeliveredError(shipment_id)
    return [shipments[shipment_id] for shipment_id in dict.fromkeys(chosen)]


def _changed(order: Order, kind: EventType, at: datetime, actor: Actor, describe: Callable[[], Data]) -> Change:
    status_from = order.status
    order.status = status_of(order.totals, confirmed=order.confirmed_at is not None)
    order.version += 1
    # Facts can be reported late and out of order; the order was still touched when it was touched last.
    order.updated_at = max(order.updated_at, at)
    return Change(order, kind, order.version, order.status, status_from, at, actor, describe)


def _described(parts: Parts) -> JsonValue:
    return [{"lineId": line.id, "sku": line.sku, "name": line.name, "quantity": quantity} for line, quantity in parts]


def _parcel(shipment: Shipment) -> JsonValue:
    return {
        "id": shipment.id,
        "carrier": shipment.carrier,
        "trackingNumber": shipment.tracking_number,
        "lines": _described([(part.line, part.quantity) for part in shipment.lines]),
    }
