"""The tables of the event log: one counter per customer and the entries that it numbers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base


class CustomerStream(Base):
    """The counter of a customer's events.

    The transaction of a fact bumps the row and keeps it locked until the commit. So `seq` follows the order of
    commits, and a rollback leaves no gap.
    """

    __tablename__ = "customer_stream"

    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    epoch: Mapped[str] = mapped_column(String(16))
    last_seq: Mapped[int] = mapped_column(BigInteger)


class EventEntry(Base):
    """One committed fact, which never changes. The same rows are the push log, the timeline and the audit trail."""

    __tablename__ = "order_event"

    customer_id: Mapped[str] = mapped_column(ForeignKey("customer_stream.customer_id"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    event_id: Mapped[str] = mapped_column(String(40), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    order_version: Mapped[int]
    number: Mapped[str] = mapped_column(String(20))
    type: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20))
    status_from: Mapped[str | None] = mapped_column(String(20))
    visibility: Mapped[str] = mapped_column(String(10))
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    actor: Mapped[dict[str, Any]] = mapped_column(JSON)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (Index(None, "order_id", "seq"),)
