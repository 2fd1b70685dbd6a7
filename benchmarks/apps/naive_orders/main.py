"""The routes: `uvicorn benchmarks.apps.naive_orders.main:app`."""

from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Query, status
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from benchmarks.apps.naive_orders.database import SessionDep
from benchmarks.apps.naive_orders.live import announce, router
from benchmarks.apps.naive_orders.models import (
    Customer,
    CustomerStream,
    Order,
    OrderEvent,
    OrderLine,
    Shipment,
    ShipmentLine,
    now,
)
from benchmarks.apps.naive_orders.schemas import EventRead, NewOrder, NewShipment, OrderChanged, OrderList, OrderRead
from benchmarks.apps.naive_orders.security import CurrentStaff, CurrentUser, User

app = FastAPI()
app.include_router(router)


@app.get("/orders", response_model=OrderList)
async def list_orders(
    session: SessionDep,
    user: CurrentUser,
    cursor: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """A page of orders, the one changed last first; the cursor is an offset."""
    query = select(Order).options(joinedload(Order.customer, innerjoin=True), selectinload(Order.lines))
    if not user.is_staff:
        query = query.where(Order.customer_id == user.sub)
    query = query.order_by(Order.updated_at.desc(), Order.id.desc()).offset(cursor).limit(limit + 1)
    orders = (await session.scalars(query)).all()
    position = None if user.is_staff else await session.get(CustomerStream, user.sub)
    next_cursor = str(cursor + limit) if len(orders) > limit else None
    return {"items": orders[:limit], "next_cursor": next_cursor, "position": position}


@app.get("/orders/{order_id}", response_model=OrderRead)
async def read_order(order_id: int, session: SessionDep, user: CurrentUser) -> Any:
    """One order with its lines and shipments."""
    order = await get_order(session, order_id)
    if not user.is_staff and order.customer_id != user.sub:
        raise HTTPException(status_code=404, detail="Order not found")
    return order


@app.post("/orders", response_model=OrderChanged, status_code=status.HTTP_201_CREATED)
async def place_order(new: NewOrder, session: SessionDep, user: CurrentStaff) -> OrderChanged:
    """A new order, for a customer who is created if there is none of this id."""
    customer = await session.get(Customer, new.customer_id, options=[joinedload(Customer.stream, innerjoin=True)])
    if customer is None:
        if new.customer_name is None:
            raise HTTPException(status_code=422, detail="A new customer needs a name")
        customer = Customer(id=new.customer_id, name=new.customer_name, stream=CustomerStream())
    order = Order(
        reference=new.reference,
        estimated_delivery_at=new.estimated_delivery_at,
        customer=customer,
        lines=[
            OrderLine(position=position, sku=line.sku, name=line.name, ordered=line.quantity)
            for position, line in enumerate(new.lines, start=1)
        ],
        shipments=[],
    )
    session.add(order)
    await session.flush()
    lines = [described(line, line.ordered) for line in order.lines]
    told = {"customerName": customer.name, "lines": lines}
    return await record(session, order, user, {"type": "OrderPlaced", "status_from": None, "data": told})


@app.post("/orders/{order_id}/ship", response_model=OrderChanged)
async def ship_order(
    order_id: int, session: SessionDep, user: CurrentStaff, new: NewShipment | None = None
) -> OrderChanged:
    """One parcel with all that is open."""
    order = await get_order(session, order_id, lock=True)
    parts = [(line, line.open) for line in order.lines if line.open]
    if not parts:
        raise HTTPException(status_code=409, detail="Nothing is left to ship")
    shipment = Shipment(
        carrier=new.carrier if new else None,
        tracking_number=new.tracking_number if new else None,
        lines=[ShipmentLine(line=line, quantity=quantity) for line, quantity in parts],
    )
    for line, quantity in parts:
        line.shipped += quantity
    order.shipments.append(shipment)
    status_from, order.status = order.status, "Shipped"
    order.version += 1
    order.updated_at = now()
    order.confirmed_at = order.confirmed_at or order.updated_at
    await session.flush()
    parcel = {
        "id": shipment.id,
        "carrier": shipment.carrier,
        "trackingNumber": shipment.tracking_number,
        "lines": [described(line, quantity) for line, quantity in parts],
    }
    told = {"isPartial": False, "shipment": parcel}
    return await record(session, order, user, {"type": "OrderShipped", "status_from": status_from, "data": told})


async def get_order(session: AsyncSession, order_id: int, *, lock: bool = False) -> Order:
    """The order with all that belongs to it, or 404."""
    query = (
        select(Order)
        .where(Order.id == order_id)
        .options(
            joinedload(Order.customer, innerjoin=True).joinedload(Customer.stream, innerjoin=True),
            selectinload(Order.lines),
            selectinload(Order.shipments).selectinload(Shipment.lines),
        )
    )
    if lock:
        query = query.with_for_update(of=Order)
    order = (await session.scalars(query)).one_or_none()
    if order is None:
        raise HTTPException(status_code=404, detail="Order not found")
    return order


def described(line: OrderLine, quantity: int) -> dict[str, Any]:
    """A line as events tell it."""
    return {"lineId": line.id, "sku": line.sku, "name": line.name, "quantity": quantity}


async def record(session: AsyncSession, order: Order, user: User, what: dict[str, Any]) -> OrderChanged:
    """Writes the event with the next number of its customer, commits, and tells everyone."""
    stream = order.customer.stream
    stream.last_seq = CustomerStream.last_seq + 1  # in the statement, so that no two transactions take one number
    await session.flush()
    await session.refresh(stream, ["last_seq"])
    event = OrderEvent(
        stream=stream,
        seq=stream.last_seq,
        order_id=order.id,
        order_version=order.version,
        number=order.number,
        status=order.status,
        actor={"role": user.role, "name": user.name},
        **what,
    )
    session.add(event)
    await session.commit()
    changed = OrderChanged(**OrderRead.model_validate(order).model_dump(), event=EventRead.model_validate(event))
    await announce(changed.event)
    return changed
