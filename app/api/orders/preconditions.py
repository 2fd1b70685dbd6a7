"""Conditional requests (RFC 9110 section 13) with the order's version as its entity tag."""

import re
from typing import Annotated

from fastapi import Header

from app.api.etag import strong_etag
from app.api.problems import ProblemError

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_GIVEN_OUT = re.compile('"[1-9][0-9]{0,9}"')
_TAGS = re.compile(rf"\s*{_TAG}(?:\s*,\s*{_TAG})*\s*")


IfMatch = Annotated[
    str | None, Header(description="ETag of the version that this change is meant for", examples=['"3"'])
]


def versions_of(if_match: str | None) -> frozenset[int] | None:
    """Returns the versions that the change may be based on; None when any will do.

    Compared strongly, so a weak tag, or one that was never given out, matches no version.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    return frozenset(int(tag[1:-1]) for tag in _tags("If-Match", if_match) if _GIVEN_OUT.fullmatch(tag))


def not_modified(if_none_match: str, version: int) -> bool:
    """Returns whether `If-None-Match` asks for the order only if it has changed, and it has not."""
    if if_none_match.strip() == "*":
        return True
    return strong_etag(version) in {tag.removeprefix("W/") for tag in _tags("If-None-Match", if_none_match)}


def _tags(header: str, value: str) -> list[str]:
    if not _TAGS.fullmatch(value):
        raise malformed_entity_tag(header)
    return re.findall(_TAG, value)


def malformed_entity_tag(header: str) -> ProblemError:
    """Returns the problem of a header that is not a list of entity tags."""
    detail = f'{header} must be *, or entity tags in quotes such as "3", separated by commas.'
    return ProblemError(400, detail, slug="malformed-entity-tag")
