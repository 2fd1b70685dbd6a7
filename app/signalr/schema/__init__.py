"""What hubs offer, as data: for TypeScript, for AsyncAPI, and for whatever else wants to read it."""

from app.signalr.schema.asyncapi import to_asyncapi
from app.signalr.schema.describe import Description, Event, HubDescription, Method, Parameter, describe, mapped_hubs
from app.signalr.schema.typescript import call_of, to_typescript

__all__ = [
    "Description",
    "Event",
    "HubDescription",
    "Method",
    "Parameter",
    "call_of",
    "describe",
    "mapped_hubs",
    "to_asyncapi",
    "to_typescript",
]
