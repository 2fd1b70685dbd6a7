"""The hub that tells customers and staff what happens to orders."""

from typing import Annotated, Protocol

from fastapi import Depends

from app.auth.principal import STAFF_ROLES
from app.feed.event import Event, EventType, Visibility
from app.hubs.payloads import OrderEvent
from app.signalr import Client, Hub, HubContext, authorize, hub_context

STAFF_GROUP = "staff"


def customer_group(customer_id: str) -> str:
    """Returns the name of the group that contains all connections of this customer."""
    return f"customer:{customer_id}"


class OrderClient(Client, Protocol):
    """The methods that clients of the OrderHub have: one for each type of event."""

    async def order_placed(self, event: OrderEvent) -> None: ...
    async def order_confirmed(self, event: OrderEvent) -> None: ...
    async def order_shipped(self, event: OrderEvent) -> None: ...
    async def order_delivered(self, event: OrderEvent) -> None: ...
    async def order_cancelled(self, event: OrderEvent) -> None: ...


@authorize
class OrderHub(Hub[OrderClient]):
    """The hub that pushes order events. The token's subject and role decide the groups; a client cannot choose them."""

    async def on_connected(self) -> None:
        user = self.context.user
        if user.identifier is not None:
            await self.groups.add(self.context.connection_id, customer_group(user.identifier))
        if user.roles & STAFF_ROLES:
            await self.groups.add(self.context.connection_id, STAFF_GROUP)


OrderHubContext = Annotated[HubContext[OrderClient], Depends(hub_context(OrderHub))]


async def announce(hub: HubContext[OrderClient], event: Event) -> OrderEvent:
    """Sends a committed event to its customer and to the staff, and returns what it sent.

    Call it only after the commit. An event for staff only does not go to the customer.
    """
    groups = [STAFF_GROUP]
    if event.visibility is Visibility.CUSTOMER:
        groups.append(customer_group(event.customer_id))
    clients, payload = hub.clients.groups(groups), OrderEvent.of(event)
    match event.type:
        case EventType.ORDER_PLACED:
            await clients.order_placed(payload)
        case EventType.ORDER_CONFIRMED:
            await clients.order_confirmed(payload)
        case EventType.ORDER_SHIPPED:
            await clients.order_shipped(payload)
        case EventType.ORDER_DELIVERED:
            await clients.order_delivered(payload)
        case EventType.ORDER_CANCELLED:
            await clients.order_cancelled(payload)
    return payload
