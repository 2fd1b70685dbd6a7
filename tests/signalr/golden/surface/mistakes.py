"""What the framework says to hubs and options that cannot work."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from fastapi import FastAPI

from app.signalr import Hub, HubOptions, add_signalr, hub_method_name, map_hub
from tests.signalr.golden.surface.journal import described

T = TypeVar("T")


class _Overloaded(Hub):
    async def go(self) -> None:
        """One of two."""

    @hub_method_name("Go")
    async def go_further(self, a: int) -> None:
        """The other."""


class _Cased(Hub):
    async def go(self) -> None:
        """One of two."""

    @hub_method_name("gO")
    async def go_further(self) -> None:
        """The other."""


class _Generic(Hub):
    async def go(self, value: T) -> T:
        return value


class _Sound(Hub):
    pass


def _mapped(hub: type[Hub], options: Callable[[], HubOptions] = HubOptions) -> str:
    app = FastAPI()
    add_signalr(app)
    try:
        map_hub(app, "/hub", hub, options=options())
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
        return described(error)
    return "ok"


def start_up_errors() -> Mapping[str, str]:
    """Returns the error text of each mistake, and `ok` where the server accepts it."""
    return {
        "overloaded": _mapped(_Overloaded),
        "cased": _mapped(_Cased),
        "generic": _mapped(_Generic),
        "noProtocols": _mapped(_Sound, lambda: HubOptions(supported_protocols=frozenset())),
        "unknownProtocol": _mapped(_Sound, lambda: HubOptions(supported_protocols=frozenset(["nope"]))),
        "noParallel": _mapped(_Sound, lambda: HubOptions(maximum_parallel_invocations_per_client=0)),
    }
