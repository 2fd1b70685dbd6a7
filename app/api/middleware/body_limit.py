"""A limit on the size of request bodies."""

from starlette.types import Message, Receive

from app.api.problems import ProblemError


class BodyLimit:
    """Refuses a body of more than `limit` bytes with 413, whether its size was announced or not.

    Starlette's limit is not used because it answers an announced excess in plain text.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit

    def check_announced(self, content_length: bytes | None) -> None:
        """Raises the problem if the request announces too much."""
        if content_length is not None and _exceeds(content_length, self._limit):
            raise self._too_large()

    def counting(self, receive: Receive) -> Receive:
        """Returns a `receive` that raises the problem as soon as too much has arrived."""
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise self._too_large()
            return message

        return receive_counted

    def _too_large(self) -> ProblemError:
        detail = f"The body is too large; at most {self._limit} bytes are allowed."
        return ProblemError(413, detail, members={"limit": self._limit}, headers={"Connection": "close"})


def _exceeds(content_length: bytes, limit: int) -> bool:
    # Python reads no number of thousands of digits, and no body is that long.
    return content_length.isdigit() and (len(content_length) > 18 or int(content_length) > limit)
