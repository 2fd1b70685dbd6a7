"""A SignalR hub server for FastAPI and Starlette: hubs, groups and `HubContext`, for official clients as they are.

All of the public API is here, and in `testing` and `describe`. This package is built twice: as a part of the service,
and as the distribution `fastapi-signalr` (import name `fastapi_signalr`). So it imports itself by relative names only.
"""

from .authorization import HubResource, authorize
from .errors import (
    AuthenticationError,
    ClientResultError,
    ClientTimeoutError,
    ConnectionGoneError,
    HubDefinitionError,
    HubError,
    InvalidDataError,
    InvalidOperationError,
    OperationCanceledError,
    SignalRError,
    SlowClientError,
)
from .hosting.application import add_signalr, hub_context, map_connection, map_hub
from .hosting.server import SignalR
from .hub.base import Hub
from .hub.clients import HubCallerClients, HubClients
from .hub.context import GroupManager, HubCallerContext, HubContext
from .hub.filters import FilterSource, HubFilter, HubInvocation, HubLifetime, Next
from .hub.proxies import Client
from .naming import FieldName, hub_method_name
from .options import EndpointOptions, HubOptions, Redirect, Redirector, TransferFormat, TransportType
from .payload import Payload
from .principal import ANONYMOUS, Authenticate, ClaimsPrincipal, UserIdProvider
from .protocols.base import HubProtocol
from .protocols.json import JsonHubProtocol
from .protocols.messagepack import MessagePackHubProtocol
from .raw.connection import Handler, RawConnection
from .redaction import TokenFilter

__version__ = "0.1.0"
"""The version of the distribution `fastapi-signalr`; the service has its own."""

__all__ = [
    "ANONYMOUS",
    "Authenticate",
    "AuthenticationError",
    "ClaimsPrincipal",
    "Client",
    "ClientResultError",
    "ClientTimeoutError",
    "ConnectionGoneError",
    "EndpointOptions",
    "FieldName",
    "FilterSource",
    "GroupManager",
    "Handler",
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
    "HubProtocol",
    "HubResource",
    "InvalidDataError",
    "InvalidOperationError",
    "JsonHubProtocol",
    "MessagePackHubProtocol",
    "Next",
    "OperationCanceledError",
    "Payload",
    "RawConnection",
    "Redirect",
    "Redirector",
    "SignalR",
    "SignalRError",
    "SlowClientError",
    "TokenFilter",
    "TransferFormat",
    "TransportType",
    "UserIdProvider",
    "add_signalr",
    "authorize",
    "hub_context",
    "hub_method_name",
    "map_connection",
    "map_hub",
]
