"""Every refusal is a problem with a stable type, what is wrong and what is allowed."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import HTTPException
from pydantic import BaseModel, Field, field_validator
from starlette.responses import StreamingResponse

from app.api.docs.openapi import DescribedApi
from app.api.middleware.body_limit import BodyLimitMiddleware
from app.api.middleware.request_id import RequestIdMiddleware
from app.api.middleware.unexpected import UnexpectedErrorMiddleware
from app.api.problems import MEDIA_TYPE, ProblemError, install_problem_handlers, problem_responses
from app.db.database import Database

pytestmark = pytest.mark.anyio
LIMIT = 2000


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

    @app.post("/parcels", responses=problem_responses(409, 413))
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
        async with unreachable.reading():
            pass

    install_problem_handlers(app)
    app.add_middleware(UnexpectedErrorMiddleware)
    app.add_middleware(BodyLimitMiddleware, limit=LIMIT, exempt=("/hub",))
    app.add_middleware(RequestIdMiddleware)
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


async def test_an_invalid_body_names_every_field(client: httpx2.AsyncClient) -> None:
    lines = [{"sku": "A", "quantity": 1}, {"sku": "b", "quantity": 0}]
    body = problem(await client.post("/parcels", json={"lines": lines}), 422, "invalid")
    assert body["errors"] == [
        {"field": "lines.1.sku", "message": "write it in capitals"},
        {"field": "lines.1.quantity", "message": "Input should be greater than 0"},
    ]
    assert "lines.1.sku: write it in capitals" in body["detail"]


async def test_an_invalid_query_names_its_parameter(client: httpx2.AsyncClient) -> None:
    response = await client.post("/parcels?urgent=maybe", json={"lines": []})
    assert [error["field"] for error in problem(response, 422, "invalid")["errors"]] == ["urgent"]


async def test_a_missing_body(client: httpx2.AsyncClient) -> None:
    body = problem(await client.post("/parcels"), 422, "invalid")
    assert body["errors"] == [{"field": "body", "message": "Field required"}]


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


async def test_the_description_knows_problems(client: httpx2.AsyncClient) -> None:
    description = (await client.get("/openapi.json")).json()
    responses = description["paths"]["/parcels"]["post"]["responses"]
    for status in ("409", "413", "422"):
        assert responses[status]["content"] == {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    schemas = description["components"]["schemas"]
    assert {"Problem", "FieldError"} <= schemas.keys()
    assert not {"HTTPValidationError", "ValidationError"} & schemas.keys()
