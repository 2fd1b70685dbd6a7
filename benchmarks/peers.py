"""Who is measured: how each server is started, and what its clients must send."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

SEPARATOR = b"\x1e"
TAKE_OVER = "app.signalr.transports.uvicorn:HubWebSocketProtocol"
WAYBILL = "waybill"
BASELINE = "naive"
REFERENCE = "aspnetcore"


@dataclass(frozen=True, slots=True)
class Peer:
    """A server to measure. `separator` ends each of its messages; empty: it speaks bare JSON without a handshake."""

    name: str
    arguments: tuple[str, ...]
    separator: bytes = SEPARATOR
    environment: Mapping[str, str] = field(default_factory=dict)
    path: str = "/bench"


def uvicorn_arguments(application: str, websockets: str) -> tuple[str, ...]:
    """The command of one server, with uvicorn's defaults except where the measured clients do without them.

    They answer no WebSocket pings, and would be cut off in a long run.
    """
    return (
        *(sys.executable, "-m", "uvicorn", application, "--port", "{port}", "--ws", websockets),
        *("--ws-ping-interval", "3600", "--no-access-log", "--log-level", "warning"),
    )


PYTHON_PEERS = (
    Peer(WAYBILL, uvicorn_arguments("benchmarks.apps.hub:app", TAKE_OVER)),
    Peer("waybill-asgi", uvicorn_arguments("benchmarks.apps.hub:app", "websockets-sansio")),
    Peer(BASELINE, uvicorn_arguments("benchmarks.apps.naive:app", "websockets-sansio"), separator=b""),
)
PEER_NAMES = tuple(peer.name for peer in PYTHON_PEERS)


def aspnetcore_peer(program: Path) -> Peer:
    """An ASP.NET Core server that is already built; it maps a hub like `BenchHub` at /bench."""
    return Peer(REFERENCE, (str(program.resolve()),), environment=aspnetcore_environment())


def aspnetcore_environment() -> dict[str, str]:
    """What the ASP.NET Core program is started with."""
    return {
        "ASPNETCORE_URLS": "http://127.0.0.1:{port}",
        "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1",
        "Db": "{directory}/reference.db",
    }
