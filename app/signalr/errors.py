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
    """Something that cannot be asked for, or not now."""

    wire_name: ClassVar[str] = "InvalidOperationException"


class ConnectionGoneError(SignalRError):
    """The connection that a client result was asked of does not exist, or ended before it answered."""

    wire_name: ClassVar[str] = "IOException"


class OperationCanceledError(SignalRError):
    """What was waited for will not come, because the connection has ended."""

    wire_name: ClassVar[str] = "OperationCanceledException"


class ClientResultError(HubError):
    """The client answered with an error, with a value of another type, or not in time."""

    wire_name: ClassVar[str] = "HubException"


class ClientTimeoutError(SignalRError):
    """A client that had pinged before was silent for longer than `client_timeout_interval`."""

    wire_name: ClassVar[str] = "OperationCanceledException"


class SlowClientError(SignalRError):
    """A client did not read, and more than `outbox_limit` bytes waited for it."""


class FormatError(InvalidDataError):
    """A number or a length that the protocol cannot express."""

    wire_name: ClassVar[str] = "FormatException"


class EncodingError(InvalidDataError):
    """Text that is not UTF-8, or a token that is no text."""

    wire_name: ClassVar[str] = "InvalidOperationException"


class HubDefinitionError(SignalRError):
    """A hub that cannot be served as it is written; raised by `map_hub`, never while serving."""


class AuthenticationError(SignalRError):
    """The request carried credentials, and they are not valid.

    `description`, if any, is sent in the `WWW-Authenticate` challenge (RFC 6750, section 3): keep secrets out of it.
    """

    def __init__(self, description: str) -> None:
        super().__init__(description)
        self.description = description


def describe(error: BaseException) -> str:
    """`{type}: {message}`, as clients of detailed errors read it."""
    name = getattr(type(error), "wire_name", type(error).__name__)
    return f"{name}: {error}"


def error_text(head: str, error: BaseException, *, detailed: bool) -> str:
    """`head`, followed by the error's own text where the client may see it; never text that cannot be written."""
    text = f"{head} {describe(error)}" if detailed or isinstance(error, HubError) else head
    # An error often repeats what a client sent, lone surrogates included.
    return text.encode(errors="replace").decode()
