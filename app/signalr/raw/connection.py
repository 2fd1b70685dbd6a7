"""A raw connection, as its handler sees it."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from starlette.requests import HTTPConnection

from ..errors import InvalidOperationError
from ..options import TransferFormat
from ..principal import ClaimsPrincipal


class Carrier(Protocol):
    """What a `RawConnection` stands for: a transport, and what came over it and was not read yet."""

    id: str
    user: ClaimsPrincipal
    http: HTTPConnection
    transfer_format: TransferFormat

    @property
    def transport_name(self) -> str: ...
    @property
    def carries_binary(self) -> bool: ...
    @property
    def is_closed(self) -> bool: ...
    async def read(self) -> bytes: ...
    async def write(self, data: bytes) -> None: ...


class RawConnection:
    """A stream of bytes in each direction, over whichever transport the client has chosen.

    Iterate over it for what the client sends: `async for data in connection`. The iteration ends when the client has
    gone or the server stops. A chunk is never empty, and the chunks need not be the messages that the client sent:
    one may hold several of them, or a part of one. In the text format, none but the last ends inside of a
    character.
    """

    __slots__ = ("_carrier",)

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    @property
    def id(self) -> str:
        """Public, unique, not a secret."""
        return self._carrier.id

    @property
    def user(self) -> ClaimsPrincipal:
        """The principal of the request that opened the connection."""
        return self._carrier.user

    @property
    def http(self) -> HTTPConnection:
        """The request that opened the connection: its query, headers, cookies and application."""
        return self._carrier.http

    @property
    def transport(self) -> str:
        """`WebSockets`, `ServerSentEvents` or `LongPolling`."""
        return self._carrier.transport_name

    @property
    def is_closed(self) -> bool:
        """Whether nothing reaches the client any more."""
        return self._carrier.is_closed

    @property
    def transfer_format(self) -> TransferFormat:
        """`TEXT` unless the handler sets it: whether WebSocket messages leave as text or as binary.

        Setting `BINARY` raises InvalidOperationError over Server-Sent Events, which carry text only.
        """
        return self._carrier.transfer_format

    @transfer_format.setter
    def transfer_format(self, transfer_format: TransferFormat) -> None:
        if transfer_format is TransferFormat.BINARY and not self._carrier.carries_binary:
            raise InvalidOperationError(f"{self.transport} carries text only; leave transfer_format at TEXT")
        self._carrier.transfer_format = transfer_format

    def __aiter__(self) -> "RawConnection":
        return self

    async def __anext__(self) -> bytes:
        data = await self._carrier.read()
        if not data:
            raise StopAsyncIteration
        return data

    async def send(self, data: bytes | str) -> None:
        """Sends one message, and waits while the client is behind; sending nothing does nothing.

        Raises ConnectionGoneError when the client has gone, and ValueError for bytes that are not UTF-8 in the text
        format.
        """
        encoded = data.encode() if isinstance(data, str) else bytes(data)
        if self.transfer_format is TransferFormat.TEXT:
            try:
                encoded.decode()
            except UnicodeDecodeError as error:
                raise ValueError(f"not text, but the format of the connection is TEXT: {error}") from error
        if encoded:
            await self._carrier.write(encoded)


Handler = Callable[[RawConnection], Awaitable[None]]
"""Serves one connection, from its opening to its end: when it returns, the server closes the connection."""
