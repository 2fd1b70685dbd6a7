"""What test_hub_server.py runs in a process of its own: the server of `waybill serve`, with hubs that stop slowly."""

import socket

import uvicorn

from app.cli.hub_server import TUNED, HubServer
from tests.signalr.shutdown_app import app

if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def ready() -> None:
            """Says where it serves."""
            print(f"port {port}", flush=True)  # noqa: T201 - the test reads it

        HubServer(uvicorn.Config(app, **TUNED), f"http://127.0.0.1:{port}", ready).run(sockets=[listener])
