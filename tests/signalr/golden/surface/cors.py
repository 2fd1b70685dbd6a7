"""Cross-origin rules of the recorded server: every origin is welcome, with credentials, any header and any method."""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_REQUESTED = {
    "access-control-request-method": "Access-Control-Allow-Methods",
    "access-control-request-headers": "Access-Control-Allow-Headers",
}
_STARTS = ("http.response.start", "websocket.accept", "websocket.http.response.start")


class EveryOrigin:
    """Answers preflights with what they ask for, and names the caller's origin in every other answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] in ("http", "websocket") else Headers()
        origin = headers.get("origin")
        if origin is None:
            await self._app(scope, receive, send)
            return
        allowed = {
            "Vary": "Origin",
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
        }
        if scope.get("method") == "OPTIONS" and "access-control-request-method" in headers:
            await _preflight(headers, allowed)(scope, receive, send)
            return

        async def send_allowing(message: Message) -> None:
            if message["type"] in _STARTS:
                message.setdefault("headers", [])
                MutableHeaders(scope=message).update(allowed)
            await send(message)

        await self._app(scope, receive, send_allowing)


def _preflight(headers: Headers, allowed: Mapping[str, str]) -> Response:
    granted = {answer: headers[asked] for asked, answer in _REQUESTED.items() if asked in headers}
    return Response(status_code=204, headers={**allowed, **granted})
