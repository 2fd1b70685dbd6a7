"""Options: what cannot work is refused by name, and what a hub's own leave out comes from the server's."""

import copy
import dataclasses
import math
import pickle
from typing import Any

import pytest
from fastapi import FastAPI

from app.signalr import Hub, HubDefinitionError, HubFilter, HubOptions, add_signalr, map_hub


class First(Hub):
    pass


class Second(Hub):
    pass


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("keep_alive_interval", 0),
        ("client_timeout_interval", -1),
        ("handshake_timeout", 0),
        ("maximum_receive_message_size", 0),
        ("maximum_parallel_invocations_per_client", 0),
        ("outbox_limit", 0),
        ("close_timeout", -1),
        ("keep_alive_interval", math.nan),
        ("keep_alive_interval", True),
        ("outbox_limit", True),
        ("maximum_receive_message_size", True),
    ],
)
def test_values_that_cannot_work(name: str, value: float) -> None:
    options: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=f"HubOptions.{name}"):
        HubOptions(**options)


def hub_options(server: HubOptions | None, own: HubOptions | None) -> HubOptions:
    """What a hub is served with."""
    app = FastAPI()
    signalr = add_signalr(app, options=server)
    map_hub(app, "/first", First, options=own)
    return signalr.runtime(First).options


def test_what_a_hub_s_own_options_leave_out_comes_from_the_server_s() -> None:
    app = FastAPI()
    signalr = add_signalr(app, options=HubOptions(keep_alive_interval=5))
    own = HubOptions(handshake_timeout=3)
    map_hub(app, "/first", First)
    map_hub(app, "/second", Second, options=own)
    inherited = HubOptions(keep_alive_interval=5, handshake_timeout=3)
    assert [runtime.options for runtime in signalr.hubs] == [signalr.options, inherited]
    assert own.keep_alive_interval == HubOptions().keep_alive_interval


@pytest.mark.parametrize(
    ("name", "server", "own"),
    [
        ("maximum_receive_message_size", 100, None),
        ("maximum_receive_message_size", None, 32 * 1024),
        ("supported_protocols", frozenset({"json"}), None),
        ("supported_protocols", None, frozenset()),
        ("enable_detailed_errors", True, False),
        ("keep_alive_interval", 5, 15.0),
    ],
)
def test_what_is_given_counts_even_if_it_is_none_or_the_default(name: str, server: Any, own: Any) -> None:
    given: dict[str, Any] = {name: own}
    general: dict[str, Any] = {name: server, "outbox_limit": 77}
    options = hub_options(HubOptions(**general), HubOptions(**given))
    assert (getattr(options, name), options.outbox_limit) == (own, 77)


def test_options_that_were_derived_or_copied_know_what_was_given() -> None:
    server = HubOptions(keep_alive_interval=5, outbox_limit=77)
    own = HubOptions(handshake_timeout=3)
    for same in (copy.copy(own), copy.deepcopy(own), pickle.loads(pickle.dumps(own))):
        assert hub_options(server, same) == HubOptions(keep_alive_interval=5, outbox_limit=77, handshake_timeout=3)
    complete = dataclasses.replace(server, handshake_timeout=3)
    assert hub_options(HubOptions(close_timeout=1), complete) == complete


def test_neither_equality_nor_the_text_depends_on_what_was_given() -> None:
    assert HubOptions(handshake_timeout=15.0) == HubOptions()
    assert hash(HubOptions(handshake_timeout=15.0)) == hash(HubOptions())
    assert repr(HubOptions(handshake_timeout=15.0)) == repr(HubOptions())
    assert hub_options(None, None) == HubOptions()


def test_one_hub_on_two_paths_shares_all() -> None:
    app = FastAPI()
    map_hub(app, "/first", First)
    map_hub(app, "/also", First)
    assert len(app.state.signalr.hubs) == 1
    with pytest.raises(HubDefinitionError, match="First is already mapped with other options"):
        map_hub(app, "/third", First, options=HubOptions(handshake_timeout=3))
    with pytest.raises(HubDefinitionError, match="First is already mapped with other filters"):
        map_hub(app, "/third", First, filters=[HubFilter()])


def test_a_hub_does_not_stand_in_the_way_of_other_routes_names() -> None:
    app = FastAPI()
    map_hub(app, "/first", First)

    @app.get("/later", name="later")
    def later() -> None: ...

    assert app.url_path_for("later") == "/later"


def test_what_is_no_hub_is_refused() -> None:
    class Nothing:
        pass

    with pytest.raises(HubDefinitionError, match="Nothing is not a Hub"):
        map_hub(FastAPI(), "/hub", Nothing)  # type: ignore[arg-type]  # that is the point


def test_options_of_a_class_of_ones_own_stay_so() -> None:
    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Special(HubOptions):
        colour: str = "red"

    inherited = Special(close_timeout=1, colour="green").inherit(HubOptions(outbox_limit=7))
    assert inherited == Special(close_timeout=1, colour="green", outbox_limit=7)


def test_the_log_names_a_protocol_that_the_server_does_not_have(caplog: pytest.LogCaptureFixture) -> None:
    map_hub(FastAPI(), "/hub", First, options=HubOptions(supported_protocols=frozenset(["json"])))
    assert not caplog.messages
    map_hub(FastAPI(), "/hub", First, options=HubOptions(supported_protocols=frozenset(["json", "jsn"])))
    assert caplog.messages == ["First: supported_protocols names 'jsn', but this server has 'json', 'messagepack'"]
