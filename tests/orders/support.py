"""People and orders for these tests."""

from app.auth.principal import Principal, Role
from app.db.database import Database
from app.orders.commands import NewLine, PlaceOrder
from app.orders.service import OrderChange, OrderService

FAR_FUTURE = 2**40

ADA = Principal("ada", Role.CUSTOMER, "Ada", FAR_FUTURE)
BRUNO = Principal("bruno", Role.CUSTOMER, "Bruno", FAR_FUTURE)
SAM = Principal("sam", Role.STAFF, "Sam", FAR_FUTURE)
ALEX = Principal("alex", Role.ADMIN, "Alex", FAR_FUTURE)
SHOP = Principal("shop", Role.SERVICE, "Shop", FAR_FUTURE)


def an_order(
    customer: Principal = ADA, *quantities: int, reference: str | None = None, name: str = "Desk lamp"
) -> PlaceOrder:
    """An order of so many pieces per line; without quantities, of two and one."""
    return PlaceOrder(
        customer_id=customer.subject,
        customer_name=customer.name,
        reference=reference,
        lines=[
            NewLine(sku=f"SKU-{position}", name=name, quantity=quantity)
            for position, quantity in enumerate(quantities or (2, 1), start=1)
        ],
    )


async def placed(
    database: Database, customer: Principal = ADA, *quantities: int, reference: str | None = None
) -> OrderChange:
    """A new order in the database."""
    return await OrderService(database).place(an_order(customer, *quantities, reference=reference), SHOP)
