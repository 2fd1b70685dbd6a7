"""The contract between a connection and its transport: neither ever waits for the other."""

from collections.abc import Sequence
from typing import Protocol

from ..endings import Ending
from ..outgoing.encoded import Encoded


class Transport(Protocol):
    """The way to one client. Every method returns at once."""

    @property
    def name(self) -> str:
        """`WebSockets`, `ServerSentEvents` or `LongPolling`."""

    @property
    def carries_binary(self) -> bool:
        """Whether binary protocols can use it."""

    @property
    def needs_pings(self) -> bool:
        """Whether the server has to send pings on it."""

    def write(self, messages: Sequence[Encoded]) -> bool:
        """Sends whole hub messages, in order. False: the client is behind, hold the next ones until `drained`."""

    def pause(self) -> None:
        """Stops reading from the client."""

    def resume(self) -> None:
        """Reads from the client again."""

    def close(self, *, failed: bool = False) -> None:
        """Ends the transport after what was written. `failed` says that the server, not the client, is at fault."""

    def abort(self) -> None:
        """Ends the transport now; what was not sent is dropped."""


class Receiver(Protocol):
    """A connection as its transport sees it."""

    @property
    def close_timeout(self) -> float:
        """Seconds that a transport waits for its peer's goodbye."""

    def attach(self, transport: Transport) -> None:
        """Gives the connection its transport; called before anything else."""

    def receive(self, data: bytes) -> None:
        """Takes bytes from the client, cut anywhere."""

    def drained(self, transport: Transport) -> None:
        """The transport takes messages again, after a `write` that returned False."""

    def end(self, ending: Ending) -> None:
        """Ends the connection, for a reason that the transport was told by somebody else."""

    def transport_closed(self, transport: Transport, error: Exception | None, *, lost: bool = False) -> None:
        """Tells the connection that its transport has ended; called exactly once for each transport.

        `error` is set if the peer broke a rule of the transport; `lost` if the peer left without a goodbye.
        """
