"""What the drivers of Python clients share. They run in an environment of their own: nothing here but the library."""

import asyncio
import base64
import json
import sys
from abc import ABC, abstractmethod
from typing import Any

LINE_LIMIT = 8 * 1024 * 1024


class Driver(ABC):
    """Takes commands as JSON lines from stdin; answers and events leave as JSON lines on stdout."""

    def __init__(self, version: str) -> None:
        self._version = version
        self._tasks: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def do(self, command: str, details: dict[str, Any]) -> Any:
        """Carries one command out; what it raises goes back as the error."""

    def tell(self, connection: str, event: str, *args: Any) -> None:
        """Tells of a call by the server, or of a change of the connection."""
        _write({"connection": connection, "event": event, "args": _to_json(args)})

    async def run(self) -> None:
        """Works until stdin ends."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=LINE_LIMIT)
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        _write({"event": "ready", "args": [self._version]})
        async for line in reader:
            task = asyncio.create_task(self._answer(**json.loads(line)))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, id: int, command: str, **details: Any) -> None:  # noqa: A002 - the name on the wire
        try:
            result = await self.do(command, _from_json(details))
        except Exception as error:  # noqa: BLE001 - whatever the library raises is the answer
            _write({"id": id, "error": str(error) or type(error).__name__})
        else:
            _write({"id": id, "result": _to_json(result)})


def _write(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _to_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: _to_json(item) for key, item in value.items()}
    return [_to_json(item) for item in value] if isinstance(value, (list, tuple)) else value


def _from_json(value: Any) -> Any:
    if isinstance(value, dict):
        if "$bytes" in value:
            return base64.b64decode(value["$bytes"])
        return {key: _from_json(item) for key, item in value.items()}
    return [_from_json(item) for item in value] if isinstance(value, list) else value
