"""What an author of hubs cannot have meant is refused where it is written, and says what to write instead."""

import math
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from functools import partial, wraps
from typing import Annotated, Any, Generic, NamedTuple, Protocol, TypeVar

import pytest
from fastapi import Depends, FastAPI, Header
from pydantic import BaseModel
from typing_extensions import TypedDict

from app.signalr import (
    ClaimsPrincipal,
    Client,
    EndpointOptions,
    Hub,
    HubContext,
    HubDefinitionError,
    HubOptions,
    add_signalr,
    authorize,
    map_hub,
)
from app.signalr.authorization import requirements_of
from app.signalr.binding.arguments import Value
from app.signalr.describe import describe, to_typescript
from app.signalr.hub.client_type import client_type
from tests.signalr.harness import completion, failure, invocation, serving, user

pytestmark = pytest.mark.anyio
T = TypeVar("T")


class Bell(Client, Protocol):
    async def ring(self, times: int) -> None: ...


class Plain(Hub):
    pass


# Who may come in


@authorize(roles=["admin"])
class AdminOnly(Hub):
    pass


@authorize(roles=["staff"])
class StaffOnly(Hub):
    pass


class OpenMixin(Hub):
    pass


class Both(OpenMixin, AdminOnly, StaffOnly):
    pass


def test_every_base_of_a_hub_must_agree() -> None:
    assert {*requirements_of(Both)} == {*requirements_of(AdminOnly), *requirements_of(StaffOnly)}
    assert len(requirements_of(authorize(Both))) == 3


def test_roles_are_no_string() -> None:
    with pytest.raises(TypeError, match=r"give a list of roles, such as \['editor'\]"):
        authorize(roles="editor")


@pytest.mark.parametrize("allowed", ["https://example.org", ["https://example.org/"], ["example.org"], ["*"], [""]])
def test_origins_that_no_browser_sends(allowed: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="allowed_origins"):
        map_hub(FastAPI(), "/hub", Plain, allowed_origins=allowed)


def test_a_second_hub_server_is_refused() -> None:
    app = FastAPI()
    map_hub(app, "/hub", Plain)
    with pytest.raises(RuntimeError, match="call add_signalr once, and before map_hub"):
        add_signalr(app)


# Hubs and their paths


def test_two_hubs_at_one_path() -> None:
    app = FastAPI()
    map_hub(app, "/hub", Plain)
    with pytest.raises(ValueError, match="another hub is at /HUB"):
        map_hub(app, "/HUB/", AdminOnly)


@pytest.mark.parametrize("path", ["/rooms/{room}", "/hub?a=b", "/hub#a"])
def test_paths_that_are_none(path: str) -> None:
    with pytest.raises(ValueError, match="has neither parameters nor a query"):
        map_hub(FastAPI(), path, Plain)


def test_two_hubs_of_one_name() -> None:
    def make() -> type[Hub]:
        class Made(Hub):
            pass

        return Made

    app = FastAPI()
    map_hub(app, "/one", make())
    with pytest.raises(HubDefinitionError, match=r"another hub is named .*make\.<locals>\.Made"):
        map_hub(app, "/two", make())
    with pytest.raises(HubDefinitionError, match="two hubs are named Made"):
        describe({"/one": make(), "/two": make()})


def test_a_filter_that_is_none() -> None:
    with pytest.raises(HubDefinitionError, match="is not a filter; derive one from HubFilter"):
        map_hub(FastAPI(), "/hub", Plain, filters=[print])  # type: ignore[list-item]  # that is the point


@pytest.mark.parametrize(
    "options",
    [
        {"transports": {"websockets"}},
        {"transports": "WebSockets"},
        {"poll_timeout": math.nan},
        {"disconnect_timeout": "15"},
        {"redirect": "https://example.org/hub"},
    ],
)
def test_options_of_a_path_that_cannot_work(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"EndpointOptions.*{next(iter(options))}"):
        EndpointOptions(**options)


