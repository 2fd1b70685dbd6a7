"""Every refusal is a problem with a stable type, what is wrong and what is allowed."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import HTTPException
from pydantic import BaseModel, Field, field_validator
from starlette.responses import StreamingResponse

from app.api.docs.openapi import DescribedApi
from app.api.middleware.request import RequestMiddleware
from app.api.orders.problems import WORDINGS
from app.api.problems import MEDIA_TYPE, ProblemError, install_problem_handlers, problem_responses
from app.api.problems.kinds import KINDS
from app.api.problems.refusals import body_too_large
from app.api.static_files import REVALIDATE, BuiltFiles
from app.db.database import Database
from app.db.errors import CommitOutcomeUnknown
from tests.support.paths import ROOT

pytestmark = pytest.mark.anyio
LIMIT = 2000
TAKEN = ProblemError(409, "Order 42 has it already.", slug="reference-taken", members={"orderId": 42})


class Line(BaseModel):
    sku: str
    quantity: int = Field(gt=0)

    @field_validator("sku")
    @classmethod
    def _is_upper(cls, value: str) -> str:
        if not value.isupper():
            raise ValueError("write it in capitals")
        return value


class Parcel(BaseModel):
    lines: list[Line]


def make_app() -> DescribedApi:
    app = DescribedApi(title="Problems")

    @app.post("/parcels", responses=problem_responses(TAKEN, body_too_large(LIMIT)))
    async def create(parcel: Parcel, urgent: bool = False) -> dict[str, Any]:
        return {"lines": len(parcel.lines), "urgent": urgent}

    @app.get("/refused")
    async def refused() -> None:
        members = {"allowedActions": ["ship"]}
        raise ProblemError(409, "It is shipped.", slug="illegal-action", title="Not now", members=members)

    @app.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418, "I am a teapot.", {"X-Tea": "mint"})

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("the secret internals")

    @app.get("/breaks-later")
    async def breaks_later() -> StreamingResponse:
        async def body() -> AsyncIterator[bytes]:
            yield b"begun"
            raise RuntimeError("the secret internals")

        return StreamingResponse(body())

    @app.get("/database")
    async def database() -> None:
        unreachable = Database("sqlite:////nowhere/at/all.db")
        await unreachable.read(lambda connection: None)

    @app.get("/lost-commit")
    async def lost_commit() -> None:
        raise CommitOutcomeUnknown("the secret host closed the connection")

    app.mount("/files", BuiltFiles(ROOT / "docs", REVALIDATE))
    install_problem_handlers(app)
    app.add_middleware(RequestMiddleware, body_limit=LIMIT, exempt=("/hub",))
    return app


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=make_app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def problem(response: httpx2.Response, status: int, slug: str) -> dict[str, Any]:
    """The body, after checking what all problems share."""
    assert response.status_code == status
    assert response.headers["content-type"] == MEDIA_TYPE
    body: dict[str, Any] = response.json()
    assert body["type"] == f"/problems/{slug}"
    assert body["status"] == status
    assert body["title"]
    assert body["requestId"] == response.headers["x-request-id"]
    return body


async def test_a_refusal_carries_its_members(client: httpx2.AsyncClient) -> None:
    body = problem(await client.get("/refused"), 409, "illegal-action")
    assert body["title"] == "Not now"
    assert body["detail"] == "It is shipped."
    assert body["allowedActions"] == ["ship"]


async def test_a_plain_http_exception_becomes_a_problem(client: httpx2.AsyncClient) -> None:
    response = await client.get("/teapot")
    assert problem(response, 418, "error")["detail"] == "I am a teapot."
    assert response.headers["x-tea"] == "mint"


async def test_an_unknown_path(client: httpx2.AsyncClient) -> None:
    assert "/parcel;" in problem(await client.get("/parcel"), 404, "not-found")["detail"]


async def test_a_method_that_is_not_there(client: httpx2.AsyncClient) -> None:
    response = await client.put("/parcels")
    assert "allowed: POST" in problem(response, 405, "method-not-allowed")["detail"]
    assert response.headers["allow"] == "POST"


async def test_static_files_say_which_methods_they_take(client: httpx2.AsyncClient) -> None:
    response = await client.put("/files/x")
    assert "PUT is not possible here; allowed: GET, HEAD" in problem(response, 405, "method-not-allowed")["detail"]
    assert response.headers["allow"] == "GET, HEAD"


async def test_an_invalid_body_names_every_field(client: httpx2.AsyncClient) -> None:
    lines = [{"sku": "A", "quantity": 1}, {"sku": "b", "quantity": 0}]
    body = problem(await client.post("/parcels", json={"lines": lines}), 422, "invalid")
    assert body["errors"] == [
        {"field": "lines.1.sku", "message": "write it in capitals"},
        {"field": "lines.1.quantity", "message": "must be greater than 0"},
    ]
    assert "lines.1.sku: write it in capitals" in body["detail"]


async def test_an_invalid_query_names_its_parameter(client: httpx2.AsyncClient) -> None:
    response = await client.post("/parcels?urgent=maybe", json={"lines": []})
    assert [error["field"] for error in problem(response, 422, "invalid")["errors"]] == ["urgent"]


async def test_a_missing_body(client: httpx2.AsyncClient) -> None:
    body = problem(await client.post("/parcels"), 422, "invalid")
    assert body["errors"] == [{"field": "body", "message": "is missing"}]


async def test_malformed_json_is_told_where(client: httpx2.AsyncClient) -> None:
    headers = {"content-type": "application/json"}
    response = await client.post("/parcels", content=b'{"lines": [}', headers=headers)
    assert "at character 11" in problem(response, 400, "malformed-json")["detail"]


@pytest.mark.parametrize("content", [b"\xff\xfe\xfd", b"[" * LIMIT], ids=["not UTF-8", "nested"])
async def test_what_the_json_parser_chokes_on_is_a_bad_request(client: httpx2.AsyncClient, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    response = await client.post("/parcels", content=content, headers=headers)
    assert response.status_code == 400
    assert response.headers["content-type"] == MEDIA_TYPE


async def test_a_body_that_is_not_declared_as_json(client: httpx2.AsyncClient) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}  # what curl -d sends by itself
    response = await client.post("/parcels", content=json.dumps({"lines": []}), headers=headers)
    assert "application/json" in problem(response, 415, "unsupported-media-type")["detail"]


async def test_an_announced_excess_is_refused(client: httpx2.AsyncClient) -> None:
    response = await client.post("/parcels", content=b" " * (LIMIT + 1))
    assert problem(response, 413, "too-large")["limit"] == LIMIT


async def test_an_unannounced_excess_is_refused(client: httpx2.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * (LIMIT // 2)

    headers = {"content-type": "application/json"}
    response = await client.post("/parcels", content=chunks(), headers=headers)
    assert problem(response, 413, "too-large")["limit"] == LIMIT


async def test_the_largest_allowed_body_passes(client: httpx2.AsyncClient) -> None:
    body = json.dumps({"lines": []}).ljust(LIMIT)
    response = await client.post("/parcels", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 200


async def test_exempt_paths_have_limits_of_their_own(client: httpx2.AsyncClient) -> None:
    for path, status in (("/hub", 404), ("/hub/negotiate", 404), ("/hubble", 413)):
        assert (await client.post(path, content=b" " * (LIMIT + 1))).status_code == status


async def test_an_unexpected_error_tells_nothing(client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    response = await client.get("/broken", headers={"X-Request-ID": "find-me"})
    assert problem(response, 500, "internal-error")["requestId"] == "find-me"
    assert "internals" not in response.text


async def test_an_error_in_a_begun_answer_goes_on_to_the_server(client: httpx2.AsyncClient) -> None:
    with pytest.raises(RuntimeError, match="internals"):
        await client.get("/breaks-later")


async def test_an_unreachable_database_is_temporary(client: httpx2.AsyncClient) -> None:
    response = await client.get("/database")
    problem(response, 503, "database-unavailable")
    assert response.headers["retry-after"] == "1"
    assert "nowhere" not in response.text


async def test_a_change_that_may_have_been_made_is_not_answered_as_if_it_could_be_repeated(
    client: httpx2.AsyncClient,
) -> None:
    response = await client.get("/lost-commit")
    assert "may or may not have been made" in problem(response, 500, "outcome-unknown")["detail"]
    assert "retry-after" not in response.headers
    assert "secret host" not in response.text


async def test_the_description_knows_problems(client: httpx2.AsyncClient) -> None:
    description = (await client.get("/openapi.json")).json()
    responses = description["paths"]["/parcels"]["post"]["responses"]
    for status in ("409", "413", "422"):
        [content] = responses[status]["content"].items()
        assert content[0] == MEDIA_TYPE
        assert content[1]["schema"] == {"$ref": "#/components/schemas/Problem"}
    [taken] = responses["409"]["content"][MEDIA_TYPE]["examples"].values()
    assert taken["value"] == TAKEN.body(taken["value"]["requestId"])
    schemas = description["components"]["schemas"]
    assert {"Problem", "FieldError"} <= schemas.keys()
    assert not {"HTTPValidationError", "ValidationError"} & schemas.keys()


def test_every_slug_in_the_sources_is_of_a_kind() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "app").rglob("*.py"))
    used = set(re.findall(r'slug="([a-z-]+)"', sources)) | {wording.slug for wording in WORDINGS.values()}
    assert used <= KINDS.keys()
    assert len(used) > 10
