"""Who a customer is."""

from sqlalchemy import Connection, bindparam, select

from app.auth.rules import is_text
from app.db.tables.orders import Customer

_NAME = select(Customer.name).where(Customer.id == bindparam("customer_id"))


def customer_name(connection: Connection, customer_id: str) -> str | None:
    """Returns the name of the customer, or None if no order was ever placed for this id."""
    if not is_text(customer_id):
        return None
    return connection.scalar(_NAME, {"customer_id": customer_id})
