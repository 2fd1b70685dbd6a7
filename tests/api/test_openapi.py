"""The description of the API says all that a client may meet."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.api.problems import MEDIA_TYPE
from app.config.settings import Settings
from app.main import create_app

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PROBLEM = {"$ref": "#/components/schemas/Problem"}


@pytest.fixture
def description(settings: Settings) -> dict[str, Any]:
    return create_app(settings).openapi()


def operations(description: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield f"{method.upper()} {path}", operation


def test_every_operation_is_named_summed_up_and_filed(description: dict[str, Any]) -> None:
    known = {tag["name"] for tag in description["tags"]}
    ids = [operation["operationId"] for _, operation in operations(description)]
    assert len(ids) == len(set(ids))
    for name, operation in operations(description):
        assert "_" not in operation["operationId"], name
        assert operation["summary"], name
        assert set(operation["tags"]) <= known, name
        assert operation["tags"], name


def test_every_refusal_is_a_problem(description: dict[str, Any]) -> None:
    for name, operation in operations(description):
        for status, response in operation["responses"].items():
            if status.startswith(("4", "5")) and name != "GET /health/ready":
                assert response["content"].keys() == {MEDIA_TYPE}, (name, status)
                assert response["content"][MEDIA_TYPE]["schema"] == PROBLEM, (name, status)


def test_what_takes_a_token_says_so(description: dict[str, Any]) -> None:
    open_to_all = {name for name, operation in operations(description) if "security" not in operation}
    assert open_to_all == {"POST /auth/token", "GET /health/live", "GET /health/ready", "GET /demo/accounts"}
    for name, operation in operations(description):
        assert ("401" in operation["responses"]) == (name not in open_to_all), name


def test_changing_an_order_may_be_refused_in_every_way(description: dict[str, Any]) -> None:
    responses = description["paths"]["/orders/{order_id}/ship"]["post"]["responses"]
    assert {"200", "400", "401", "403", "404", "409", "412", "413", "415", "422", "503"} <= responses.keys()


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            for part in value.values():
                yield from references(part)
        elif isinstance(value, list):
            for part in value:
                yield from references(part)

    schemas = description["components"]["schemas"]
    for reference in references(description):
        assert reference.removeprefix("#/components/schemas/") in schemas, reference
