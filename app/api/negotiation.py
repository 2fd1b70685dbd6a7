"""Whether a request asks for a page or for data (RFC 9110 section 12.5.1)."""

from functools import lru_cache

from starlette.types import Scope

from app.api.middleware.response_headers import vary_by

_HTML = ("text/html", "text/*", "*/*")
_JSON = ("application/json", "application/*", "*/*")
_LONGEST = 1000


def prefers_html(scope: Scope) -> bool:
    """Returns whether the client would rather have HTML than JSON, as browsers do; the answers say `Vary: Accept`.

    Without a preference it is JSON: for curl's `*/*`, and without the header.
    """
    vary_by(scope, "Accept")
    accepts: list[bytes] = [value for name, value in scope["headers"] if name == b"accept"]
    if not accepts:
        return False
    accept = b",".join(accepts)[:_LONGEST].decode("latin-1")
    return _prefers_html(accept)


@lru_cache(maxsize=256)
def _prefers_html(accept: str) -> bool:
    weights = dict(_weighted(part) for part in accept.lower().split(","))
    return _weight(weights, _HTML) > _weight(weights, _JSON)


def _weighted(part: str) -> tuple[str, float]:
    media_type, *parameters = (piece.strip() for piece in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            return media_type, _quality(value.strip())
    return media_type, 1.0


def _quality(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return 0.0


def _weight(weights: dict[str, float], ranges: tuple[str, ...]) -> float:
    """Returns the weight of the most specific of these ranges that the client named."""
    return next((weights[one] for one in ranges if one in weights), 0.0)
