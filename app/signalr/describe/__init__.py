"""What hubs offer, as data, as TypeScript declarations and as an AsyncAPI document."""

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
