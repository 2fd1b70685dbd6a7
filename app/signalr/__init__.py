"""A SignalR hub server for FastAPI and Starlette: hubs, groups and `HubContext`, for official clients as they are.

Knows nothing of orders, SQL or this service's settings; it could be lifted out as a package of its own.
"""

from app.signalr.authorization import HubResource, authorize
from app.signalr.clients import Client, HubCallerClients, HubClients
from app.signalr.context import GroupManager, HubCallerContext, HubContext
from app.signalr.errors import (
    AuthenticationError,
    ClientResultError,
    ConnectionGoneError,
    HubDefinitionError,
    HubError,
    InvalidOperationError,
)
from app.signalr.filters import HubFilter, HubInvocation, HubLifetime, Next
from app.signalr.hosting import add_signalr, hub_context, map_hub
from app.signalr.hub import Hub
from app.signalr.naming import hub_method_name
from app.signalr.options import EndpointOptions, HubOptions, Redirect, TransportType
from app.signalr.payload import Payload
from app.signalr.principal import ANONYMOUS, ClaimsPrincipal
from app.signalr.server import SignalR

__all__ = [
    "ANONYMOUS",
    "AuthenticationError",
    "ClaimsPrincipal",
    "Client",
    "ClientResultError",
    "ConnectionGoneError",
    "EndpointOptions",
    "GroupManager",
    "Hub",
    "HubCallerClients",
    "HubCallerContext",
    "HubClients",
    "HubContext",
    "HubDefinitionError",
    "HubError",
    "HubFilter",
    "HubInvocation",
    "HubLifetime",
    "HubOptions",
    "HubResource",
    "InvalidOperationError",
    "Next",
    "Payload",
    "Redirect",
    "SignalR",
    "TransportType",
    "add_signalr",
    "authorize",
    "hub_context",
    "hub_method_name",
    "map_hub",
]