@pytest.mark.parametrize(
    "options",
    [
        {"keep_alive_interval": "15"},
        {"stream_buffer_capacity": 1.5},
        {"outbox_limit": math.nan},
        {"outbox_limit": None},
    ],
)
def test_options_of_a_hub_that_are_no_numbers(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"HubOptions.{next(iter(options))}"):
        HubOptions(**options)


def test_protocols_are_no_string() -> None:
    with pytest.raises(TypeError, match=r"HubOptions.supported_protocols is 'json'; it must be a set of names"):
        HubOptions(supported_protocols="json")  # type: ignore[arg-type]  # that is the point


# Clients


class Base(Hub[Bell], Generic[T]):
    pass


class OfNumbers(Base[int]):
    pass


K = TypeVar("K", bound=Client)


class Passing(Hub[K], Generic[T, K]):
    pass


class Passed(Passing[int, Bell]):
    pass


class Unbound(Passing[int, K]):
    pass


@pytest.mark.parametrize(
    ("hub", "client"), [(OfNumbers, Bell), (Base, Bell), (Passed, Bell), (Unbound, Client), (Plain, Client)]
)
def test_the_client_of_generic_hubs(hub: type[Hub[Any]], client: type) -> None:
    assert client_type(hub) is client


def test_a_client_that_is_named_by_a_string() -> None:
    class Wrong(Hub["Bell"]):
        pass

    with pytest.raises(HubDefinitionError, match=r"Wrong: Hub.*give the class itself"):
        map_hub(FastAPI(), "/hub", Wrong)


@pytest.mark.parametrize(
    "select",
    [
        lambda context: context.clients.groups("board"),
        lambda context: context.clients.users("ali"),
        lambda context: context.clients.clients("id"),
        lambda context: context.clients.all_except("id"),
        lambda context: context.clients.group_except("board", "id"),
    ],
)
async def test_a_string_is_not_several(select: Callable[[HubContext], Client]) -> None:
    async with serving(Plain) as bench:
        with pytest.raises(TypeError, match="is one string; give a list"):
            select(bench.context())


# Methods


@pytest.mark.parametrize("marker", [Header(), Header(None)])
def test_a_parameter_of_a_request_is_refused(marker: Any) -> None:
    class Asking(Hub):
        async def ask(self, tenant: Annotated[str, marker]) -> None: ...

    class AskingByDefault(Hub):
        async def ask(self, tenant: str = marker) -> None: ...

    for hub in (Asking, AskingByDefault):
        with pytest.raises(HubDefinitionError, match=r"'tenant' asks for Header.* take the HTTPConnection"):
            map_hub(FastAPI(), "/hub", hub)


def test_items_that_cannot_be_checked_are_named_with_their_method() -> None:
    class Opaque:
        pass

    class Taking(Hub):
        async def take(self, things: AsyncIterator[Opaque]) -> None: ...

    with pytest.raises(HubDefinitionError, match=r"Taking.take: "):
        map_hub(FastAPI(), "/hub", Taking)


def test_nothing_is_injected_into_the_life_cycle() -> None:
    class Injected(Hub):
        async def on_connected(self, four: Annotated[int, Depends(lambda: 4)] = 4) -> None: ...

    class TooMuch(Hub):
        async def on_connected(self, four: int) -> None: ...  # type: ignore[override]  # that is the point

    class TooLittle(Hub):
        async def on_disconnected(self) -> None: ...  # type: ignore[override]  # and that

    for hub in (Injected, TooMuch, TooLittle):
        with pytest.raises(HubDefinitionError, match="alone; inject into the constructor"):
            map_hub(FastAPI(), "/hub", hub)


async def twice(number: int) -> int:
    return 2 * number


