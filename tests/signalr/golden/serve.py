"""Serves surfaces on free ports, which it prints: `python -m tests.signalr.golden.serve takeover 12 1.0`.

Each surface is a process of its own, so that no case meets the connections of another. They end with standard input.
"""

import asyncio
import contextlib
import json
import multiprocessing
import socket
import sys

import uvicorn
from fastapi import FastAPI

from tests.signalr.golden.clock import QuickLoop
from tests.signalr.golden.surface.application import create_surface

ADAPTERS = {"takeover": "app.signalr.transports.uvicorn:HubWebSocketProtocol", "asgi": "websockets-sansio"}
"""How WebSockets reach the hubs, as uvicorn's `ws`."""


def main(adapter: str, count: int, speed: float) -> None:
    """Runs until standard input ends."""
    surface = create_surface()
    forking = multiprocessing.get_context("fork")  # the surface takes long to make, and no time to copy
    with contextlib.ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        for listener in listeners:
            forking.Process(target=_serve, args=(surface, listener, adapter, speed), daemon=True).start()
        print(json.dumps([listener.getsockname()[1] for listener in listeners]), flush=True)  # noqa: T201 - the answer
        sys.stdin.read()


def _serve(surface: FastAPI, listener: socket.socket, adapter: str, speed: float) -> None:
    config = uvicorn.Config(
        surface,
        ws=ADAPTERS[adapter],
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    with asyncio.Runner(loop_factory=lambda: QuickLoop(speed)) as runner:
        runner.run(uvicorn.Server(config).serve(sockets=[listener]))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
