"""What each command does to an order in memory: its quantities, its status, its version, and the fact for the log.

Pure domain. `lifecycle.decide` has already decided that the command is allowed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue

from app.feed.event import Actor, Details, EventType, Fact
from app.orders.commands import CancelOrder, Command, ConfirmOrder, DeliverOrder, LineQuantity, PlaceOrder, ShipOrder
from app.orders.errors import AlreadyDeliveredError, QuantityExceededError, UnknownPartError
from app.orders.lifecycle import OrderStatus, status_of
from app.orders.order import Order, OrderLine, Shipment, ShipmentLine

Parts = Sequence[tuple[OrderLine, int]]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one order, and the lines and shipments that it touched.

    Call `fact()` only after the order was saved, because saving gives new lines and shipments their ids.
    """

    order: Order
    type: EventType
    version: int
    status: OrderStatus
    status_from: OrderStatus | None
    at: datetime
    actor: Actor
    describe: Callable[[], Details] = dict
    lines: Sequence[OrderLine] = ()
    shipments: Sequence[Shipment] = ()

    def fact(self) -> Fact:
        """Returns the change as the event log stores it."""
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
    """Returns the order number that people see."""
    return f"WB-{order_id:06d}"


def place(order_id: int, wanted: PlaceOrder, customer_name: str, at: datetime, actor: Actor) -> Change:
    """Makes a new, pending order."""
    lines = [
        OrderLine(position, line.sku, line.name, line.quantity) for position, line in enumerate(wanted.lines, start=1)
    ]
    order = Order(
        id=order_id,
        number=order_number(order_id),
        reference=wanted.reference,
        customer_id=wanted.customer_id,
        customer_name=customer_name,
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

    def describe() -> Details:
        return {"customer_name": customer_name, "lines": _described(parts)}

    return Change(order, EventType.ORDER_PLACED, 1, order.status, None, at, actor, describe)


def apply(command: Command, order: Order, at: datetime, actor: Actor) -> Change:
    """Applies the command to the order. Raises an OrderError, and changes nothing, if the order lacks what it names."""
    match command:
        case ConfirmOrder():
            return confirm(order, at, actor)
        case ShipOrder():
            parts = open_parts(order, command.lines)
            return ship(order, parts, at, actor, carrier=command.carrier, tracking_number=command.tracking_number)
        case DeliverOrder():
            return deliver(order, parcels_underway(order, command.shipment_ids), at, actor)
        case CancelOrder():
            return cancel(order, open_parts(order, command.lines), at, actor, reason=command.reason)


def confirm(order: Order, at: datetime, actor: Actor) -> Change:
    """Marks the order as accepted."""
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
    """Ships these parts as one parcel. A pending order is confirmed by the same event: one fact, one event."""
    shipment = Shipment(
        carrier=carrier,
        tracking_number=tracking_number,
        shipped_at=at,
        lines=[ShipmentLine(line, quantity) for line, quantity in parts],
    )
    for line, quantity in parts:
        line.shipped += quantity
    order.confirmed_at = order.confirmed_at or at
    order.shipments.append(shipment)
    partial = order.totals.open > 0

    def describe() -> Details:
        return {"is_partial": partial, "shipment": _parcel(shipment)}

    touched = [line for line, _ in parts]
    return _changed(order, EventType.ORDER_SHIPPED, at, actor, describe, lines=touched, shipments=[shipment])


def deliver(order: Order, shipments: Sequence[Shipment], at: datetime, actor: Actor) -> Change:
    """Marks these parcels as arrived."""
    touched = {}
    for shipment in shipments:
        shipment.delivered_at = at
        for part in shipment.lines:
            part.line.delivered += part.quantity
            touched[part.line.position] = part.line
    partial = order.totals.delivered < order.totals.expected

    def describe() -> Details:
        return {"is_partial": partial, "shipments": [_parcel(shipment) for shipment in shipments]}

    lines = list(touched.values())
    return _changed(order, EventType.ORDER_DELIVERED, at, actor, describe, lines=lines, shipments=shipments)


def cancel(order: Order, parts: Parts, at: datetime, actor: Actor, *, reason: str | None = None) -> Change:
    """Cancels these parts, so that they will not be shipped."""
    for line, quantity in parts:
        line.cancelled += quantity
    partial = order.totals.expected > 0

    def describe() -> Details:
        return {"is_partial": partial, "reason": reason, "lines": _described(parts)}

    return _changed(order, EventType.ORDER_CANCELLED, at, actor, describe, lines=[line for line, _ in parts])


def open_parts(order: Order, chosen: Sequence[LineQuantity] | None = None) -> Parts:
    """Returns the chosen parts, or everything that is open if `chosen` is None.

    Raises UnknownPartError for a line of another order, and QuantityExceededError if less is open than was chosen.
    """
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
    """Returns the chosen parcels, or all that are on their way if `chosen` is None.

    Raises UnknownPartError for a parcel of another order, and AlreadyDeliveredError for one that has arrived.
    """
    if chosen is None:
        return [shipment for shipment in order.shipments if shipment.delivered_at is None]
    shipments = {shipment.id: shipment for shipment in order.shipments}
    for shipment_id in chosen:
        if shipment_id not in shipments:
            raise UnknownPartError("shipment", shipment_id, list(shipments))
        if shipments[shipment_id].delivered_at is not None:
            raise AlreadyDeliveredError(shipment_id)
    return [shipments[shipment_id] for shipment_id in dict.fromkeys(chosen)]


def _changed(
    order: Order,
    kind: EventType,
    at: datetime,
    actor: Actor,
    describe: Callable[[], Details],
    *,
    lines: Sequence[OrderLine] = (),
    shipments: Sequence[Shipment] = (),
) -> Change:
    status_from = order.status
    order.status = status_of(order.totals, confirmed=order.confirmed_at is not None)
    order.version += 1
    # Facts may be reported late and out of order. The time of the last change must not move backwards.
    order.updated_at = max(order.updated_at, at)
    return Change(order, kind, order.version, order.status, status_from, at, actor, describe, lines, shipments)


def _described(parts: Parts) -> JsonValue:
    return [{"line_id": line.id, "sku": line.sku, "name": line.name, "quantity": quantity} for line, quantity in parts]


def _parcel(shipment: Shipment) -> JsonValue:
    return {
        "id": shipment.id,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "lines": _described([(part.line, part.quantity) for part in shipment.lines]),
    }
