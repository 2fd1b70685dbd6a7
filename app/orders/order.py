"""The order as the domain sees it: plain objects that the store loads and saves as a whole."""

from dataclasses import dataclass, field
from datetime import datetime

from app.orders.lifecycle import OrderStatus, Totals

UNSAVED = 0
"""The id of a line or shipment that the store has not saved yet."""


@dataclass(slots=True)
class OrderLine:
    """One article of an order and what became of its quantity."""

    position: int
    sku: str
    name: str
    ordered: int
    cancelled: int = 0
    shipped: int = 0
    delivered: int = 0
    returned: int = 0
    id: int = UNSAVED

    @property
    def open(self) -> int:
        """How many units of this line can still be shipped or cancelled."""
        return self.ordered - self.cancelled - self.shipped


@dataclass(frozen=True, slots=True)
class ShipmentLine:
    """How much of a line is in a parcel."""

    line: OrderLine
    quantity: int


@dataclass(slots=True)
class Shipment:
    """One parcel: what was shipped together, and when it arrived (None while it is on its way)."""

    carrier: str | None
    tracking_number: str | None
    shipped_at: datetime
    delivered_at: datetime | None = None
    lines: list[ShipmentLine] = field(default_factory=list)
    id: int = UNSAVED


@dataclass(slots=True)
class Order:
    """One order with everything that belongs to it. Each change raises `version` by one.

    Lines are sorted by position, shipments by id.
    """

    id: int
    number: str
    reference: str | None
    customer_id: str
    customer_name: str
    status: OrderStatus
    version: int
    placed_at: datetime
    confirmed_at: datetime | None
    updated_at: datetime
    estimated_delivery_at: datetime | None
    lines: list[OrderLine]
    shipments: list[Shipment]

    @property
    def totals(self) -> Totals:
        """The counts of the whole order."""
        return Totals.of(self.lines)
