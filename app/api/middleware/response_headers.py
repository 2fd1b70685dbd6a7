"""The headers of every response: what makes browsers careful, what makes caches right, and the request's id."""

from collections.abc import Iterable

from starlette.types import Scope

RawHeaders = list[tuple[bytes, bytes]]

# No inline script or style, nothing from elsewhere; ws: and wss: because not every browser counts the
# page's own WebSockets as 'self'.
PAGE_POLICY = (
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_POLICY = b"content-security-policy"
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_WITH_POLICY = (*_ALWAYS, (_POLICY, PAGE_POLICY.encode()))
_VARY = "waybill.vary"


def vary_by(scope: Scope, header: str) -> None:
    """Makes the response to this request name the header in `Vary`, because its content depends on it."""
    named: tuple[str, ...] = scope.get(_VARY, ())
    if header not in named:
        scope[_VARY] = (*named, header)


def complete_headers(headers: Iterable[tuple[bytes, bytes]], scope: Scope, request_id: str) -> RawHeaders:
    """Returns the headers of a response with ours added. A response that brings its own policy keeps it."""
    complete = list(headers)
    has_policy = any(name == _POLICY for name, _ in complete)
    complete += _ALWAYS if has_policy else _WITH_POLICY
    complete.append((b"x-request-id", request_id.encode("ascii")))
    if varies_by := scope.get(_VARY):
        complete.append((b"vary", ", ".join(varies_by).encode("ascii")))
    return complete
