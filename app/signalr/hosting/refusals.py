"""Answers other than success, byte for byte as clients of ASP.NET Core know them, and how a refusal gets out."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.types import Receive, Send

NO_CACHE = {
    "Cache-Control": "no-cache, no-store",
    "Pragma": "no-cache",
    "Expires": "Thu, 01 Jan 1970 00:00:00 GMT",
}


class Plain(Response):
    """A status and a line of text, without charset; chunked where there is a text."""

    def __init__(self, status: int, text: str = "", *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text, status, headers)
        self.headers["Content-Type"] = "text/plain"
        if text or status == 204:
            del self.headers["Content-Length"]


class Refused(Exception):  # noqa: N818 - the answer to a request, and no fault of the server
    """A request that is not served; carries the response that says why."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


def refused(status: int, text: str = "", *, headers: Mapping[str, str] | None = None) -> Refused:
    """A refusal with a plain response."""
    return Refused(Plain(status, text, headers=headers))


async def deny(response: Response, receive: Receive, send: Send) -> None:
    """Refuses an upgrade with a real HTTP status (ASGI's `websocket.http.response` extension)."""
    await receive()
    if response.body:
        del response.headers["Content-Length"]
    status, headers = response.status_code, response.raw_headers
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": bytes(response.body)})
