"""Every hub under its path, with its options."""

from collections import Counter
from collections.abc import Sequence

from fastapi import FastAPI, Request, Response
from pydantic.alias_generators import to_camel
from starlette.exceptions import HTTPException

from app.signalr import EndpointOptions, HubOptions, SignalR, TransportType, add_signalr, map_connection, map_hub
from app.signalr.members.registry import Member
from app.signalr.protocols.base import HubProtocol
from app.signalr.protocols.json import JsonHubProtocol
from app.signalr.protocols.messagepack import MessagePackHubProtocol
from tests.signalr.golden.surface import chat, endpoints, hubs, life, typed
from tests.signalr.golden.surface.cors import EveryOrigin
from tests.signalr.golden.surface.echo import echo
from tests.signalr.golden.surface.errors import IOException
from tests.signalr.golden.surface.filters import NotingFilter, OwnFilter
from tests.signalr.golden.surface.journal import Journal
from tests.signalr.golden.surface.tokens import authenticate

_DETAILED = HubOptions(enable_detailed_errors=True)
_QUICK = HubOptions(
    enable_detailed_errors=True,
    handshake_timeout=1,
    keep_alive_interval=1,
    client_timeout_interval=3,
    maximum_receive_message_size=256,
)
_TIGHT = HubOptions(enable_detailed_errors=True, stateful_reconnect_buffer_size=1000)
_STATEFUL = EndpointOptions(allow_stateful_reconnects=True)
_WITH_SMALL_LETTERS = {"order_id": "orderId", "map": "map"}
_UNLIMITED = HubOptions(maximum_receive_message_size=None, maximum_parallel_invocations_per_client=2)


def create_surface() -> FastAPI:
    """An application of its own, with a journal of its own."""
    app = FastAPI(openapi_url=None)
    app.state.journal = Journal()
    app.state.shipped = Counter[int]()
    app.add_middleware(EveryOrigin)
    app.include_router(endpoints.router)
    app.add_exception_handler(HTTPException, _without_body)
    protocols: Sequence[HubProtocol] = [JsonHubProtocol(), MessagePackHubProtocol(field_name=_as_declared)]
    server = add_signalr(app, authenticate=authenticate, filters=[NotingFilter()], protocols=protocols)
    map_hub(app, "/plain", hubs.PlainHub)
    map_hub(app, "/detailed", hubs.DetailedHub, options=_DETAILED)
    map_hub(app, "/quick", hubs.QuickHub, options=_QUICK)
    map_hub(app, "/nolimit", hubs.FirstHub, options=_UNLIMITED)
    map_hub(app, "/jsononly", hubs.JsonHub, options=HubOptions(supported_protocols=frozenset(["json"])))
    map_hub(app, "/stateful", hubs.StatefulHub, endpoint=_STATEFUL)
    map_hub(app, "/tight", hubs.TightHub, options=_TIGHT, endpoint=_STATEFUL)
    map_hub(app, "/v1only", hubs.PlainHub, endpoint=EndpointOptions(minimum_protocol_version=1))
    map_hub(app, "/lponly", hubs.PlainHub, endpoint=_only(TransportType.LONG_POLLING, poll_timeout=2))
    map_hub(app, "/wsonly", hubs.PlainHub, endpoint=_only(TransportType.WEB_SOCKETS))
    map_hub(app, "/sseonly", hubs.PlainHub, endpoint=_only(TransportType.SERVER_SENT_EVENTS))
    map_hub(app, "/secure", hubs.SecureHub)
    map_hub(app, "/expiring", hubs.SecureHub, endpoint=EndpointOptions(close_on_authentication_expiration=True))
    map_hub(app, "/staff", hubs.StaffHub)
    map_hub(app, "/filtered", hubs.FilteredHub, filters=[OwnFilter()])
    map_hub(app, "/life", life.LifeHub)
    map_hub(app, "/typed", typed.TypedHub)
    map_hub(app, "/broken", hubs.BrokenHub)
    map_hub(app, "/faulty", hubs.FaultyHub)
    map_hub(app, "/noprotocols", hubs.PlainestHub, options=HubOptions(supported_protocols=frozenset()))
    map_hub(app, "/chathub", chat.ChatHub)
    map_hub(app, "/hubs/orders", chat.OrderHub)
    map_connection(app, "/echo", echo)
    _let_registration_fail(server)
    return app


def _as_declared(name: str, _: str | None) -> str:
    """The name of a property as the recorded server declares it, which is how its MessagePack writes it."""
    return _WITH_SMALL_LETTERS.get(name) or to_camel(name)[:1].upper() + to_camel(name)[1:]


async def _without_body(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return Response(status_code=error.status_code, headers=error.headers)


def _only(transport: TransportType, poll_timeout: float = 90) -> EndpointOptions:
    return EndpointOptions(transports=frozenset([transport]), poll_timeout=poll_timeout)


def _let_registration_fail(server: SignalR) -> None:
    def fail(connection: Member) -> None:
        raise IOException("backplane down")

    (faulty,) = [runtime for runtime in server.hubs if runtime.hub is hubs.FaultyHub]
    faulty.manager.register = fail  # type: ignore[method-assign]  # a fault that only a broker can cause
