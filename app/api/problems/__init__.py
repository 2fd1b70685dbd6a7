"""Problem details (RFC 9457): what every refusal says, and the pages that its `type` opens as."""

from app.api.problems.handlers import install_problem_handlers
from app.api.problems.problem import MEDIA_TYPE, Problem, ProblemError, problem_response
from app.api.problems.responses import Responses, problem_responses

__all__ = [
    "MEDIA_TYPE",
    "Problem",
    "ProblemError",
    "Responses",
    "install_problem_handlers",
    "problem_response",
    "problem_responses",
]
