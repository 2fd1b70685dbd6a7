"""One id per request, in the log, the response and every problem."""

import os
import re

from starlette.types import Scope

_KEY = "waybill.request_id"
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._:/+=-]{1,128}")


def give_request_id(scope: Scope, proposed: bytes | None) -> str:
    """Gives the request the id that its client proposed in `X-Request-ID`, or a new one if that is not well formed."""
    well_formed = proposed is not None and _WELL_FORMED.fullmatch(proposed)
    request_id = scope[_KEY] = well_formed[0].decode("ascii") if well_formed else os.urandom(16).hex()
    return request_id


def request_id_of(scope: Scope) -> str:
    """Returns the id of this request; empty when the middleware is not installed."""
    request_id: str = scope.get(_KEY, "")
    return request_id
