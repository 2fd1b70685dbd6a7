"""Files that the build of the pages has left, served as they are."""

from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from app.api.problems.refusals import page_not_built

DIST = Path(__file__).parents[1] / "static" / "dist"
REVALIDATE = "no-cache"
FOREVER = "public, max-age=31536000, immutable"  # for files whose name changes with their content


class BuiltFiles(StaticFiles):
    """The files of one directory, all with the same `Cache-Control`. The directory need not exist yet."""

    def __init__(self, directory: Path, cache_control: str) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._root = directory
        self._cache_control = cache_control

    async def check_config(self) -> None:
        """Checks nothing: until the pages have been built there is no directory, and so no file."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Returns the file, or 304 if the client has it."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = self._cache_control
        return response

    async def page(self, file_name: str, scope: Scope, *, name: str = "The page") -> Response:
        """Returns one of the pages; raises 503 while it has not been built."""
        if not (self._root / file_name).is_file():
            raise page_not_built(name)
        return await self.get_response(file_name, scope)
