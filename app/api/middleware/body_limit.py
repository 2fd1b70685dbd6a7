"""A limit on the size of request bodies."""

from starlette.types import Message, Receive

from app.api.problems.refusals import body_too_large


class BodyLimit:
    """Refuses a body of more than `limit` bytes with 413, whether its size was announced or not.

    Starlette's limit is not used because it answers an announced excess in plain text.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit

    def check_announced(self, content_length: bytes | None) -> None:
        """Raises the problem if the request announces too much."""
        if content_length is not None and _exceeds(content_length, self._limit):
            raise body_too_large(self._limit)

    def counting(self, receive: Receive) -> Receive:
        """Returns a `receive` that raises the problem as soon as too much has arrived."""
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise body_too_large(self._limit)
            return message

        return receive_counted


def _exceeds(content_length: bytes, limit: int) -> bool:
    # Python reads no number of thousands of digits, and no body is that long.
    return content_length.isdigit() and (len(content_length) > 18 or int(content_length) > limit)
