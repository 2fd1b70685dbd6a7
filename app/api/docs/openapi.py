"""The description of the API, and the page that lets people try it."""

import hashlib
import re
from base64 import b64encode
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.api.problems import Problem, problem_responses
from app.api.problems.refusals import invalid

# Swagger UI comes from the CDN that FastAPI names and sets styles inline. Its start-up script is inline too
# and is allowed by its hash, so that nothing else that finds its way into the page can run.
_POLICY = (
    "default-src 'self'; script-src https://cdn.jsdelivr.net 'sha256-{digest}'; "
    "style-src https://cdn.jsdelivr.net 'unsafe-inline'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")
_FRAMEWORKS_SCHEMA = {"$ref": "#/components/schemas/HTTPValidationError"}


class DescribedApi(FastAPI):
    """A FastAPI application whose description knows problems, and whose ``/docs`` has a strict policy."""

    def __init__(self, **options: Any) -> None:
        super().__init__(docs_url=None, redoc_url=None, **options)
        self.add_route("/docs", self._docs, include_in_schema=False)

    def openapi(self) -> dict[str, Any]:
        description = super().openapi()
        schemas = description.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            _add_problem_schema(schemas)
            _answer_invalid_with_problems(description)
        return description

    async def _docs(self, request: Request) -> HTMLResponse:
        page = get_swagger_ui_html(
            openapi_url=f"{request.scope.get('root_path', '')}{self.openapi_url}",
            title=f"{self.title}: API",
            swagger_favicon_url="data:,",
        )
        scripts = _INLINE_SCRIPT.findall(bytes(page.body).decode())
        digest = b64encode(hashlib.sha256("".join(scripts).encode()).digest()).decode()
        page.headers["Content-Security-Policy"] = _POLICY.format(digest=digest)
        return page


def _add_problem_schema(schemas: dict[str, Any]) -> None:
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs"))
    schemas["Problem"] = problem
    for name in _FRAMEWORKS_OWN:
        schemas.pop(name, None)


def _answer_invalid_with_problems(description: dict[str, Any]) -> None:
    """Replaces the framework's answer to an invalid request, which this service never gives."""
    for path in description.get("paths", {}).values():
        for operation in path.values():
            answer = operation.get("responses", {}).get("422", {})
            if answer.get("content", {}).get("application/json", {}).get("schema") == _FRAMEWORKS_SCHEMA:
                operation["responses"]["422"] = problem_responses(invalid([("field", "is missing")]))[422]
