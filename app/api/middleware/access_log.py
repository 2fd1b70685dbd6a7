"""One log line per HTTP request."""

import time

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = structlog.stdlib.get_logger("app.access")
_QUIET = ("/health/", "/assets/")


class AccessLogMiddleware:
    """Logs method, path, status and duration; never the query, which may hold a token.

    Probes and assets are logged at debug level. WebSockets pass untouched: the server logs their opening.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noting_status)
        finally:
            _write(scope, status, time.perf_counter() - started)


def _write(scope: Scope, status: int, seconds: float) -> None:
    path: str = scope["path"]
    write = _log.debug if path.startswith(_QUIET) and status < 500 else _log.info
    write("request", method=scope["method"], path=path, status=status, ms=round(seconds * 1000, 1))
