"""What the routes that place and change orders share: change, tell the hub, answer."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated

from fastapi import Depends, Response

from app.api.auth.dependencies import CurrentPrincipal
from app.api.etag import strong_etag
from app.api.json_response import json_response
from app.api.orders.dependencies import OrderId, Orders
from app.api.orders.preconditions import IfMatch, versions_of
from app.api.orders.representations import order_changed
from app.auth.principal import Principal
from app.hubs.orders import OrderClient, OrderHubContext, announce
from app.orders.commands import Command
from app.orders.service import OrderChange
from app.signalr import HubContext

Change = Callable[[Command], Awaitable[Response]]
"""Carries out a command and returns the response."""


async def announce_and_answer(
    change: OrderChange,
    hub: HubContext[OrderClient],
    principal: Principal,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Announces a committed change. Returns the response with the order after it, its `ETag` and these headers."""
    event = await announce(hub, change.event)
    body = order_changed(change.order, event, principal)
    return json_response(body, status, {"ETag": strong_etag(change.order.version), **(headers or {})})


async def change_of_order(
    order_id: OrderId, orders: Orders, hub: OrderHubContext, principal: CurrentPrincipal, if_match: IfMatch = None
) -> Change:
    """Returns what changes the order in the path for its principal, based on the versions of `If-Match`."""
    versions = versions_of(if_match)

    async def change(command: Command) -> Response:
        return await announce_and_answer(await orders.change(order_id, command, principal, versions), hub, principal)

    return change


Changing = Annotated[Change, Depends(change_of_order)]
