"""``waybill serve``: the server, tuned for hubs."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import structlog
import typer
import uvicorn

from app.cli.console import CommandFailed
from app.cli.listener import base_address, listen
from app.cli.options import HostOption, PortOption, settings_with
from app.config.logging import configure_logging
from app.config.settings import Settings
from app.db.database import Database
from app.db.schema_version import require_current_schema
from app.main import create_app

_TUNED: Final[dict[str, Any]] = {
    "ws": "app.signalr.transports.uvicorn:HubWebSocketProtocol",
    # Browsers always offer compression; it costs more than it saves on small frames, and a frame that is
    # built once for all receivers cannot have it.
    "ws_per_message_deflate": False,
    "ws_ping_interval": None,  # SignalR has pings of its own
    "ws_max_size": 1024 * 1024,
    "timeout_graceful_shutdown": 5,
    "lifespan": "on",
    "access_log": False,  # app.api.middleware.access_log writes it
    "log_config": None,  # app.config.logging has configured it
    "server_header": False,
}
_NOT_STARTED = 3
_log = structlog.stdlib.get_logger("app.cli")


def serve(
    host: HostOption = None,
    port: PortOption = None,
    workers: Annotated[
        int, typer.Option(min=1, envvar="WEB_CONCURRENCY", help="Processes; more than one needs a broker.")
    ] = 1,
    reload: Annotated[bool, typer.Option("--reload", help="Start again when a source file changes.")] = False,
) -> None:
    """Serve the API, the hubs and the page."""
    settings = settings_with(host=host, port=port)
    if workers > 1:
        raise CommandFailed(
            f"--workers {workers} needs a broker between the processes, and {settings.broadcast_url} reaches "
            "only its own: a push would miss the clients of the others. Run one process."
        )
    configure_logging(settings)
    with listen(settings) as listener:
        asyncio.run(_check_schema(settings))
        if reload:
            _serve_reloading(listener)
        else:
            run_server(settings, listener)


def run_server(settings: Settings, listener: socket.socket, ready: Callable[[], None] | None = None) -> None:
    """Serve on the listener until a signal comes; ``ready`` is called once requests are answered."""
    server = _Server(uvicorn.Config(create_app(settings), **_TUNED), base_address(listener), ready)
    server.run(sockets=[listener])
    if not server.started:
        raise typer.Exit(_NOT_STARTED)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, address: str, ready: Callable[[], None] | None) -> None:
        super().__init__(config)
        self._address = address
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            _log.info("serving", address=self._address)
            if self._ready is not None:
                self._ready()


def _serve_reloading(listener: socket.socket) -> None:
    """Each new process builds ``app.main:app`` from the environment and takes over the listener."""
    package = str(Path(__file__).parents[1])
    _log.info("serving, reloading", address=base_address(listener))
    listener.set_inheritable(True)
    uvicorn.run("app.main:app", fd=listener.fileno(), reload=True, reload_dirs=[package], **_TUNED)


async def _check_schema(settings: Settings) -> None:
    database = Database(settings.database_url)
    try:
        await require_current_schema(database)
    finally:
        await database.dispose()
