"""The description of the hubs, beside that of the API."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse

from app import __version__
from app.signalr import Hub
from app.signalr.describe import Description, describe, mapped_hubs, to_asyncapi

PATH = "/asyncapi.json"
_ABOUT = "What clients of the hubs may call, and what they are called with. The REST API is described at /openapi.json."


def add_asyncapi(app: FastAPI) -> None:
    """Serves the AsyncAPI document of the application's hubs. Its server has the address of the request."""

    @cache
    def description() -> Description:
        return describe(mapped_hubs(app))

    async def asyncapi(request: Request) -> JSONResponse:
        base = request.base_url
        address = base.replace(scheme="wss" if base.is_secure else "ws")
        return JSONResponse(_document(description(), str(address)))

    app.add_route(PATH, asyncapi, include_in_schema=False)


def asyncapi_of(hubs: Mapping[str, type[Hub[Any]]], server_url: str) -> dict[str, Any]:
    """Returns the document of the hubs at these paths, which are served at `server_url` (`ws:` or `wss:`)."""
    return _document(describe(hubs), server_url)


def _document(description: Description, server_url: str) -> dict[str, Any]:
    return to_asyncapi(description, title="Waybill: hubs", version=__version__, about=_ABOUT, server_url=server_url)
