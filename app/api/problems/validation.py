"""Says in plain words what is wrong with a request. The words of the validator are for programmers."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic.alias_generators import to_camel

from app.api.problems.problem import ProblemError
from app.api.problems.refusals import invalid, malformed_json, not_declared_as_json

_MOMENT = "such as 2026-11-27T18:00:00Z"
_WHOLE_NUMBER = "must be a whole number"
_DATE_AND_TIME = f"must be a date and time, {_MOMENT}"
_OBJECT = "must be an object"
# The key is the validator's type of error. The validator supplies the values for the names in braces.
_WORDINGS: Mapping[str, str] = MappingProxyType(
    {
        "missing": "is missing",
        "extra_forbidden": "is not a known field",
        "string_type": "must be text",
        "string_too_short": "must have at least {min_length} characters",
        "string_too_long": "must have at most {max_length} characters",
        "string_pattern_mismatch": "contains a character that is not allowed",
        "int_type": _WHOLE_NUMBER,
        "int_parsing": _WHOLE_NUMBER,
        "int_parsing_size": "is too large a number",
        "int_from_float": _WHOLE_NUMBER,
        "bool_type": "must be true or false",
        "bool_parsing": "must be true or false",
        "greater_than": "must be greater than {gt}",
        "greater_than_equal": "must be at least {ge}",
        "less_than": "must be less than {lt}",
        "less_than_equal": "must be at most {le}",
        "list_type": "must be a list",
        "tuple_type": "must be a list",
        "is_instance_of": "must be a list",
        "sequence_str": "must be a list",
        "too_short": "must have at least {min_length} items",
        "too_long": "must have at most {max_length} items",
        "dict_type": _OBJECT,
        "model_type": _OBJECT,
        "model_attributes_type": _OBJECT,
        "enum": "must be one of {expected}",
        "literal_error": "must be one of {expected}",
        "datetime_type": _DATE_AND_TIME,
        "datetime_parsing": _DATE_AND_TIME,
        "datetime_from_date_parsing": _DATE_AND_TIME,
        "datetime_object_invalid": _DATE_AND_TIME,
        "timezone_aware": f"must have a time zone, {_MOMENT}",
    }
)
_FALLBACK = "is not valid"
_LONGEST_NAME = 100
_ONE = re.compile(r"\b1 (character|item)s$")


def problem_of_invalid_request(error: RequestValidationError, content_type: str | None) -> ProblemError:
    """Returns the problem: 400 for what is not JSON, 415 for what is not declared as JSON, 422 for the rest."""
    details = error.errors()
    for item in details:
        if item["type"] == "json_invalid":
            return malformed_json(item["ctx"]["error"], item["loc"][-1])
    if isinstance(error.body, bytes):  # the framework parses a body only if it is declared as JSON
        return not_declared_as_json(content_type)
    return invalid(_told(details))


def _told(details: Any) -> Iterator[tuple[str, str]]:
    return ((field_name(item["loc"]), message_of(item)) for item in details)


def field_name(location: tuple[int | str, ...]) -> str:
    """Returns the name of a field as clients know it: dotted, in camelCase, without the part of the request."""
    source, *path = location
    if source == "path":
        path = [to_camel(str(part)) for part in path]
    return (".".join(str(part) for part in path) or str(source))[:_LONGEST_NAME]


def message_of(item: Mapping[str, Any]) -> str:
    """Returns what the field must be. The words of a rule of our own are used as they are."""
    context = item.get("ctx") or {}
    if item["type"] == "value_error":
        return str(context["error"])
    return _ONE.sub(r"1 \1", _WORDINGS.get(item["type"], _FALLBACK).format_map(context))
