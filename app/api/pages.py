"""The built page: dashboard at `/` and at the addresses of orders, chat at `/chat`, assets below `/assets`."""

import re
from pathlib import Path
from typing import NoReturn

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from app.api.negotiation import prefers_html
from app.api.static_files import DIST, FOREVER, REVALIDATE, BuiltFiles

_ORDERS = "/orders"
_ADDRESS = re.compile(r"/orders(?:/[^/]+)?")


def add_pages(app: FastAPI, dist: Path = DIST) -> None:
    """Serves the page from `dist`; until it has been built, it is answered with 503.

    Call it before the routes of orders are added, as the first route that matches a request answers it.
    """
    router = APIRouter(include_in_schema=False)
    files = BuiltFiles(dist, REVALIDATE)

    @router.get("/")
    async def dashboard(request: Request) -> Response:
        return await files.page("index.html", request.scope)

    @router.get("/chat")
    async def chat(request: Request) -> Response:
        return await files.page("chat.html", request.scope, name="The chat")

    @router.get("/favicon.svg")
    async def favicon(request: Request) -> Response:
        return await files.page("favicon.svg", request.scope, name="The icon")

    app.router.routes.append(OrderAddresses(files))
    app.router.routes.extend(router.routes)
    app.mount("/assets", BuiltFiles(dist / "assets", FOREVER), name="assets")


class OrderAddresses(BaseRoute):
    """The page at `/orders` and `/orders/42`, for clients that prefer HTML. All others reach the API."""

    def __init__(self, files: BuiltFiles) -> None:
        self._files = files

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Matches when a browser opens one of the addresses."""
        if scope["type"] != "http" or not scope["path"].startswith(_ORDERS):
            return Match.NONE, {}
        if scope["method"] != "GET" or not _ADDRESS.fullmatch(scope["path"]) or not prefers_html(scope):
            return Match.NONE, {}
        return Match.FULL, {}

    def url_path_for(self, name: str, /, **path_params: object) -> NoReturn:
        """Raises: these addresses have no name."""
        raise NoMatchFound(name, path_params)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers with the page, which finds the order by its address."""
        response = await self._files.page("index.html", scope)
        await response(scope, receive, send)
