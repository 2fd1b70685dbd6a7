"""All tables. Importing this package completes `Base.metadata`, with which Alembic compares the database."""

from app.db.tables.accounts import UserAccount
from app.db.tables.events import CustomerStream, EventEntry
from app.db.tables.orders import Customer, Order, OrderLine, Shipment, ShipmentLine

__all__ = ["Customer", "CustomerStream", "EventEntry", "Order", "OrderLine", "Shipment", "ShipmentLine", "UserAccount"]
