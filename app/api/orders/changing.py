"""What the routes that change an order share: let the service decide, tell the hub, answer."""

from typing import Annotated

from fastapi import Depends, Response

from app.api.auth.dependencies import CurrentPrincipal
from app.api.etag import strong_etag
from app.api.json_response import json_response
from app.api.orders.dependencies import Orders
from app.api.orders.preconditions import IfMatch
from app.api.orders.representations import order_changed
from app.auth.principal import Principal
from app.hubs.orders import OrderClient, OrderHubContext, announce
from app.orders.commands import Command
from app.orders.service import OrderService, Versions
from app.signalr import HubContext


class ChangeOrder:
    """Changes an order for the principal of this request, based on the versions of its `If-Match`."""

    __slots__ = ("_hub", "_orders", "_principal", "_versions")

    def __init__(
        self, orders: OrderService, hub: HubContext[OrderClient], principal: Principal, versions: Versions
    ) -> None:
        self._orders = orders
        self._hub = hub
        self._principal = principal
        self._versions = versions

    async def __call__(self, order_id: int, command: Command) -> Response:
        """Changes the order, announces the event and answers with both."""
        change = await self._orders.change(order_id, command, self._principal, self._versions)
        event = await announce(self._hub, change.event)
        body = order_changed(change.order, event, self._principal)
        return json_response(body, headers={"ETag": strong_etag(change.order.version)})


async def change_order(
    orders: Orders, hub: OrderHubContext, principal: CurrentPrincipal, versions: IfMatch
) -> ChangeOrder:
    """Puts together what this request changes orders with. A coroutine: FastAPI runs anything else in a thread."""
    return ChangeOrder(orders, hub, principal, versions)


Changing = Annotated[ChangeOrder, Depends(change_order)]
