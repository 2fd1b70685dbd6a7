"""`waybill serve`: the server, tuned for hubs."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import structlog
import typer
import uvicorn

from app.cli.console import CommandFailed
from app.cli.hub_server import TUNED, HubServer
from app.cli.listener import base_address, listen
from app.cli.options import HostOption, PortOption, settings_with
from app.config.logging import configure_logging
from app.config.settings import Settings
from app.db.database import Database
from app.db.schema_version import require_current_schema
from app.db.serving_lock import ServingLock
from app.main import create_app

_NOT_STARTED = 3
_log = structlog.stdlib.get_logger("app.cli")


def serve(
    host: HostOption = None,
    port: PortOption = None,
    workers: Annotated[
        int, typer.Option(min=1, envvar="WEB_CONCURRENCY", help="Number of processes. More than one needs a broker.")
    ] = 1,
    reload: Annotated[bool, typer.Option("--reload", help="Restart when a source file changes.")] = False,
) -> None:
    """Serve the API, the hubs and the page."""
    settings = settings_with(host=host, port=port)
    if workers > 1:
        raise CommandFailed(
            f"{workers} workers (--workers, WEB_CONCURRENCY) need a broker. A process with {settings.broadcast_url} "
            "reaches only its own clients, so pushes would be lost. Run one worker."
        )
    configure_logging(settings)
    with listen(settings) as listener:
        asyncio.run(_check_schema(settings))
        lock = ServingLock(settings.database_url)
        with lock.held():
            if not reload:
                run_server(settings, listener, lock)
                return
        _serve_reloading(listener)  # the processes that it starts take the lock


def run_server(
    settings: Settings, listener: socket.socket, lock: ServingLock, ready: Callable[[], None] | None = None
) -> None:
    """Serves on the listener until a signal comes; calls `ready` once requests are answered. Hold the lock."""
    app = create_app(settings, lock)
    server = HubServer(uvicorn.Config(app, **TUNED), base_address(listener), ready)
    server.run(sockets=[listener])
    if not server.started:
        raise typer.Exit(_NOT_STARTED)


def _serve_reloading(listener: socket.socket) -> None:
    """Starts processes that build `app.main:app` from the environment and share the listener, one after the other."""
    package = str(Path(__file__).parents[1])
    _log.info("serving, reloading", address=base_address(listener))
    listener.set_inheritable(True)
    uvicorn.run("app.main:app", fd=listener.fileno(), reload=True, reload_dirs=[package], **TUNED)


async def _check_schema(settings: Settings) -> None:
    database = Database(settings.database_url)
    try:
        await require_current_schema(database)
    finally:
        await database.dispose()
