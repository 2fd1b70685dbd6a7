"""Problems as the responses of an OpenAPI operation, each with the answer that the service really gives."""

from typing import Any

from app.api.problems.kinds import KINDS
from app.api.problems.problem import MEDIA_TYPE, ProblemError

Responses = dict[int | str, dict[str, Any]]
_REQUEST_ID = "7f1d3c0a9b2e4f58a6d7c1e0b3f49d25"


def problem_responses(*problems: ProblemError) -> Responses:
    """Returns the `responses` of a route that may answer these problems: per status, each kind with an example."""
    by_status: dict[int | str, list[ProblemError]] = {}
    for problem in problems:
        by_status.setdefault(problem.status_code, []).append(problem)
    return {status: _response(answers) for status, answers in by_status.items()}


def _response(problems: list[ProblemError]) -> dict[str, Any]:
    kinds = {problem.slug: KINDS[problem.slug] for problem in problems}
    examples: dict[str, Any] = {}
    for problem in problems:
        name = problem.slug if problem.slug not in examples else f"{problem.slug}-{len(examples) + 1}"
        examples[name] = {"summary": problem.title, "value": problem.body(_REQUEST_ID)}
    return {
        "description": " ".join(f"`{kind.slug}`: {kind.meaning}" for kind in kinds.values()),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }
