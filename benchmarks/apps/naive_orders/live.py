"""The push: a connection manager, with the sockets of each group."""

from collections import defaultdict
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect, WebSocketException, status
from jwt.exceptions import InvalidTokenError

from benchmarks.apps.naive_orders.schemas import EventRead
from benchmarks.apps.naive_orders.security import user_of

STAFF = "staff"


class ConnectionManager:
    """Remembers who is connected."""

    def __init__(self) -> None:
        self.groups: defaultdict[str, list[WebSocket]] = defaultdict(list)

    async def connect(self, websocket: WebSocket, group: str) -> None:
        await websocket.accept()
        self.groups[group].append(websocket)

    def disconnect(self, websocket: WebSocket, group: str) -> None:
        self.groups[group].remove(websocket)

    async def broadcast(self, message: dict[str, Any], *groups: str) -> None:
        for group in groups:
            for websocket in self.groups[group]:
                await websocket.send_json(message)


manager = ConnectionManager()
router = APIRouter()


async def announce(event: EventRead) -> None:
    """Tells an event to its customer and to the staff."""
    content = event.model_dump(mode="json", by_alias=True)
    message = {"type": 1, "target": event.type, "arguments": [content]}
    await manager.broadcast(message, STAFF, f"customer:{event.customer_id}")


@router.websocket("/hubs/orders")
async def listen(websocket: WebSocket, access_token: str) -> None:
    """Everything that happens to the orders of the token's owner; to all orders for staff."""
    try:
        user = user_of(access_token)
    except InvalidTokenError:
        raise WebSocketException(code=status.WS_1008_POLICY_VIOLATION) from None
    group = STAFF if user.is_staff else f"customer:{user.sub}"
    await manager.connect(websocket, group)
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        manager.disconnect(websocket, group)
