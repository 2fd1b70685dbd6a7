"""The entries of the event log: facts about orders, numbered per customer."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue

Details = dict[str, JsonValue]
"""The fields that only this type of event has: JSON values with snake_case keys."""


class EventType(StrEnum):
    """What happened. The value is also the name of the hub target to which the event is pushed."""

    ORDER_PLACED = "OrderPlaced"
    ORDER_CONFIRMED = "OrderConfirmed"
    ORDER_SHIPPED = "OrderShipped"
    ORDER_DELIVERED = "OrderDelivered"
    ORDER_CANCELLED = "OrderCancelled"


class Visibility(StrEnum):
    """Who may see an event: its customer and the staff, or the staff alone."""

    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, in a form that everybody may see: a role and a name, never an account's id."""

    role: str
    name: str


@dataclass(frozen=True, slots=True)
class StreamPosition:
    """A position in a customer's stream. Positions of different epochs cannot be compared; a reader has to reload."""

    epoch: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that became true of an order and has no number in the customer's stream yet.

    `status` is the order's status after the fact, and `status_from` the one before it (None for a new order).
    """

    type: EventType
    customer_id: str
    order_id: int
    number: str
    order_version: int
    status: str
    status_from: str | None
    occurred_at: datetime
    actor: Actor
    data: Details = field(default_factory=dict)
    visibility: Visibility = Visibility.CUSTOMER


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Fact):
    """A committed fact. `seq` counts the customer's events without gaps, in the order of their commits."""

    seq: int
    epoch: str
    event_id: str
    recorded_at: datetime

    @property
    def position(self) -> StreamPosition:
        """The position of this event in its customer's stream."""
        return StreamPosition(self.epoch, self.seq)
