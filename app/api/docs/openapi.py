"""The description of the API."""

from typing import Any

from fastapi import FastAPI

from app.api.problems import Problem, problem_responses
from app.api.problems.refusals import invalid

_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")
_FRAMEWORKS_SCHEMA = {"$ref": "#/components/schemas/HTTPValidationError"}


class DescribedApi(FastAPI):
    """A FastAPI application whose description knows problems. Its pages are those of `add_docs_page`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(docs_url=None, redoc_url=None, **options)

    def openapi(self) -> dict[str, Any]:
        """Returns the OpenAPI document; it is made once."""
        description = super().openapi()
        schemas = description.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            _add_problem_schema(schemas)
            _answer_invalid_with_problems(description)
        return description


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
