"""The page that lets people try the API: Swagger UI, from files of this installation alone."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response

from app.api.static_files import DIST, REVALIDATE, BuiltFiles

PATH = "/docs"
_NAME = "The page of the API"


def add_docs_page(app: FastAPI, dist: Path = DIST) -> None:
    """Serves Swagger UI at `/docs`, as the build of the pages has left it below `dist`.

    All its scripts and styles are files, so the policy of every other page holds for it too.
    """
    router = APIRouter(include_in_schema=False)
    files = BuiltFiles(dist / "docs", REVALIDATE)

    @router.get(PATH)
    async def docs(request: Request) -> Response:
        return await files.page("index.html", request.scope, name=_NAME)

    @router.get(f"{PATH}/oauth2-redirect")
    async def oauth2_redirect(request: Request) -> Response:
        return await files.page("oauth2-redirect.html", request.scope, name=_NAME)

    app.router.routes.extend(router.routes)
    app.mount(f"{PATH}/ui", files, name="docs")
