"""The whole surface, once for every set of options that the recordings need."""

from app.signalr import Hub, authorize
from tests.signalr.golden.surface.asking import Asking
from tests.signalr.golden.surface.caller import Caller, Tally
from tests.signalr.golden.surface.errors import InvalidOperationException
from tests.signalr.golden.surface.faults import Faults
from tests.signalr.golden.surface.journal import note, outcome
from tests.signalr.golden.surface.sending import Sending
from tests.signalr.golden.surface.streams import Streams
from tests.signalr.golden.surface.uploads import Uploads
from tests.signalr.golden.surface.values import Int32, Values


class Surface(Values, Faults, Caller, Sending, Asking, Streams, Uploads):
    """All methods; coming and going is noted in the journal."""

    async def on_connected(self) -> None:
        note(self.context, f"{type(self).__name__} connected")

    async def on_disconnected(self, exception: BaseException | None) -> None:
        note(self.context, f"{type(self).__name__} disconnected {outcome(exception)}")


class PlainHub(Surface):
    """Default options."""


class DetailedHub(Surface):
    """Detailed errors; the hub that the endpoints outside address."""


class QuickHub(Surface):
    """Short periods and small messages."""


class FirstHub(Surface):
    """No message limit, two invocations at once."""


class JsonHub(Surface):
    """Only JSON, and no service is guessed: here the client sends what is injected elsewhere."""

    async def with_service(self, a: Int32, tally: object) -> int:
        return a + Tally.start


class StatefulHub(Surface):
    """Stateful reconnect with a large buffer."""


class TightHub(Surface):
    """Stateful reconnect with a small buffer."""


@authorize
class SecureHub(Surface):
    """For authenticated users."""


@authorize(roles=["staff"])
class StaffHub(Surface):
    """For one role."""


class FilteredHub(Surface):
    """Behind two filters."""


class BrokenHub(Hub):
    """Lets nobody in."""

    async def on_connected(self) -> None:
        raise InvalidOperationException("cannot connect")


class FaultyHub(Hub):
    """Its connections cannot be registered."""

    async def on_disconnected(self, exception: BaseException | None) -> None:
        note(self.context, "FaultyHub disconnected")


class PlainestHub(Hub):
    """No methods, no protocols."""
