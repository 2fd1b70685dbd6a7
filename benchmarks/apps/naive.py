"""The same push without a framework, as a first attempt on FastAPI looks: a list of sockets and a loop."""

import asyncio
from typing import Any

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from benchmarks.apps import PUSHED

app = FastAPI()
sockets: list[WebSocket] = []


@app.websocket("/bench")
async def bench(socket: WebSocket) -> None:
    """Takes the commands of the hub that it is measured against, in the same JSON."""
    await socket.accept()
    sockets.append(socket)
    try:
        while True:
            await obey(socket, await socket.receive_json())
    except WebSocketDisconnect:
        sockets.remove(socket)


async def obey(socket: WebSocket, message: dict[str, Any]) -> None:
    """Runs one command."""
    match message["target"], message["arguments"]:
        case "Echo", [text]:
            await socket.send_json({"type": 3, "invocationId": message["invocationId"], "result": text})
        case "Broadcast", [count]:
            for _ in range(count):
                await push()
        case "BroadcastPaced", [count, pause_ms]:
            for _ in range(count):
                await push()
                await asyncio.sleep(pause_ms / 1000)


async def push() -> None:
    """One message to everyone."""
    for socket in sockets:
        await socket.send_json({"type": 1, "target": "m", "arguments": [PUSHED]})
