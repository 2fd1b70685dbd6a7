"""Who the hub sees: tokens, and what else comes with the request."""

from typing import Any
from uuid import uuid4

import pytest

from app.signalr import TransportType
from tests.matrix.application import token
from tests.matrix.clients import Feature
from tests.matrix.rows import Row, Variant
from tests.matrix.scenarios.registry import scenario
from tests.matrix.stage import Stage
from tests.support.npm import ClientError

USER = "ann+lee/%=&?"
"""A name that changes on its way through a query if anybody forgets to escape it."""


def _websockets(row: Row) -> bool:
    return row.transport == TransportType.WEB_SOCKETS and row.variant != Variant.STATEFUL


@scenario()
async def the_hub_knows_the_connection(stage: Stage) -> None:
    connection = await stage.connect()
    who: dict[str, Any] = await connection.invoke("WhoAmI")
    assert who["transport"] == stage.row.transport
    assert who["user"] is None
    assert connection.id in (None, who["connectionId"])


@scenario()
async def a_token_opens_a_hub(stage: Stage) -> None:
    connection = await stage.connect("/secure", token=token(USER))
    who: dict[str, Any] = await connection.invoke("WhoAmI")
    assert who["user"] == USER


@scenario()
async def without_a_token_a_hub_stays_shut(stage: Stage) -> None:
    with pytest.raises(ClientError) as raised:
        await stage.connect("/secure")
    assert str(raised.value) == stage.dialect.unauthorized


@scenario()
async def an_expired_token_opens_nothing(stage: Stage) -> None:
    with pytest.raises(ClientError) as raised:
        await stage.connect("/secure", token=token(USER, lifetime_s=-1))
    assert str(raised.value) == stage.dialect.unauthorized


@scenario()
async def a_token_of_the_wrong_person_opens_nothing(stage: Stage) -> None:
    with pytest.raises(ClientError) as raised:
        await stage.connect("/staff", token=token(USER))
    assert str(raised.value) == stage.dialect.forbidden


@scenario()
async def an_expired_token_makes_nobody_at_an_open_hub(stage: Stage) -> None:
    connection = await stage.connect(token=token(USER, lifetime_s=-1))
    who: dict[str, Any] = await connection.invoke("WhoAmI")
    assert who["user"] is None


@scenario(Feature.QUERY)
async def the_hub_sees_the_query(stage: Stage) -> None:
    connection = await stage.connect("/hub?tenant=seven&flag")
    who: dict[str, Any] = await connection.invoke("WhoAmI")
    assert who["query"]["tenant"] == "seven"


@scenario(Feature.HEADERS)
async def the_hub_sees_the_headers(stage: Stage) -> None:
    connection = await stage.connect(headers={"X-Tenant": "seven"})
    who: dict[str, Any] = await connection.invoke("WhoAmI")
    assert who["tenant"] == "seven"


@scenario(Feature.COOKIES)
async def the_hub_sees_the_cookies(stage: Stage) -> None:
    """As a load balancer's, which is set by the negotiation."""
    node = uuid4().hex
    connection = await stage.connect(f"/hub?affinity={node}")
    who: dict[str, Any] = await connection.invoke("WhoAmI")
    assert who["cookies"]["affinity"] == node


@scenario(Feature.SKIP_NEGOTIATION, suits=_websockets)
async def negotiation_may_be_skipped(stage: Stage) -> None:
    connection = await stage.connect("/secure", token=token(USER), skip_negotiation=True)
    assert connection.id is None
    who: dict[str, Any] = await connection.invoke("WhoAmI")
    assert who["user"] == USER
    assert who["connectionId"]
    with pytest.raises(ClientError):
        await stage.connect("/secure", skip_negotiation=True)


def _is_foreign(row: Row) -> bool:
    return row.variant == Variant.CROSS_ORIGIN


def _is_foreign_websocket(row: Row) -> bool:
    return _is_foreign(row) and _websockets(row)


@scenario(suits=_is_foreign_websocket)
async def a_hub_may_refuse_the_sockets_of_foreign_pages(stage: Stage) -> None:
    """No other rule of the browser keeps a page from opening them."""
    with pytest.raises(ClientError):
        await stage.connect("/closed")


@scenario(suits=_is_foreign)
async def a_foreign_page_may_come_without_credentials(stage: Stage) -> None:
    node = uuid4().hex
    connection = await stage.connect(f"/hub?affinity={node}", with_credentials=False)
    who: dict[str, Any] = await connection.invoke("WhoAmI")
    if stage.row.transport != TransportType.WEB_SOCKETS:  # a browser always sends the cookies of a WebSocket
        assert who["cookies"].get("affinity") != node
