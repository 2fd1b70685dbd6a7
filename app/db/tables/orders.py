"""The tables of customers, their orders, the lines of an order, and the parcels."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base

ID_LENGTH = 64
NAME_LENGTH = 200
MAX_ID = 2**31 - 1


class Customer(Base):
    """A customer. One who can sign in has an account with the same id."""

    __tablename__ = "customer"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    created_at: Mapped[datetime]


class Order(Base):
    """One order. Each change raises `version` by one.

    `status` follows from the lines and is stored only for filtering. `reference` is the order's id in the system that
    it came from, if it came from one.
    """

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    reference: Mapped[str | None] = mapped_column(String(ID_LENGTH), unique=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    status: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column()
    placed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    estimated_delivery_at: Mapped[datetime | None]

    __table_args__ = (
        # Each of the list's filters, followed by its sort key.
        Index(None, "updated_at", "id"),
        Index(None, "customer_id", "updated_at", "id"),
        Index(None, "status", "updated_at", "id"),
    )


class OrderLine(Base):
    """One article of an order and what became of its quantity."""

    __tablename__ = "order_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    position: Mapped[int]
    sku: Mapped[str] = mapped_column(String(ID_LENGTH))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    ordered: Mapped[int]
    cancelled: Mapped[int]
    shipped: Mapped[int]
    delivered: Mapped[int]
    returned: Mapped[int]

    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("ordered > 0", name="ordered"),
        CheckConstraint("cancelled >= 0 AND cancelled <= ordered", name="cancelled"),
        CheckConstraint("shipped <= ordered - cancelled", name="shipped"),
        CheckConstraint("delivered >= 0 AND delivered <= shipped", name="delivered"),
        CheckConstraint("returned >= 0 AND returned <= delivered", name="returned"),
    )


class Shipment(Base):
    """One parcel: what was shipped together, and when it arrived (null while it is on its way)."""

    __tablename__ = "shipment"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    carrier: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    tracking_number: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    shipped_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]


class ShipmentLine(Base):
    """How much of a line is in a parcel."""

    __tablename__ = "shipment_line"

    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), primary_key=True)
    quantity: Mapped[int]

    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)
