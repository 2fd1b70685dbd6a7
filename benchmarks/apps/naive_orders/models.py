"""The tables as mapped classes."""

import secrets
import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

ACTIONS = ("confirm", "ship", "deliver", "cancel")
ALLOWED = {"Pending": ("confirm", "ship", "cancel"), "Processing": ("ship", "cancel"), "Shipped": ("deliver",)}


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """The base of the mapped classes."""

    type_annotation_map = {datetime: DateTime(timezone=True), dict[str, Any]: JSON}


class Customer(Base):
    """Whose orders these are."""

    __tablename__ = "customer"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=now)

    stream: Mapped["CustomerStream"] = relationship(back_populates="customer")


class CustomerStream(Base):
    """How far the customer's event log has come."""

    __tablename__ = "customer_stream"

    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(16), default=lambda: secrets.token_hex(4))
    last_seq: Mapped[int] = mapped_column(BigInteger, default=0)

    customer: Mapped[Customer] = relationship(back_populates="stream")


class Order(Base):
    """An order with its lines and shipments."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), default=lambda: f"WB-{secrets.token_hex(6)}")
    reference: Mapped[str | None] = mapped_column(String(64))
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    status: Mapped[str] = mapped_column(String(20), default="Pending")
    version: Mapped[int] = mapped_column(default=1)
    placed_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(default=now)
    estimated_delivery_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship()
    lines: Mapped[list["OrderLine"]] = relationship(order_by="OrderLine.position")
    shipments: Mapped[list["Shipment"]] = relationship(order_by="Shipment.id")

    @property
    def customer_name(self) -> str:
        return self.customer.name

    @property
    def allowed_actions(self) -> list[str]:
        return list(ALLOWED.get(self.status, ()))

    @property
    def blocked_actions(self) -> dict[str, str]:
        reason = f"The order is {self.status}."
        return {action: reason for action in ACTIONS if action not in self.allowed_actions}

    @property
    def position(self) -> CustomerStream:
        return self.customer.stream

    @property
    def line_count(self) -> int:
        return len(self.lines)

    @property
    def unit_count(self) -> int:
        return sum(line.ordered for line in self.lines)


class OrderLine(Base):
    """One article of an order and what became of its quantity."""

    __tablename__ = "order_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    position: Mapped[int]
    sku: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    ordered: Mapped[int]
    cancelled: Mapped[int] = mapped_column(default=0)
    shipped: Mapped[int] = mapped_column(default=0)
    delivered: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)

    @property
    def open(self) -> int:
        return self.ordered - self.cancelled - self.shipped


class Shipment(Base):
    """One parcel."""

    __tablename__ = "shipment"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    carrier: Mapped[str | None] = mapped_column(String(64))
    tracking_number: Mapped[str | None] = mapped_column(String(64))
    shipped_at: Mapped[datetime] = mapped_column(default=now)
    delivered_at: Mapped[datetime | None]

    lines: Mapped[list["ShipmentLine"]] = relationship(order_by="ShipmentLine.order_line_id")


class ShipmentLine(Base):
    """How much of a line is in a parcel."""

    __tablename__ = "shipment_line"

    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), primary_key=True)
    quantity: Mapped[int]

    line: Mapped[OrderLine] = relationship()


class OrderEvent(Base):
    """One entry of the event log."""

    __tablename__ = "order_event"

    customer_id: Mapped[str] = mapped_column(ForeignKey("customer_stream.customer_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(40), default=lambda: f"evt_{uuid.uuid4().hex}")
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    order_version: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    type: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20))
    status_from: Mapped[str | None] = mapped_column(String(20))
    visibility: Mapped[str] = mapped_column(String(10), default="customer")
    occurred_at: Mapped[datetime] = mapped_column(default=now)
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    actor: Mapped[dict[str, Any]]
    data: Mapped[dict[str, Any]]

    stream: Mapped[CustomerStream] = relationship()

    @property
    def epoch(self) -> str:
        return self.stream.epoch
