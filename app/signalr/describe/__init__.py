"""What hubs offer, as data: for TypeScript, for AsyncAPI, and for whatever else wants to read it."""

from .asyncapi import to_asyncapi
from .description import Description, Event, HubDescription, Method, Parameter, describe, mapped_hubs
from .typescript import call_of, to_typescript

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
