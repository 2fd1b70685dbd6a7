"""A SignalR hub server for FastAPI and Starlette: hubs, groups and `HubContext`, for official clients as they are.

Knows nothing of orders, SQL or this service's settings; it could be lifted out as a package of its own.
"""

from .authorization import HubResource, authorize
from .errors import (
    AuthenticationError,
    ClientResultError,
    ConnectionGoneError,
    HubDefinitionError,
    HubError,
    InvalidOperationError,
)
from .hosting.application import add_signalr, hub_context, map_hub
from .hosting.server import SignalR
from .hub.base import Hub
from .hub.clients import HubCallerClients, HubClients
from .hub.context import GroupManager, HubCallerContext, HubContext
from .hub.filters import HubFilter, HubInvocation, HubLifetime, Next
from .hub.proxies import Client
from .naming import hub_method_name
from .options import EndpointOptions, HubOptions, Redirect, TransportType
from .payload import Payload
from .principal import ANONYMOUS, ClaimsPrincipal

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
