"""All tables: importing this package makes `Base.metadata` complete, for Alembic to compare the database with."""

from app.db.tables.accounts import UserAccount
from app.db.tables.events import CustomerStream, EventEntry
from app.db.tables.orders import Customer, Order, OrderLine, Shipment, ShipmentLine

__all__ = ["Customer", "CustomerStream", "EventEntry", "Order", "OrderLine", "Shipment", "ShipmentLine", "UserAccount"]
