"""Accounts, customers, orders with their lines and shipments, and the event log.

Revision: 0001, the first
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES_BY_DEPENDENCE = (
    "user_account",
    "customer",
    "orders",
    "order_line",
    "shipment",
    "shipment_line",
    "customer_stream",
    "order_event",
)


def upgrade() -> None:
    create_accounts()
    create_orders()
    create_shipments()
    create_event_log()


def downgrade() -> None:
    for table in reversed(TABLES_BY_DEPENDENCE):
        op.drop_table(table)


def create_accounts() -> None:
    op.create_table(
        "user_account",
        text("id", 64),
        text("username", 64),
        text("password_hash", 255),
        text("role", 16),
        text("display_name", 120),
        moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("username", name=op.f("uq_user_account_username")),
    )
    op.create_table(
        "customer",
        text("id", 64),
        text("name", 200),
        moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
    )


def create_orders() -> None:
    op.create_table(
        "orders",
        integer("id"),
        text("number", 20),
        text("reference", 64, nullable=True),
        text("customer_id", 64),
        text("status", 20),
        integer("version"),
        moment("placed_at"),
        moment("confirmed_at", nullable=True),
        moment("updated_at"),
        moment("estimated_delivery_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
        sa.UniqueConstraint("reference", name=op.f("uq_orders_reference")),
        refers("orders", "customer_id", "customer", "id"),
    )
    index("orders", "updated_at", "id")
    index("orders", "customer_id", "updated_at", "id")
    index("orders", "status", "updated_at", "id")
    op.create_table(
        "order_line",
        integer("id"),
        integer("order_id"),
        integer("position"),
        text("sku", 64),
        text("name", 200),
        *[integer(name) for name in ("ordered", "cancelled", "shipped", "delivered", "returned")],
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_line_order_id_position")),
        refers("order_line", "order_id", "orders", "id"),
        check("order_line", "ordered", "ordered > 0"),
        check("order_line", "cancelled", "cancelled >= 0 AND cancelled <= ordered"),
        check("order_line", "shipped", "shipped <= ordered - cancelled"),
        check("order_line", "delivered", "delivered >= 0 AND delivered <= shipped"),
        check("order_line", "returned", "returned >= 0 AND returned <= delivered"),
    )


def create_shipments() -> None:
    op.create_table(
        "shipment",
        integer("id"),
        integer("order_id"),
        text("carrier", 64, nullable=True),
        text("tracking_number", 64, nullable=True),
        moment("shipped_at"),
        moment("delivered_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment")),
        refers("shipment", "order_id", "orders", "id"),
    )
    index("shipment", "order_id")
    op.create_table(
        "shipment_line",
        integer("shipment_id"),
        integer("order_line_id"),
        integer("quantity"),
        sa.PrimaryKeyConstraint("shipment_id", "order_line_id", name=op.f("pk_shipment_line")),
        refers("shipment_line", "shipment_id", "shipment", "id"),
        refers("shipment_line", "order_line_id", "order_line", "id"),
        check("shipment_line", "quantity", "quantity > 0"),
    )


def create_event_log() -> None:
    op.create_table(
        "customer_stream",
        text("customer_id", 64),
        text("epoch", 16),
        big_integer("last_seq"),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_stream")),
        refers("customer_stream", "customer_id", "customer", "id"),
    )
    op.create_table(
        "order_event",
        text("customer_id", 64),
        big_integer("seq"),
        text("event_id", 40),
        integer("order_id"),
        integer("order_version"),
        text("number", 20),
        text("type", 40),
        text("status", 20),
        text("status_from", 20, nullable=True),
        text("visibility", 10),
        moment("occurred_at"),
        moment("recorded_at"),
        sa.Column("actor", sa.JSON(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "seq", name=op.f("pk_order_event")),
        sa.UniqueConstraint("event_id", name=op.f("uq_order_event_event_id")),
        refers("order_event", "customer_id", "customer_stream", "customer_id"),
        refers("order_event", "order_id", "orders", "id"),
    )
    index("order_event", "order_id", "seq")


def text(name: str, length: int, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def integer(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def big_integer(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False, autoincrement=False)


def moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def refers(table: str, column: str, other: str, key: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}_{other}"))


def check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))
