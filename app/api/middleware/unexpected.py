"""The last resort: an error that nobody foresaw is logged in full and answered without its internals."""

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import ProblemError, problem_response

_log = structlog.stdlib.get_logger("app.api")


class UnexpectedErrorMiddleware:
    """Answers 500 for an exception that got through.

    It stands inside the other middlewares, unlike an ``Exception`` handler of Starlette's, so that this
    answer too carries the request id and the CORS and security headers. Once a response has begun, the
    exception goes on to the server, which drops the connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_noting_start(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_noting_start)
        except Exception:
            if started:
                raise
            _log.exception("unexpected error", method=scope["method"], path=scope["path"])
            problem = ProblemError(500, "Something went wrong here. The log has it under this requestId.")
            await problem_response(scope, problem)(scope, receive, send)
