"""Exceptions under the names that the recordings show on hubs with detailed errors."""

from app.signalr import HubError


class InvalidOperationException(Exception):  # noqa: N818 - the name is on the wire
    """Any error of an application."""


class ArgumentNullException(Exception):  # noqa: N818 - the name is on the wire
    """A name or an id that is missing."""

    def __init__(self, parameter: str) -> None:
        super().__init__(f"Value cannot be null. (Parameter '{parameter}')")


class OperationCanceledException(Exception):  # noqa: N818 - the name is on the wire
    """Work that was given up."""


class IOException(Exception):  # noqa: N818 - the name is on the wire
    """A backplane that is down."""


class StockException(HubError):  # noqa: N818 - the name is on the wire
    """An error for clients with a name of its own."""
