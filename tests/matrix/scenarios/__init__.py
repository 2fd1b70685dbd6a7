"""Every scenario of the matrix."""

from tests.matrix.scenarios import access, calls, endings, pushes, questions, streams, uploads
from tests.matrix.scenarios.registry import SCENARIOS, Scenario

__all__ = ["SCENARIOS", "Scenario", "access", "calls", "endings", "pushes", "questions", "streams", "uploads"]
