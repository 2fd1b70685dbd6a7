"""Problem details (RFC 9457): the one shape of every refusal."""

from collections.abc import Mapping
from typing import Any

import orjson
from pydantic import ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from app.api.camel_model import CamelModel
from app.api.middleware.request_id import request_id_of
from app.api.problems.kinds import KINDS, usual_kind

MEDIA_TYPE = "application/problem+json"


class FieldError(CamelModel):
    """One value of the request that was refused."""

    field: str = Field(examples=["lines.0.quantity"])
    message: str = Field(examples=["must be at least 1"])


class Problem(CamelModel):
    """Why the request was refused, and what is allowed. Some problems carry more members."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Stable name of the kind; opens as a page", examples=["/problems/invalid"])
    title: str = Field(description="The kind of problem in a few words", examples=["Invalid request"])
    status: int = Field(description="The status of the answer", examples=[422])
    detail: str = Field(
        description="What is wrong, and what is allowed", examples=["lines.0.quantity must be at least 1."]
    )
    request_id: str = Field(description="Quote it when you report the problem")
    errors: list[FieldError] | None = Field(default=None, description="With 422: what is wrong where")


class ProblemError(HTTPException):
    """An error that is answered as a problem.

    `slug` names its kind, by default the usual one of the status. `members` are added to the body as they are,
    so their names are camelCase.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        slug: str | None = None,
        title: str | None = None,
        members: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        kind = KINDS.get(slug, usual_kind(status)) if slug else usual_kind(status)
        self.slug = slug or kind.slug
        self.title = title or kind.title
        self.members = members or {}

    def body(self, request_id: str) -> dict[str, Any]:
        """Returns what the answer to the request of this id says."""
        return {
            "type": f"/problems/{self.slug}",
            "title": self.title,
            "status": self.status_code,
            "detail": self.detail,
            "requestId": request_id,
            **self.members,
        }


def problem_response(scope: Scope, error: ProblemError) -> Response:
    """Returns the answer to the request of this scope."""
    body = orjson.dumps(error.body(request_id_of(scope)))
    return Response(body, error.status_code, error.headers, media_type=MEDIA_TYPE)
