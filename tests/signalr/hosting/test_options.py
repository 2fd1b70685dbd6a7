"""Options: what cannot work is refused by name, and a hub's own replace the server's."""

import math
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
    ],
)
def test_values_that_cannot_work(name: str, value: float) -> None:
    options: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=f"HubOptions.{name}"):
        HubOptions(**options)


def test_a_hub_s_own_options_replace_the_server_s() -> None:
    app = FastAPI()
    signalr = add_signalr(app, options=HubOptions(keep_alive_interval=5))
    own = HubOptions(handshake_timeout=3)
    map_hub(app, "/first", First)
    map_hub(app, "/second", Second, options=own)
    assert [runtime.options for runtime in signalr.hubs] == [signalr.options, own]
    assert own.keep_alive_interval == HubOptions().keep_alive_interval


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
