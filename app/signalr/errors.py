"""The errors of the hub framework: which ones a client may read, and under which name."""

from typing import ClassVar


class SignalRError(Exception):
    """Base of every error that the framework raises on purpose."""


class HubError(SignalRError):
    """An error of a hub method whose text reaches the client, whatever `enable_detailed_errors` says.

    Subclasses are shown under their own class name, unless they set `wire_name`.
    """

    wire_name: ClassVar[str] = "HubException"

    def __init_subclass__(cls) -> None:
        if "wire_name" not in cls.__dict__:
            cls.wire_name = cls.__name__


class InvalidDataError(SignalRError):
    """A message that breaks the hub protocol, or that cannot be bound to the method that it calls."""

    wire_name: ClassVar[str] = "InvalidDataException"


class InvalidOperationError(SignalRError):
    """A request that is never allowed, or not now."""

    wire_name: ClassVar[str] = "InvalidOperationException"


class ConnectionGoneError(SignalRError):
    """The connection that should answer does not exist, or ended before it answered."""

    wire_name: ClassVar[str] = "IOException"


class OperationCanceledError(SignalRError):
    """A wait was given up because the connection has ended."""

    wire_name: ClassVar[str] = "OperationCanceledException"


class ClientResultError(HubError):
    """The client answered with an error, with a value of another type, or not in time."""

    wire_name: ClassVar[str] = "HubException"


class ClientTimeoutError(SignalRError):
    """A client that had pinged before sent nothing for `client_timeout_interval`."""

    wire_name: ClassVar[str] = "OperationCanceledException"


class SlowClientError(SignalRError):
    """A client did not read, and more than `outbox_limit` bytes waited for it."""


class FormatError(InvalidDataError):
    """A number or a length that the protocol cannot express."""

    wire_name: ClassVar[str] = "FormatException"


class EncodingError(InvalidDataError):
    """Text that is not UTF-8, or a token that is not text."""

    wire_name: ClassVar[str] = "InvalidOperationException"


class HubDefinitionError(SignalRError):
    """A hub that cannot be served as it is written. Raised by `map_hub`, never while serving."""


class AuthenticationError(SignalRError):
    """The request carried credentials, and they are not valid.

    `description`, if any, is sent in the `WWW-Authenticate` challenge (RFC 6750, section 3): keep secrets out of it.
    """

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


def describe(error: BaseException) -> str:
    """Returns `{type}: {message}`, which is what clients read when detailed errors are enabled.

    Where the message cannot be made, the type stands alone.
    """
    name: str = getattr(type(error), "wire_name", type(error).__name__)
    try:
        return f"{name}: {error}"
    except Exception:  # noqa: BLE001 - the `__str__` of an error is code of its author, and may raise anything
        return name


def error_text(head: str, error: BaseException, *, detailed: bool) -> str:
    """Returns `head`, followed by the error's own text if the client may see it."""
    text = f"{head} {describe(error)}" if detailed or isinstance(error, HubError) else head
    # An error often repeats what a client sent, and lone surrogates cannot be encoded.
    return text.encode(errors="replace").decode()
