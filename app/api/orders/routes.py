"""The REST surface of orders: each route parses, lets the service decide, tells the hub and answers."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response, status

from app.api.auth.dependencies import CurrentPrincipal
from app.api.etag import strong_etag
from app.api.json_response import json_response
from app.api.orders import responses
from app.api.orders.bodies import (
    CancelOrderBody,
    ConfirmOrderBody,
    DeliverOrderBody,
    PlaceOrderBody,
    ShipOrderBody,
)
from app.api.orders.changing import Changing, announce_and_answer
from app.api.orders.cursor import decode_cursor, encode_cursor
from app.api.orders.dependencies import OrderId, Orders, PageSize, Queries, Wanted
from app.api.orders.preconditions import not_modified
from app.api.orders.representations import (
    OrderChanged,
    OrderList,
    OrderRead,
    OrderTimeline,
    order_list,
    order_read,
    order_timeline,
)
from app.hubs.orders import OrderHubContext

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
    response_model=OrderChanged,
    responses=responses.PLACED,
)
async def place_order(
    wanted: PlaceOrderBody, orders: Orders, hub: OrderHubContext, principal: CurrentPrincipal
) -> Response:
    """A new, pending order. For staff and services."""
    change = await orders.place(wanted, principal)
    location = {"Location": f"{router.prefix}/{change.order.id}"}
    return await announce_and_answer(change, hub, principal, status.HTTP_201_CREATED, location)


@router.get("", operation_id="listOrders", summary="List orders", response_model=OrderList, responses=responses.LISTED)
async def list_orders(
    queries: Queries,
    principal: CurrentPrincipal,
    wanted: Wanted,
    cursor: Annotated[str | None, Query(description="nextCursor of the page before")] = None,
    limit: PageSize = 50,
) -> Response:
    """Your orders, or everybody's for staff; the one changed last comes first."""
    after = None if cursor is None else decode_cursor(cursor, wanted)
    page = await queries.page(principal, wanted, after, limit)
    next_cursor = encode_cursor(page.next_key, wanted) if page.next_key else None
    return json_response(order_list(page, next_cursor, principal))


@router.get(
    "/{order_id}",
    operation_id="getOrder",
    summary="Read an order",
    response_model=OrderRead,
    responses=responses.READ,
)
async def get_order(
    order_id: OrderId,
    queries: Queries,
    principal: CurrentPrincipal,
    if_none_match: Annotated[str | None, Header(description="ETag of the version you have")] = None,
) -> Response:
    """One order with its lines and shipments, and what you may do with it now."""
    view = await queries.get(order_id, principal)
    headers = {"ETag": strong_etag(view.order.version), "Cache-Control": "private, no-cache"}
    if if_none_match is not None and not_modified(if_none_match, view.order.version):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return json_response(order_read(view, principal), headers=headers)


@router.get(
    "/{order_id}/events",
    operation_id="listOrderEvents",
    summary="Read its timeline",
    response_model=OrderTimeline,
    responses=responses.TIMELINE,
)
async def list_order_events(order_id: OrderId, queries: Queries, principal: CurrentPrincipal) -> Response:
    """What happened to an order, oldest first: the same events that were pushed."""
    return json_response(order_timeline(await queries.timeline(order_id, principal)))


@router.post(
    "/{order_id}/confirm",
    operation_id="confirmOrder",
    summary="Confirm",
    response_model=OrderChanged,
    responses=responses.CONFIRMED,
)
async def confirm_order(change: Changing, confirmation: ConfirmOrderBody | None = None) -> Response:
    """Accept a pending order."""
    return await change(confirmation or ConfirmOrderBody())


@router.post(
    "/{order_id}/ship",
    operation_id="shipOrder",
    summary="Ship",
    response_model=OrderChanged,
    responses=responses.SHIPPED,
)
async def ship_order(change: Changing, shipment: ShipOrderBody | None = None) -> Response:
    """Send a parcel. Without a body, or without lines, it takes all that is open."""
    return await change(shipment or ShipOrderBody())


@router.post(
    "/{order_id}/deliver",
    operation_id="deliverOrder",
    summary="Deliver",
    response_model=OrderChanged,
    responses=responses.DELIVERED,
)
async def deliver_order(change: Changing, delivery: DeliverOrderBody | None = None) -> Response:
    """Note that parcels arrived. Without a body it is every parcel on its way."""
    return await change(delivery or DeliverOrderBody())


@router.post(
    "/{order_id}/cancel",
    operation_id="cancelOrder",
    summary="Cancel",
    response_model=OrderChanged,
    responses=responses.CANCELLED,
)
async def cancel_order(change: Changing, cancellation: CancelOrderBody | None = None) -> Response:
    """Cancel what has not left. Without a body, or without lines, it is all that is open."""
    return await change(cancellation or CancelOrderBody())
