"""The application that the clients connect to, and the page that the browser's clients run in."""

import time
from collections.abc import Sequence
from pathlib import Path

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.signalr import (
    ANONYMOUS,
    AuthenticationError,
    ClaimsPrincipal,
    EndpointOptions,
    HubOptions,
    SignalR,
    add_signalr,
    map_hub,
)
from tests.matrix.hubs import MatrixHub, ParallelHub, RefusingHub, SecureHub, StaffHub
from tests.support.paths import NPM

LARGEST = 256 * 1024
"""Bytes of the largest message that the hubs take."""

_PAGE = Path(__file__).with_name("page.html")


def token(user: str, *, lifetime_s: float = 3600) -> str:
    """What `authenticate` accepts for `user`, until the lifetime has passed."""
    return f"{user}@{time.time() + lifetime_s}"


async def authenticate(connection: HTTPConnection) -> ClaimsPrincipal:
    """Finds the token where the clients put it: in a header, or in the query where a browser has no headers."""
    header = connection.headers.get("authorization", "").partition(" ")[2]
    found = header or connection.query_params.get("access_token", "")
    if not found:
        return ANONYMOUS
    user, _, expires_at = found.rpartition("@")
    if float(expires_at) < time.time():
        raise AuthenticationError("The token has expired")
    return ClaimsPrincipal(user, expires_at=float(expires_at))


def create_app(page_origins: Sequence[str]) -> FastAPI:
    """The hubs, open to pages of these origins, and the page itself."""
    app = FastAPI()
    app.add_middleware(AffinityCookie)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=page_origins,
        allow_credentials=True,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "X-Requested-With", "X-SignalR-User-Agent", "X-Tenant"],
    )
    add_signalr(app, authenticate=authenticate, options=HubOptions(maximum_receive_message_size=LARGEST))
    map_hub(app, "/hub", MatrixHub, allowed_origins=page_origins)
    map_hub(app, "/secure", SecureHub, allowed_origins=page_origins)
    map_hub(app, "/staff", StaffHub, allowed_origins=page_origins)
    map_hub(app, "/refusing", RefusingHub, allowed_origins=page_origins)
    map_hub(app, "/closed", MatrixHub, allowed_origins=[])
    map_hub(app, "/brisk", MatrixHub, endpoint=EndpointOptions(poll_timeout=0.05))
    map_hub(app, "/stateful", MatrixHub, endpoint=EndpointOptions(allow_stateful_reconnects=True))
    parallel = HubOptions(maximum_parallel_invocations_per_client=4)
    map_hub(app, "/parallel", ParallelHub, options=parallel, allowed_origins=page_origins)

    @app.post("/announce")
    async def announce(text: str) -> None:
        signalr: SignalR = app.state.signalr
        await signalr.context(MatrixHub).clients.all.send("Message", text)

    @app.get("/page")
    async def page() -> FileResponse:
        return FileResponse(_PAGE)

    app.mount("/npm", StaticFiles(directory=NPM))
    return app


class AffinityCookie:
    """Sets the cookie that a load balancer would, when a negotiation asks for it: `?affinity=node-1`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = HTTPConnection(scope).query_params.get("affinity") if scope["type"] == "http" else None

        async def send_with_cookie(message: Message) -> None:
            if wanted is not None and message["type"] == "http.response.start":
                cookie = (b"set-cookie", f"affinity={wanted}; Path=/".encode())
                message = {**message, "headers": [*message["headers"], cookie]}
            await send(message)

        await self._app(scope, receive, send_with_cookie)
