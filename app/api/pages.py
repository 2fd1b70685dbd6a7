"""The built page: dashboard at ``/``, chat at ``/chat``, hashed assets below ``/assets``."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.api.problems import ProblemError

DIST = Path(__file__).parents[1] / "static" / "dist"
_REVALIDATE = "no-cache"
_FOR_EVER = "public, max-age=31536000, immutable"  # a changed asset has another name


class _Files(StaticFiles):
    """Files of the page, all with the same ``Cache-Control``."""

    def __init__(self, directory: Path, cache_control: str) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._cache_control = cache_control

    async def check_config(self) -> None:
        """Nothing to check: until the page has been built there is no directory, and so no file."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = self._cache_control
        return response


def add_pages(app: FastAPI, dist: Path = DIST) -> None:
    """Serve the page from ``dist``; until it has been built, it is answered with 503."""
    router = APIRouter(include_in_schema=False)
    pages = _Files(dist, _REVALIDATE)

    async def page(file_name: str, request: Request) -> Response:
        if not (dist / file_name).is_file():
            detail = "The page has not been built: run `make build`. The API works without it, see /docs."
            raise ProblemError(503, detail, slug="page-not-built")
        return await pages.get_response(file_name, request.scope)

    @router.get("/")
    async def dashboard(request: Request) -> Response:
        return await page("index.html", request)

    @router.get("/chat")
    async def chat(request: Request) -> Response:
        return await page("chat.html", request)

    @router.get("/favicon.svg")
    async def favicon(request: Request) -> Response:
        return await page("favicon.svg", request)

    app.include_router(router)
    app.mount("/assets", _Files(dist / "assets", _FOR_EVER), name="assets")
