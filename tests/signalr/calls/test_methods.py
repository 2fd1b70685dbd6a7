"""Which methods of a hub clients can call, and under which names."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import pytest
from fastapi import FastAPI

from app.signalr import Client, Hub, HubDefinitionError, authorize, hub_method_name, map_hub
from app.signalr.calls.methods import HubMethods
from tests.signalr.harness import binding_failure, completion, serving

pytestmark = pytest.mark.anyio
C = TypeVar("C", bound=Client)


class Base(Hub):
    async def inherited(self) -> str:
        return "inherited"

    async def replaced(self) -> str:
        return "of the base"


class Mixin:
    async def mixed_in(self) -> str:
        return "mixed in"


class Shop(Base, Mixin):
    constant = 7

    async def send_message(self, text: str) -> str:
        return text

    async def replaced(self) -> str:
        return "of the subclass"

    @hub_method_name("FetchAll")
    async def get_all(self) -> str:
        return "all"

    async def orderShipped(self) -> str:  # noqa: N802 - a name as JavaScript writes it
        return "camel"

    async def _private(self) -> str:
        return "private"

    async def __mangled(self) -> str:
        return "mangled"

    async def on_connected(self) -> None:
        await super().on_connected()

    @property
    def stock(self) -> int:
        return 1

    @classmethod
    def of_the_class(cls) -> str:
        return "class"

    @staticmethod
    def static(text: str) -> str:
        return text


@pytest.mark.parametrize("name", ["SendMessage", "sendMessage", "send_message", "SENDMESSAGE", "sendmessage"])
async def test_a_method_answers_to_every_spelling(name: str) -> None:
    async with serving(Shop) as bench:
        assert await (await bench.connect()).invoke(name, "hi") == completion("hi")


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("Inherited", "inherited"),
        ("Replaced", "of the subclass"),
        ("MixedIn", "mixed in"),
        ("FetchAll", "all"),
        ("fetchall", "all"),
        ("OrderShipped", "camel"),
    ],
)
async def test_what_can_be_called(name: str, result: str) -> None:
    async with serving(Shop) as bench:
        assert await (await bench.connect()).invoke(name) == completion(result)


@pytest.mark.parametrize(
    "name",
    [
        "get_all",
        "GetAll",
        "_private",
        "Private",
        "__mangled",
        "_Shop__mangled",
        "OnConnected",
        "on_connected",
        "OnDisconnected",
        "__init__",
        "__class__",
        "__init_subclass__",
        "context",
        "clients",
        "Groups",
        "constant",
        "stock",
        "OfTheClass",
        "Static",
        "",
        "é",
    ],
)
async def test_what_cannot_be_called(name: str) -> None:
    async with serving(Shop) as bench:
        client = await bench.connect()
        for arguments in ([], ["x"]):
            answer = await client.invoke(name, *arguments)
            assert answer == binding_failure(name, "HubException: Method does not exist.")
        assert await client.invoke("SendMessage", "still here") == completion("still here")


async def test_errors_carry_the_declared_name() -> None:
    async with serving(Shop) as bench:
        client = await bench.connect()
        assert await client.invoke("sendmessage") == binding_failure("SendMessage")
        assert await client.invoke("fetchall", 1) == binding_failure("FetchAll")


def test_names_that_differ_only_in_spelling_are_refused() -> None:
    class Twice(Hub):
        async def send_message(self) -> None: ...

        async def sendMessage(self) -> None: ...  # noqa: N802 - that is the point

    class Renamed(Hub):
        async def first(self) -> None: ...

        @hub_method_name("FIRST")
        async def second(self) -> None: ...

    for hub, name in ((Twice, "SendMessage"), (Renamed, "first")):
        with pytest.raises(HubDefinitionError, match=f"(?i){hub.__name__}.*'{name}'"):
            map_hub(FastAPI(), "/hub", hub)


def _keyword_only() -> type[Hub]:
    class Wrong(Hub):
        async def method(self, *, text: str) -> None: ...

    return Wrong


def _any_number() -> type[Hub]:
    class Wrong(Hub):
        async def method(self, *text: str) -> None: ...

    return Wrong


def _any_keyword() -> type[Hub]:
    class Wrong(Hub):
        async def method(self, **text: str) -> None: ...

    return Wrong


def _positional_only() -> type[Hub]:
    class Wrong(Hub):
        async def method(self, text: str, /) -> None: ...

    return Wrong


@pytest.mark.parametrize("define", [_keyword_only, _any_number, _any_keyword, _positional_only])
def test_parameters_that_no_client_can_send(define: Callable[[], type[Hub]]) -> None:
    with pytest.raises(HubDefinitionError, match=r"Wrong.method.*'text'"):
        map_hub(FastAPI(), "/hub", define())


def test_a_type_hint_that_leads_nowhere() -> None:
    class Wrong(Hub):
        async def method(self, text: "Nowhere") -> None: ...  # type: ignore[name-defined]  # noqa: F821 - that is it

    with pytest.raises(HubDefinitionError, match=r"Wrong.method.*Nowhere"):
        map_hub(FastAPI(), "/hub", Wrong)


def test_a_type_that_cannot_be_checked() -> None:
    class Opaque:
        pass

    class Wrong(Hub):
        async def method(self, thing: Opaque) -> None: ...

    with pytest.raises(HubDefinitionError, match=r"^Wrong\.method: .*Opaque"):
        map_hub(FastAPI(), "/hub", Wrong)


async def test_defaults_do_not_help() -> None:
    class Defaults(Hub):
        async def greet(self, name: str, greeting: str = "hello") -> str:
            return f"{greeting} {name}"

    async with serving(Defaults) as bench:
        client = await bench.connect()
        assert await client.invoke("Greet", "you") == binding_failure("Greet")
        assert await client.invoke("Greet", "you", "hi") == completion("hi you")


async def test_parameters_without_a_hint_take_anything() -> None:
    class Untyped(Hub):
        async def echo(self, value):  # type: ignore[no-untyped-def]  # that is the point
            return value

    async with serving(Untyped) as bench:
        client = await bench.connect()
        for value in (None, 1, "a", [1, {"b": None}]):
            assert await client.invoke("Echo", value) == completion(value)


async def test_generic_hubs() -> None:
    class Store(Hub[C], Generic[C]):
        async def stored(self) -> int:
            return 1

    class Concrete(Store[Client]):
        async def mine(self) -> int:
            return 2

    async with serving(Concrete) as bench:
        client = await bench.connect()
        assert await client.invoke("Stored") == completion(1)
        assert await client.invoke("Mine") == completion(2)


async def test_decorated_methods_keep_their_names() -> None:
    class Guarded(Hub):
        @authorize
        @hub_method_name("Secret")
        async def open_safe(self) -> None: ...

    assert [method.name for method in HubMethods(Guarded)] == ["Secret"]


async def test_two_hubs_of_one_server_do_not_share_methods() -> None:
    class First(Hub):
        async def one(self) -> int:
            return 1

    class Second(Hub):
        async def two(self) -> int:
            return 2

    async with serving(First, Second) as bench:
        client: Any = await bench.connect(Second)
        assert await client.invoke("Two") == completion(2)
        assert await client.invoke("One") == binding_failure("One", "HubException: Method does not exist.")
