"""The REST surface of orders: each route parses, lets the service decide, tells the hub and answers."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response, status

from app.api.auth.dependencies import CurrentPrincipal
from app.api.etag import strong_etag
from app.api.orders import responses
from app.api.orders.cursor import decode_cursor, encode_cursor
from app.api.orders.dependencies import Orders, PageSize, Queries, Wanted
from app.api.orders.preconditions import IfMatch, not_modified
from app.api.orders.representations import OrderChanged, OrderList, OrderRead, OrderSummary, OrderTimeline
from app.auth.principal import Principal
from app.hubs.orders import OrderHubContext, announce
from app.orders.commands import CancelOrder, DeliverOrder, PlaceOrder, ShipOrder
from app.orders.service import OrderChange

router = APIRouter(
    prefix="/orders",
    tags=["orders"],
    responses=responses.ALWAYS,
)


@router.post(
    "",
    operation_id="placeOrder",
    summary="Place an order",
    status_code=status.HTTP_201_CREATED,
    responses=responses.PLACED,
)
async def place_order(
    wanted: PlaceOrder, orders: Orders, hub: OrderHubContext, principal: CurrentPrincipal, response: Response
) -> OrderChanged:
    """A new, pending order. For staff and services."""
    change = await orders.place(wanted, principal)
    await announce(hub, change.event)
    response.headers["Location"] = f"{router.prefix}/{change.order.id}"
    return _changed(change, principal, response)


@router.get("", operation_id="listOrders", summary="List orders", responses=responses.LISTED)
async def list_orders(
    queries: Queries,
    principal: CurrentPrincipal,
    wanted: Wanted,
    cursor: Annotated[str | None, Query(description="nextCursor of the page before")] = None,
    limit: PageSize = 50,
) -> OrderList:
    """Your orders, or everybody's for staff; the one changed last comes first."""
    after = None if cursor is None else decode_cursor(cursor, wanted)
    page = await queries.page(principal, wanted, after, limit)
    return OrderList(
        items=[OrderSummary.of(row, principal) for row in page.rows],
        next_cursor=encode_cursor(page.next_key, wanted) if page.next_key else None,
        position=page.position,
    )


@router.get(
    "/{order_id}",
    operation_id="getOrder",
    summary="Read an order",
    response_model=OrderRead,
    responses=responses.READ,
)
async def get_order(
    order_id: int,
    queries: Queries,
    principal: CurrentPrincipal,
    response: Response,
    if_none_match: Annotated[str | None, Header(description="ETag of the version you have")] = None,
) -> OrderRead | Response:
    """One order with its lines and shipments, and what you may do with it now."""
    view = await queries.get(order_id, principal)
    headers = {"ETag": strong_etag(view.order.version), "Cache-Control": "private, no-cache"}
    if if_none_match is not None and not_modified(if_none_match, view.order.version):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    response.headers.update(headers)
    return OrderRead.of(view, principal)


@router.get(
    "/{order_id}/events", operation_id="listOrderEvents", summary="Read its timeline", responses=responses.TIMELINE
)
async def list_order_events(order_id: int, queries: Queries, principal: CurrentPrincipal) -> OrderTimeline:
    """What happened to an order, oldest first: the same events that were pushed."""
    return OrderTimeline(items=await queries.timeline(order_id, principal))


@router.post("/{order_id}/confirm", operation_id="confirmOrder", summary="Confirm", responses=responses.CHANGED)
async def confirm_order(
    order_id: int,
    *,
    orders: Orders,
    hub: OrderHubContext,
    principal: CurrentPrincipal,
    versions: IfMatch,
    response: Response,
) -> OrderChanged:
    """Accept a pending order."""
    change = await orders.confirm(order_id, principal, versions)
    await announce(hub, change.event)
    return _changed(change, principal, response)


@router.post("/{order_id}/ship", operation_id="shipOrder", summary="Ship", responses=responses.CHANGED_BY_LINE)
async def ship_order(
    order_id: int,
    shipment: ShipOrder | None = None,
    *,
    orders: Orders,
    hub: OrderHubContext,
    principal: CurrentPrincipal,
    versions: IfMatch,
    response: Response,
) -> OrderChanged:
    """Send a parcel. Without a body, or without lines, it takes all that is open."""
    change = await orders.ship(order_id, shipment, principal, versions)
    await announce(hub, change.event)
    return _changed(change, principal, response)


@router.post(
    "/{order_id}/deliver", operation_id="deliverOrder", summary="Deliver", responses=responses.CHANGED_BY_PARCEL
)
async def deliver_order(
    order_id: int,
    delivery: DeliverOrder | None = None,
    *,
    orders: Orders,
    hub: OrderHubContext,
    principal: CurrentPrincipal,
    versions: IfMatch,
    response: Response,
) -> OrderChanged:
    """Note that parcels arrived. Without a body it is every parcel on its way."""
    change = await orders.deliver(order_id, delivery, principal, versions)
    await announce(hub, change.event)
    return _changed(change, principal, response)


@router.post("/{order_id}/cancel", operation_id="cancelOrder", summary="Cancel", responses=responses.CHANGED_BY_LINE)
async def cancel_order(
    order_id: int,
    cancellation: CancelOrder | None = None,
    *,
    orders: Orders,
    hub: OrderHubContext,
    principal: CurrentPrincipal,
    versions: IfMatch,
    response: Response,
) -> OrderChanged:
    """Cancel what has not left. Without a body, or without lines, it is all that is open."""
    change = await orders.cancel(order_id, cancellation, principal, versions)
    await announce(hub, change.event)
    return _changed(change, principal, response)


def _changed(change: OrderChange, principal: Principal, response: Response) -> OrderChanged:
    response.headers["ETag"] = strong_etag(change.order.version)
    return OrderChanged.after(change, principal)
