"""The HTTP requests of one path: streams of events, polls, and the POSTs and DELETEs of both."""

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Send

from ..options import TransportType
from ..principal import ClaimsPrincipal
from ..transports.long_polling import EMPTY, Answer, LongPolling
from ..transports.server_sent_events import ServerSentEvents
from .connection_table import Slot
from .connector import UNKNOWN, Connector
from .refusals import NO_CACHE, Plain, Refused, refused
from .request import accepts_events


class HttpRequests:
    """Answers each request. Raises Refused."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._table = connector.server.table

    async def answer(self, request: Request, user: ClaimsPrincipal, send: Send) -> Response | None:
        """The response; None for a stream of events, which has sent its own, and for a client that has gone."""
        if request.method == "POST":
            return await self._post(request, user)
        if request.method == "DELETE":
            return self._delete(request, user)
        if request.method != "GET":
            raise refused(405)
        if accepts_events(request):
            await self._stream_events(request, user, send)
            return None
        return await self._poll(request, user)

    async def _stream_events(self, request: Request, user: ClaimsPrincipal, send: Send) -> None:
        slot = self._connector.find(request, user, TransportType.SERVER_SENT_EVENTS)
        if slot.connection is not None:
            raise refused(409)
        connection = self._connector.connect(slot, user, request)
        transport = ServerSentEvents(connection, request.receive, send)
        self._connector.bind(slot, TransportType.SERVER_SENT_EVENTS, connection, transport)
        transport.open()
        connection.attach(transport)
        slot.feed_early()
        await transport.run()

    async def _poll(self, request: Request, user: ClaimsPrincipal) -> Response:
        try:
            slot = self._connector.find(request, user, TransportType.LONG_POLLING)
        except Refused as error:
            error.response.headers.update(NO_CACHE)
            raise
        if slot.connection is None:
            return self._first_poll(request, slot, user)
        assert isinstance(slot.target, LongPolling)  # noqa: S101 - a slot keeps its transport
        return _poll_response(await slot.target.poll(request.receive))

    def _first_poll(self, request: Request, slot: Slot, user: ClaimsPrincipal) -> Response:
        """Starts the connection and returns at once, so that the client knows that it may send."""
        connection = self._connector.connect(slot, user, request)
        transport = LongPolling(
            connection,
            now=self._connector.server.now,
            poll_timeout=self._connector.options.poll_timeout,
            disconnect_timeout=self._connector.options.disconnect_timeout,
            release=self._table.releaser(slot),
        )
        # The slot outlives the connection: what is left to say waits in the transport for one more poll.
        slot.open(TransportType.LONG_POLLING, connection, transport)
        connection.attach(transport)
        slot.feed_early()
        return _poll_response(EMPTY)

    async def _post(self, request: Request, user: ClaimsPrincipal) -> Response | None:
        slot = self._connector.find(request, user)
        if slot.transport == TransportType.WEB_SOCKETS:
            raise refused(405, "POST requests are not allowed for WebSocket connections.")
        try:
            was_opened = await slot.receive(request.stream())
        except ClientDisconnect:
            return None
        if not was_opened:
            raise refused(404, UNKNOWN)
        return Plain(200)

    def _delete(self, request: Request, user: ClaimsPrincipal) -> Response:
        slot = self._connector.find(request, user)
        if not isinstance(slot.target, LongPolling):
            raise refused(400, "Cannot terminate this connection using the DELETE endpoint.")
        slot.target.delete()
        return Plain(202)


def _poll_response(answer: Answer) -> Response:
    if answer.body is None:
        return Plain(answer.status, headers=NO_CACHE)
    return Response(answer.body, answer.status, headers=NO_CACHE, media_type="application/octet-stream")
