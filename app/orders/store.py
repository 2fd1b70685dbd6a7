"""Orders in the database: load one as a whole, make new ones."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.db.tables.orders import Customer, Order, OrderLine, Shipment
from app.db.upsert import upsert
from app.orders.errors import UnknownCustomerError

Numbered = Order | OrderLine | Shipment

MAX_ID = 2**31 - 1


async def load_order(session: AsyncSession, order_id: int, *, lock: bool = False) -> Order | None:
    """The order with all that belongs to it, if there is one. ``lock`` keeps other writers waiting."""
    if not _can_be_an_id(order_id):
        return None
    # The lines come by statements of their own, after the lock is held. Joined to the locking statement
    # they would be read as they were before a wait for the lock.
    query = (
        select(Order)
        .where(Order.id == order_id)
        .options(
            joinedload(Order.customer, innerjoin=True),
            selectinload(Order.lines),
            selectinload(Order.shipments).joinedload(Shipment.lines),
        )
    )
    return await session.scalar(query.with_for_update(of=Order) if lock else query)


async def customer_of(session: AsyncSession, order_id: int) -> str | None:
    """The id of the customer whose order this is, if there is such an order."""
    if not _can_be_an_id(order_id):
        return None
    return await session.scalar(select(Order.customer_id).where(Order.id == order_id))


async def reserve_ids(session: AsyncSession, entity: type[Numbered], count: int) -> list[int]:
    """Ids for new rows, ascending, known before the rows are written."""
    if session.get_bind().dialect.name == "postgresql":
        sequence = func.pg_get_serial_sequence(entity.__tablename__, entity.id.key)
        query = select(func.nextval(sequence)).select_from(func.generate_series(1, count))
        return list(await session.scalars(query))
    # A write transaction on SQLite has no rival.
    first = (await session.scalar(select(func.max(entity.id))) or 0) + 1
    return list(range(first, first + count))


async def ensure_customers(session: AsyncSession, names: Mapping[str, str | None], at: datetime) -> dict[str, Customer]:
    """The customers of these ids; whoever is missing is created.

    UnknownCustomerError if a missing one has no name.
    """
    found = await _customers(session, names)
    missing = sorted(names.keys() - found.keys())
    if not missing:
        return found
    rows = [{"id": customer_id, "name": names[customer_id], "created_at": at} for customer_id in missing]
    if nameless := next((row for row in rows if row["name"] is None), None):
        raise UnknownCustomerError(str(nameless["id"]))
    # Someone else may create the same customer meanwhile: theirs is as good.
    await session.execute(upsert(session, Customer).on_conflict_do_nothing(), rows)
    return found | await _customers(session, missing)


async def _customers(session: AsyncSession, ids: Iterable[str]) -> dict[str, Customer]:
    rows = await session.scalars(select(Customer).where(Customer.id.in_(ids)))
    return {customer.id: customer for customer in rows}


def _can_be_an_id(order_id: int) -> bool:
    """PostgreSQL refuses to compare its ids with a number that none of them can be."""
    return 0 < order_id <= MAX_ID
