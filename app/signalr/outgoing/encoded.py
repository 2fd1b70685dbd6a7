"""A hub message as bytes, ready to be written to any number of clients."""

from .websocket_frame import websocket_frame


class Encoded:
    """A message as bytes of one protocol; its WebSocket frame is built once, for all receivers."""

    __slots__ = ("_frame", "binary", "counted", "payload")

    def __init__(self, payload: bytes, *, binary: bool, counted: bool = False) -> None:
        self.payload = payload
        self.binary = binary
        self.counted = counted
        self._frame: bytes | None = None

    @property
    def frame(self) -> bytes:
        """The whole message as one unmasked WebSocket frame."""
        if self._frame is None:
            self._frame = websocket_frame(self.payload, binary=self.binary)
        return self._frame
