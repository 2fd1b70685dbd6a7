"""What every request goes through, in one pass: id, body limit, the last resort, headers, HEAD, access line."""

import time
from collections.abc import Awaitable, Callable

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from app.api.middleware.access_log import log_request
from app.api.middleware.body_limit import BodyLimit
from app.api.middleware.request_id import give_request_id
from app.api.middleware.response_headers import complete_headers
from app.api.problems.problem import ProblemError, problem_response
from app.api.problems.refusals import unexpected_error

_log = structlog.stdlib.get_logger("app.api")


class RequestMiddleware:
    """The only middleware of the service. It looks at each request once and wraps its response once.

    Requests below the paths in `exempt` get no body limit and no answer to HEAD from it: the hubs have their own.
    `cors` wraps an application in a CORS policy. The responses that are made here go through that policy too, because
    a page of another origin could not read them otherwise.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        body_limit: int,
        exempt: tuple[str, ...] = (),
        cors: Callable[[ASGIApp], ASGIApp] | None = None,
    ) -> None:
        self._cors = cors
        self._app = app if cors is None else cors(app)
        self._limit = BodyLimit(body_limit)
        self._exempt_roots = frozenset(exempt)
        self._exempt_prefixes = tuple(f"{path}/" for path in exempt)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        proposed_id, announced_size = _read(scope["headers"])
        request_id = give_request_id(scope, proposed_id)
        bound = bind_contextvars(request_id=request_id)
        try:
            if scope["type"] == "http":
                await self._serve(scope, receive, send, request_id, announced_size)
            else:  # a WebSocket gets an id, but its messages are not wrapped
                await self._app(scope, receive, send)
        finally:
            reset_contextvars(**bound)

    async def _serve(
        self, scope: Scope, receive: Receive, send: Send, request_id: str, announced_size: bytes | None
    ) -> None:
        started = time.perf_counter()
        method, path = scope["method"], scope["path"]
        exempt = path in self._exempt_roots or path.startswith(self._exempt_prefixes)
        is_head = method == "HEAD" and not exempt
        if is_head:
            scope = {**scope, "method": "GET"}  # a copy: the server looks at its own to leave the body out
        response = _Response(scope, send, request_id, has_body=not is_head)
        try:
            if not exempt:
                self._limit.check_announced(announced_size)
                receive = self._limit.counting(receive)
            await self._app(scope, receive, response.send)
        except Exception as error:
            if response.status:  # it has begun: the server drops the connection
                raise
            await self._answer(error, scope, receive, response)
        finally:
            log_request(method, path, response.status, time.perf_counter() - started, request_id)

    async def _answer(self, error: Exception, scope: Scope, receive: Receive, response: "_Response") -> None:
        """Answers what no exception handler took: a refusal of ours, or an error that nobody foresaw."""
        if not isinstance(error, ProblemError):
            _log.error("unexpected error", method=scope["method"], path=scope["path"], exc_info=error)
            error = unexpected_error()
        answer: ASGIApp = problem_response(scope, error)
        if self._cors is not None:
            answer = self._cors(answer)
        await answer(scope, receive, response.send)


class _Response:
    """One response on its way out; `status` is 0 until it begins."""

    __slots__ = ("_has_body", "_request_id", "_scope", "_send", "status")

    def __init__(self, scope: Scope, send: Send, request_id: str, *, has_body: bool) -> None:
        self._scope = scope
        self._send = send
        self._request_id = request_id
        self._has_body = has_body
        self.status = 0

    def send(self, message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = complete_headers(message.get("headers", ()), self._scope, self._request_id)
        elif not self._has_body:
            message = {"type": "http.response.body", "more_body": message.get("more_body", False)}
        return self._send(message)


def _read(headers: list[tuple[bytes, bytes]]) -> tuple[bytes | None, bytes | None]:
    """Returns what the pass needs to know of a request: `X-Request-ID` and `Content-Length`."""
    request_id = size = None
    for name, value in headers:
        if name == b"x-request-id":
            request_id = request_id or value
        elif name == b"content-length":
            size = value
    return request_id, size
