"""The kinds of problems: one table that names them, describes them in OpenAPI, and fills their pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem. `slug` is the stable last part of its `type`; `status` is None if it varies."""

    slug: str
    status: int | None
    title: str
    meaning: str
    remedy: str

    @property
    def type(self) -> str:
        return f"/problems/{self.slug}"


_ALL = (
    Kind(
        "bad-request",
        400,
        "Bad request",
        "The server cannot read the request.",
        "Read the detail, which says what could not be read. Sending the same bytes again will not help.",
    ),
    Kind(
        "malformed-json",
        400,
        "Malformed JSON",
        "The body is declared as JSON and is not JSON.",
        "The detail names the character where reading stopped. Look there for a missing comma, quote or bracket.",
    ),
    Kind(
        "malformed-entity-tag",
        400,
        "Malformed entity tag",
        "If-Match or If-None-Match is not a list of entity tags.",
        'Send the ETag of an earlier answer unchanged, quotes included, such as "3", or * for any version.',
    ),
    Kind(
        "cursor-invalid",
        400,
        "Invalid cursor",
        "The cursor is damaged, or belongs to a list with other filters.",
        "Send nextCursor back unchanged with the same filters, or no cursor to start again.",
    ),
    Kind(
        "invalid-grant",
        400,
        "Sign-in refused",
        "The username or the password is wrong.",
        "Check both. The answer does not tell whether the username exists.",
    ),
    Kind(
        "unauthorized",
        401,
        "Not signed in",
        "The request has no bearer token, or one that is invalid or has expired.",
        "Get a token from POST /auth/token and send it as Authorization: Bearer <token>.",
    ),
    Kind(
        "forbidden",
        403,
        "Not allowed for your role",
        "Your role may not use this endpoint.",
        "Sign in with an account that has one of the roles in the detail.",
    ),
    Kind(
        "action-forbidden",
        403,
        "Action not allowed for you",
        "You may see the order, but you may never do this with it.",
        "allowedActions of the order lists what you may do with it.",
    ),
    Kind(
        "not-found",
        404,
        "Not found",
        "There is nothing at this path.",
        "Check the address. /docs lists every endpoint.",
    ),
    Kind(
        "order-not-found",
        404,
        "Order not found",
        "There is no such order, or it is not yours. The two cannot be told apart.",
        "Check the number, and that you are signed in with the account that the order belongs to.",
    ),
    Kind(
        "method-not-allowed",
        405,
        "Method not allowed",
        "This path does not take this method.",
        "The Allow header lists the methods that it takes.",
    ),
    Kind(
        "invalid-transition",
        409,
        "Not possible now",
        "The order, as it stands, does not allow this.",
        "currentStatus says where the order stands, allowedActions what you may do with it now.",
    ),
    Kind(
        "quantity-exceeded",
        409,
        "More than is open",
        "The request asks for more of a line than is still open.",
        "open says how much is left of the line. Somebody may have shipped or cancelled in the meantime.",
    ),
    Kind(
        "already-delivered",
        409,
        "Already delivered",
        "The parcel has already arrived.",
        "Read the order: shipments with deliveredAt have arrived.",
    ),
    Kind(
        "reference-taken",
        409,
        "Reference in use",
        "Another order has this reference.",
        "orderId names that order. If it is the one you meant to place, your earlier request succeeded.",
    ),
    Kind(
        "version-mismatch",
        412,
        "The order has changed",
        "The order has changed since the version that If-Match names, so nothing was done.",
        "Read the order again, decide again, and send its new ETag. currentETag names it.",
    ),
    Kind(
        "too-large",
        413,
        "Body too large",
        "The body has more bytes than this server accepts.",
        "limit is the most that is accepted. Split the request if you can.",
    ),
    Kind(
        "unsupported-media-type",
        415,
        "Not declared as JSON",
        "The body is not declared as JSON.",
        "Send the header Content-Type: application/json. curl -d sends another one unless told otherwise.",
    ),
    Kind(
        "invalid",
        422,
        "Invalid request",
        "A field is missing, unknown, or has a value that is not allowed.",
        "errors names each field and what it must be.",
    ),
    Kind(
        "unknown-part",
        422,
        "No such line or parcel",
        "The request names a line or a parcel that this order does not have.",
        "known lists the ids that the order has.",
    ),
    Kind(
        "unknown-customer",
        422,
        "Unknown customer",
        "The customer does not exist, and the request has no name to create them with.",
        "Check customerId, or send customerName as well.",
    ),
    Kind(
        "internal-error",
        500,
        "Internal error",
        "The server has a defect.",
        "Report it with the requestId: the log has the details under it.",
    ),
    Kind(
        "database-unavailable",
        503,
        "Database unavailable",
        "The database cannot be reached now. Nothing was changed.",
        "Try again after the seconds in Retry-After.",
    ),
    Kind(
        "outcome-unknown",
        500,
        "Outcome unknown",
        "The database was lost while it made the change, so the change may or may not have been made.",
        "Read the order before you try again. Its version tells whether the change was made.",
    ),
    Kind(
        "page-not-built",
        503,
        "Page not built",
        "The pages of this installation have not been built.",
        "Run `make build`. The API works without them.",
    ),
    Kind(
        "error",
        None,
        "Error",
        "The request was refused for a reason without a kind of its own.",
        "Read the status and the detail.",
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.slug: kind for kind in _ALL})

# What a status means when nothing more is known.
_USUAL: Mapping[int, str] = MappingProxyType(
    {
        400: "bad-request",
        401: "unauthorized",
        403: "forbidden",
        404: "not-found",
        405: "method-not-allowed",
        413: "too-large",
        415: "unsupported-media-type",
        422: "invalid",
        500: "internal-error",
    }
)


def usual_kind(status: int) -> Kind:
    """Returns the kind of a problem of which nothing but the status is known."""
    return KINDS[_USUAL.get(status, "error")]
