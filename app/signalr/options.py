"""What can be set for all hubs, or for one."""

from dataclasses import dataclass

KIB = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class HubOptions:
    """Limits and periods of a hub. Times are seconds, sizes are bytes; `map_hub(options=)` replaces them all.

    Raises ValueError, naming the option, when a value cannot work.
    """

    keep_alive_interval: float = 15.0
    """How often the server pings each client; other traffic does not postpone it. Checked once a second."""

    client_timeout_interval: float = 30.0
    """Silence after which a client that has pinged at least once is closed. At least twice its ping period."""

    handshake_timeout: float = 15.0
    """Time from the opening of the transport to a complete handshake request."""

    maximum_receive_message_size: int | None = 32 * KIB
    """Largest inbound hub message, its separator included; None is no limit."""

    maximum_parallel_invocations_per_client: int = 1
    """Plain invocations of one client that may run at once; the next one waits, and all that follows it."""

    enable_detailed_errors: bool = False
    """Whether clients see type and text of errors other than `HubError`. Exposes internals: development only."""

    outbox_limit: int = 1024 * KIB
    """Bytes that may wait for a client that does not read; one more, and the client is cut off."""

    disconnect_timeout: float = 15.0
    """How long a negotiated connection waits for its transport."""

    close_timeout: float = 5.0
    """How long the server waits for the client's answer to a WebSocket Close frame."""

    minimum_protocol_version: int = 0
    """The lowest `negotiateVersion` that is served; 0 or 1."""

    def __post_init__(self) -> None:
        for name in (
            "keep_alive_interval",
            "client_timeout_interval",
            "handshake_timeout",
            "disconnect_timeout",
        ):
            if getattr(self, name) <= 0:
                raise ValueError(f"HubOptions.{name} is {getattr(self, name)}; it must be more than 0 seconds")
        for name in ("maximum_parallel_invocations_per_client", "outbox_limit"):
            if getattr(self, name) < 1:
                raise ValueError(f"HubOptions.{name} is {getattr(self, name)}; it must be at least 1")
        if self.maximum_receive_message_size is not None and self.maximum_receive_message_size < 1:
            raise ValueError("HubOptions.maximum_receive_message_size must be at least 1 byte, or None for no limit")
        if self.minimum_protocol_version not in (0, 1):
            raise ValueError("HubOptions.minimum_protocol_version must be 0 or 1")
