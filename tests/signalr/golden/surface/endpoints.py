"""Plain endpoints beside the hubs: tokens, the journal, and pushes from outside a hub."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from app.signalr import ANONYMOUS, AuthenticationError, ClaimsPrincipal, Client, HubClients, HubContext, hub_context
from app.signalr.connection.connection import HubConnection
from tests.signalr.golden.surface.asking import asked
from tests.signalr.golden.surface.chat import OrderHub
from tests.signalr.golden.surface.hubs import DetailedHub
from tests.signalr.golden.surface.mistakes import start_up_errors
from tests.signalr.golden.surface.tokens import authenticate, issue

router = APIRouter()
Detailed = Annotated[HubContext[Client], Depends(hub_context(DetailedHub))]
Orders = Annotated[HubContext[Client], Depends(hub_context(OrderHub))]

_SELECTORS: Mapping[str, Callable[[HubClients[Client], str], Client]] = {
    "all": lambda clients, _: clients.all,
    "group": lambda clients, name: clients.group(name),
    "user": lambda clients, name: clients.user(name),
    "client": lambda clients, name: clients.client(name),
    "allexcept": lambda clients, names: clients.all_except(names.split(",")),
    "clients": lambda clients, names: clients.clients(names.split(",")),
    "groups": lambda clients, names: clients.groups(names.split(",")),
    "users": lambda clients, names: clients.users(names.split(",")),
}


@router.get("/health")
async def health() -> PlainTextResponse:
    return PlainTextResponse("ok")


@router.get("/token")
async def token(sub: str, seconds: int = 3600, role: str | None = None) -> PlainTextResponse:
    return PlainTextResponse(issue(sub, seconds, role))


@router.get("/journal")
async def journal(request: Request) -> list[str]:
    lines: list[str] = request.app.state.journal.drain()
    return lines


@router.post("/journal")
async def begin_journal(request: Request) -> PlainTextResponse:
    state = request.app.state
    state.journal.begin([one.id for one in state.signalr.connections if isinstance(one, HubConnection)])
    return PlainTextResponse("")


@router.get("/startup")
async def startup() -> JSONResponse:
    return JSONResponse(start_up_errors(), media_type="application/json; charset=utf-8")


@router.post("/context/{selector}/{target}")
async def push(selector: str, target: str, hub: Detailed, name: str = "") -> PlainTextResponse:
    await _SELECTORS[selector](hub.clients, name).send(target, {"orderId": 7, "status": "Shipped"})
    return PlainTextResponse("")


@router.post("/groups/{verb}/{connection_id}/{group}")
async def change_group(verb: str, connection_id: str, group: str, hub: Detailed) -> PlainTextResponse:
    await (hub.groups.add if verb == "add" else hub.groups.remove)(connection_id, group)
    return PlainTextResponse("")


@router.get("/ask/{connection_id}")
async def ask(connection_id: str, hub: Detailed) -> PlainTextResponse:
    return PlainTextResponse(await asked(hub.clients.client(connection_id), timeout_s=3))


async def _authenticated(request: Request) -> ClaimsPrincipal:
    try:
        principal = await authenticate(request)
    except AuthenticationError:
        principal = ANONYMOUS
    if not principal.is_authenticated:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return principal


@router.get("/orders/{number}", dependencies=[Depends(_authenticated)])
async def order(number: int) -> dict[str, int]:
    return {"id": number}


@router.post("/orders/{number}/ship", dependencies=[Depends(_authenticated)])
async def ship(number: int, request: Request, hub: Orders) -> Response:
    order_id = number % 1000 + 1
    customer = order_id % 100 + 1
    shipped: Counter[int] = request.app.state.shipped
    shipped[customer] += 1
    event = {"orderId": order_id, "status": "Shipped", "seq": shipped[customer]}
    await hub.clients.group(f"customer:{customer}").send("OrderShipped", event)
    return JSONResponse(event, media_type="application/json; charset=utf-8")
