"""A limit on the size of request bodies."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import ProblemError, problem_response


class BodyLimitMiddleware:
    """Answers 413 to a request whose body has more than ``limit`` bytes, announced or not.

    Paths below ``exempt`` are left alone: hubs limit their own messages. Starlette's limit is not used
    because it answers an announced excess in plain text.
    """

    def __init__(self, app: ASGIApp, limit: int, exempt: tuple[str, ...] = ()) -> None:
        self.app = app
        self.limit = limit
        self.exempt = exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._is_exempt(scope["path"]):
            await self.app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > self.limit:
            await problem_response(scope, self._too_large())(scope, receive, send)
            return
        await self.app(scope, self._counting(receive), send)

    def _is_exempt(self, path: str) -> bool:
        return any(path == hub or path.startswith(f"{hub}/") for hub in self.exempt)

    def _counting(self, receive: Receive) -> Receive:
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limit:
                raise self._too_large()
            return message

        return receive_counted

    def _too_large(self) -> ProblemError:
        detail = f"The body is too large; at most {self.limit} bytes are allowed."
        return ProblemError(413, detail, members={"limit": self.limit}, headers={"Connection": "close"})
