"""What a request says: the parameters of its query, the connection that it names, the transport that it wants."""

from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection


def query_value(query: QueryParams, name: str) -> str | None:
    """A parameter, whatever the case of its name; None if there is none. Several are joined by commas, as ASP.NET does.

    Empty ones among several do not count.
    """
    values = [value for key, value in query.multi_items() if key.lower() == name.lower()]
    return ",".join(filter(None, values)) if values else None


def connection_token(http: HTTPConnection) -> str | None:
    """The `id` of the query; an empty one counts as none."""
    return query_value(http.query_params, "id") or None


def accepts_events(http: HTTPConnection) -> bool:
    """Whether the client names the media type of Server-Sent Events, bare, among what it accepts."""
    kinds = ",".join(http.headers.getlist("accept")).split(",")
    return "text/event-stream" in [kind.strip().lower() for kind in kinds]
