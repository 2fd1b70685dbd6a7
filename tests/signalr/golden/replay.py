"""Plays one recorded case against a server and compares what comes back."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from tests.signalr.golden.bindings import Bindings, Mismatch
from tests.signalr.golden.comparison import Comparison
from tests.signalr.golden.connection import Connection
from tests.signalr.golden.pack_view import packed, prefixed, view
from tests.signalr.golden.polling_client import PollingConnection
from tests.signalr.golden.raw_http import Address, Answer, request
from tests.signalr.golden.recordings import Case, Step
from tests.signalr.golden.splitter import Splitter
from tests.signalr.golden.sse_client import SseConnection
from tests.signalr.golden.websocket_client import Frame, Op, WebSocketConnection

_PINGS = (b'{"type":6}', b"\x91\x06")
_PING_FRAMES = (b'{"type":6}\x1e', b"\x02\x91\x06")
_ANSWER_TIMEOUT = 100.0
_OPEN_TIMEOUT = 20.0
_MESSAGE_TIMEOUT = 5.0
_END_TIMEOUT = 8.0
_AT_ONCE = 0.001


class Replay:
    """One run of one case; nothing of it is left when `run` returns."""

    def __init__(self, address: Address, case: Case) -> None:
        self._address = address
        self._case = case
        self._bindings = Bindings(self._fetch_token)
        self._compare = Comparison(self._bindings)
        self._connections: dict[str, Connection] = {}
        self._packed: set[str] = set()
        self._greeted: set[str] = set()
        self._pending: dict[str, asyncio.Task[Answer]] = {}
        self._polled: dict[str, dict[str, str | None]] = {}
        self._handlers: dict[str, Callable[[Step], Awaitable[None]]] = {
            "http": self._http,
            "await": self._await,
            "cancel": self._cancel,
            "ws": self._open,
            "sse": self._open,
            "lp": self._open,
            "send": self._send,
            "sendHex": self._send_hex,
            "sendPack": self._send_pack,
            "sendFrames": self._send_frames,
            "receive": self._receive,
            "frames": self._frames,
            "raw": self._raw,
            "whole": self._whole,
            "closed": self._closed,
            "gone": self._gone,
            "quiet": self._quiet,
            "journal": self._journal,
            "drop": self._drop,
            "close": self._close,
            "wait": self._wait,
        }

    async def run(self) -> None:
        """Plays all steps. Raises Mismatch, naming the step."""
        try:
            if self._case.reads_journal:
                await request(self._address, "POST", "/journal")
            for number, step in enumerate(self._case.steps):
                await self._play(number, step)
            await self._nothing_left()
        finally:
            await self._clean_up()

    async def _play(self, number: int, step: Step) -> None:
        (verb,) = self._handlers.keys() & step.keys()
        started = _now()
        try:
            await self._handlers[verb](step)
        except (AssertionError, OSError, asyncio.IncompleteReadError, ValueError, RecursionError) as error:
            kind = "" if isinstance(error, AssertionError) else f"{type(error).__name__} "
            raise Mismatch(f"step {number}, {json.dumps(step)[:300]}: {kind}{error}") from error
        spent = (_now() - started) * 1000
        low, high = step.get("within", (0, float("inf")))
        if not low <= spent <= high:
            raise Mismatch(f"step {number}, {json.dumps(step)[:300]}: took {spent:.0f} ms, not {low} to {high}")

    async def _nothing_left(self) -> None:
        await asyncio.sleep(0.02)
        for name, connection in self._connections.items():
            if not connection.ended and not isinstance(connection, PollingConnection):
                with contextlib.suppress(TimeoutError):
                    message = await self._next(connection, _AT_ONCE)
                    if message is not None:
                        raise Mismatch(f"left unread on {name}: {message[:300]!r}")

    async def _clean_up(self) -> None:
        for task in self._pending.values():
            task.cancel()
        await asyncio.gather(*self._pending.values(), return_exceptions=True)
        for connection in self._connections.values():
            await connection.finish()
        for path, headers in self._polled.items():
            await request(self._address, "DELETE", path, headers)

    async def _fetch_token(self, query: str) -> str:
        return (await request(self._address, "GET", f"/token?{query}")).body.decode()

    # HTTP

    async def _http(self, step: Step) -> None:
        wanted = await self._bindings.fill(step["http"])
        body = bytes.fromhex(wanted["bodyHex"]) if "bodyHex" in wanted else wanted.get("body", "").encode()
        if wanted["method"] == "GET" and "id=" in wanted["path"]:
            self._polled[wanted["path"]] = wanted.get("headers", {})
        call = request(self._address, wanted["method"], wanted["path"], wanted.get("headers"), body or None)
        if "start" in step:
            self._pending[step["start"]] = asyncio.create_task(call)
            await asyncio.sleep(0.1)
            return
        async with asyncio.timeout(step.get("timeout", _ANSWER_TIMEOUT)):
            answer = await call
        self._compare.answer(step["answer"], answer)

    async def _await(self, step: Step) -> None:
        async with asyncio.timeout(step.get("timeout", _ANSWER_TIMEOUT)):
            answer = await self._pending.pop(step["await"])
        self._compare.answer(step["answer"], answer)

    async def _cancel(self, step: Step) -> None:
        task = self._pending.pop(step["cancel"])
        task.cancel()
        await asyncio.wait([task])
        await asyncio.sleep(0.05)

    # Opening

    async def _open(self, step: Step) -> None:
        name = step["conn"]
        binary = step.get("protocol") == "messagepack"
        splitter = Splitter(binary=binary, after_handshake=step.get("continues", False))
        path = await self._bindings.fill(step["path"])
        headers = await self._bindings.fill(step.get("headers", {}))
        connection: Connection
        if "ws" in step:
            connection = WebSocketConnection(
                self._address, path, headers, splitter, binary=binary, echo=step.get("echo", True)
            )
        else:
            kind = SseConnection if "sse" in step else PollingConnection
            connection = kind(self._address, path, headers, splitter)
        async with asyncio.timeout(_OPEN_TIMEOUT):
            answer = await connection.open()
        if not connection.ended:
            self._connections[name] = connection
        if binary:
            self._packed.add(name)
        if step.get("continues"):
            self._greeted.add(name)
        self._compare.answer(step["answer"], answer)

    # Sending

    async def _send(self, step: Step) -> None:
        payload = (await self._bindings.fill(step["send"])).encode()
        await self._connections[step["conn"]].send(payload, binary=step.get("binary", False))

    async def _send_hex(self, step: Step) -> None:
        payload = bytes.fromhex(step["sendHex"])
        await self._connections[step["conn"]].send(payload, binary=not step.get("text", False))

    async def _send_pack(self, step: Step) -> None:
        payload = prefixed(packed(await self._bindings.fill(step["sendPack"])))
        await self._connections[step["conn"]].send(payload, binary=True)

    async def _send_frames(self, step: Step) -> None:
        socket = self._socket(step["conn"])
        for frame in step["sendFrames"]:
            text = await self._bindings.fill(frame.get("text", ""))
            payload = bytes.fromhex(frame["hex"]) if "hex" in frame else text.encode()
            socket.send_frame(frame["op"], payload, fin=frame.get("fin", True))

    async def _close(self, step: Step) -> None:
        goodbye = step["close"]
        payload = goodbye["code"].to_bytes(2) + goodbye.get("reason", "").encode() if goodbye else b""
        self._socket(step["conn"]).send_frame(Op.CLOSE, payload)

    async def _drop(self, step: Step) -> None:
        self._connections[step["drop"]].drop()

    def _socket(self, name: str) -> WebSocketConnection:
        connection = self._connections[name]
        assert isinstance(connection, WebSocketConnection), f"{name} is not a WebSocket"
        return connection

    # Receiving

    async def _next(self, connection: Connection, seconds: float) -> bytes | None:
        """The next message, pings left out unless the case is about them."""
        deadline = _now() + seconds
        while True:
            message = await connection.message(max(deadline - _now(), _AT_ONCE / 2))
            if message is None or self._case.pings or message not in _PINGS:
                return message

    async def _receive(self, step: Step) -> None:
        name, expected = step["conn"], step["receive"]
        received: list[Any] = []
        with contextlib.suppress(TimeoutError):
            while len(received) < len(expected):
                message = await self._next(self._connections[name], step.get("timeout", _MESSAGE_TIMEOUT))
                if message is None:
                    break
                received.append(self._shown(name, message))
        self._compare_all(step, self._compare.message, expected, received, "message")

    def _shown(self, name: str, message: bytes) -> Any:
        if name in self._packed and name in self._greeted:
            return {"hex": message.hex(), "json": view(message)}
        self._greeted.add(name)
        return message.decode(errors="replace")

    def _compare_all(
        self,
        step: Step,
        rule: Callable[[Any, Any, str], None],
        expected: Sequence[Any],
        actual: Sequence[Any],
        where: str,
    ) -> None:
        compare = self._compare.in_any_order if step.get("unordered") else self._compare.in_order
        compare(rule, expected, actual, where)

    async def _frames(self, step: Step) -> None:
        socket, expected = self._socket(step["conn"]), step["frames"]
        received: list[Any] = []
        async with asyncio.timeout(step.get("timeout", _MESSAGE_TIMEOUT)):
            while len(received) < len(expected):
                frame = await socket.frame()
                if frame is None:
                    break
                if self._case.pings or frame.payload not in _PING_FRAMES:
                    received.append(_shown_frame(frame))
        self._compare_all(step, self._compare.line, expected, received, "frame")

    async def _raw(self, step: Step) -> None:
        await asyncio.sleep(step.get("after", 300) / 1000)
        connection = self._connections[step["conn"]]
        assert isinstance(connection, SseConnection), "only Server-Sent Events have raw bytes"
        self._compare.line(step["raw"], connection.raw.decode(), "raw")

    async def _whole(self, step: Step) -> None:
        if not self._socket(step["whole"]).is_whole():
            raise Mismatch("a WebSocket message ended inside a hub message")

    # The end

    async def _closed(self, step: Step) -> None:
        connection = self._connections[step["conn"]]
        timeout = step.get("timeout", _END_TIMEOUT)
        if not isinstance(connection, PollingConnection):
            message = await self._next(connection, timeout)
            if message is not None:
                raise Mismatch(f"before the end came {message[:300]!r}")
        async with asyncio.timeout(timeout):
            ending = await connection.ending()
        self._compare.line(step["closed"], ending, "closed")

    async def _gone(self, step: Step) -> None:
        async with asyncio.timeout(step.get("timeout", _OPEN_TIMEOUT)):
            await self._socket(step["gone"]).gone()

    async def _quiet(self, step: Step) -> None:
        if "conn" in step:
            watched = {step["conn"]: self._connections[step["conn"]]}
        else:
            watched = {name: connection for name, connection in self._connections.items() if not connection.ended}
        duration = step["quiet"] / 1000
        if not watched:
            await asyncio.sleep(duration)
        await asyncio.gather(*(self._hears_nothing(name, one, duration) for name, one in watched.items()))

    async def _hears_nothing(self, name: str, connection: Connection, duration: float) -> None:
        with contextlib.suppress(TimeoutError):
            message = await self._next(connection, duration)
            raise Mismatch(f"not quiet: {name} {'ended' if message is None else f'got {message[:300]!r}'}")

    # The journal and the clock

    async def _drained_journal(self) -> list[str]:
        lines: list[str] = json.loads((await request(self._address, "GET", "/journal")).body)
        return lines

    async def _journal(self, step: Step) -> None:
        expected = step["journal"]
        deadline = _now() + step.get("timeout", _MESSAGE_TIMEOUT)
        lines: list[str] = []
        while len(lines) < len(expected) and _now() < deadline:
            lines += await self._drained_journal()
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.15)  # for lines that should not be there
        lines += await self._drained_journal()
        self._compare_all(step, self._compare.line, expected, lines, "journal")

    async def _wait(self, step: Step) -> None:
        await asyncio.sleep(step["wait"] / 1000)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _shown_frame(frame: Frame) -> dict[str, Any]:
    shown: dict[str, Any] = {"op": frame.op}
    if frame.op == Op.TEXT:
        shown["text"] = frame.payload.decode()
    else:
        shown["hex"] = frame.payload.hex()
    return shown if frame.fin else {**shown, "fin": False}