def traced(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        return method(*args, **kwargs)

    return wrapped


class Kinds(Hub):
    connected = 0

    def on_connected(self) -> None:  # type: ignore[override]  # no coroutine
        type(self).connected += 1

    async def doubled(self, four: Annotated[int, Depends(partial(twice, 2))]) -> int:
        return four

    @traced
    async def wrapped_stream(self):  # type: ignore[no-untyped-def]  # nothing says that it streams
        yield 1


async def test_kinds_of_callables() -> None:
    Kinds.connected = 0
    async with serving(Kinds) as bench:
        client = await bench.connect()
        assert Kinds.connected == 1
        assert await client.invoke("Doubled") == completion(4)
        client.send({"type": 4, "invocationId": "1", "target": "WrappedStream", "arguments": []})
        assert await client.receive() == {"type": 2, "invocationId": "1", "item": 1}


async def test_a_policy_of_a_mixin_is_asked() -> None:
    class Guarded(OpenMixin):
        @authorize(roles=["admin"])
        async def wipe(self) -> str:
            return "wiped"

    async with serving(Guarded) as bench:
        client = await bench.connect(None, user("sam", "staff"))
        refusal = "Failed to invoke 'Wipe' because user is unauthorized"
        assert await client.invoke("Wipe") == failure(refusal)
        admin = await bench.connect(None, ClaimsPrincipal("alex", frozenset({"admin"})))
        assert await admin.invoke("Wipe") == completion("wiped")


@pytest.mark.parametrize("declared", [bytes | str, list[int] | tuple[int, ...], set[int] | list[int]])
def test_unions_that_msgspec_does_not_know(declared: Any) -> None:
    sent: Any = "x" if declared == bytes | str else [1]
    assert Value(declared).from_python(sent) in ("x", [1], (1,), {1})


def test_names_that_declarations_use_themselves() -> None:
    class Item(BaseModel):
        name: str

    class Shop(Hub):
        async def sell(self, item: Item) -> None: ...

    declarations = to_typescript(describe({"/shop": Shop}), "")
    assert "export interface Item_ {" in declarations
    assert "Sell: (item: Item_) => void;" in declarations


class Parcel(TypedDict):
    tracking_number: str


class Place(NamedTuple):
    street: str
    number: int


class Odd(Hub):
    async def merge(self, one: AsyncGenerator[int, None], other: Annotated[AsyncIterator[int], "more"]) -> list[int]:
        return [item async for item in one] + [item async for item in other]

    async def anything(self, items: AsyncIterator) -> list[Any]:  # type: ignore[type-arg]  # says nothing of its items
        return [item async for item in items]

    async def count(self) -> Annotated[AsyncIterator[int], "few"]:
        yield 1

    async def parcel(self) -> Parcel:
        return {"tracking_number": "JD01"}

    async def place(self) -> Place:
        return Place("Torstraße", 1)


async def test_odd_ways_to_declare_streams() -> None:
    async with serving(Odd) as bench:
        client = await bench.connect()
        for target, streams in (("Merge", ["a", "b"]), ("Anything", ["c"])):
            client.send({**invocation(target, invocation_id="1"), "streamIds": streams})
            for stream in streams:
                client.send({"type": 2, "invocationId": stream, "item": 1}, {"type": 3, "invocationId": stream})
            assert await client.receive() == completion([1] * len(streams))
        client.send({"type": 4, "invocationId": "1", "target": "Count", "arguments": []})
        assert await client.receive() == {"type": 2, "invocationId": "1", "item": 1}


async def test_declarations_of_odd_types_are_what_is_sent() -> None:
    async with serving(Odd) as bench:
        client = await bench.connect()
        assert await client.invoke("Parcel") == completion({"tracking_number": "JD01"})
        assert await client.invoke("Place") == completion(["Torstraße", 1])
    declarations = to_typescript(describe({"/odd": Odd}), "")
    assert "readonly tracking_number: string;" in declarations
    assert "export type Place = readonly [string, number];" in declarations
    assert "Merge: (one: IStreamResult<number>, other: IStreamResult<number>) => ReadonlyArray<number>;" in declarations
    assert "Count: () => IStreamResult<number>;" in declarations
