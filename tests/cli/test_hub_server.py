"""Signals, while the hubs of the server say goodbye."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from websockets.sync.client import ClientConnection, connect

from app.config.settings import Settings
from tests.cli.process import Process, running

HANDSHAKE = '{"protocol":"json","version":1}\x1e'
SIGNALS = [signal.SIGTERM, signal.SIGINT]


@contextmanager
def serving(settings: Settings, hub: str) -> Iterator[tuple[Process, ClientConnection]]:
    with running(settings, "tests.cli.stuck_server") as process:
        port = process.wait_for(r"port (\d+)")[1]
        with connect(f"ws://127.0.0.1:{port}/{hub}", close_timeout=1) as client:
            client.send(HANDSHAKE)
            assert client.recv() == "{}\x1e"
            process.wait_for("connected")
            yield process, client


@pytest.mark.parametrize("number", SIGNALS)
def test_one_signal_is_an_orderly_stop_even_if_it_comes_twice_at_once(
    settings: Settings, number: signal.Signals
) -> None:
    with serving(settings, "slow") as (process, client):
        process.send(number)
        process.send(number)
        assert '"type":7' in str(list(client))
        assert client.protocol.close_rcvd is not None
        assert client.protocol.close_rcvd.code == 1000
        assert process.wait(10) == 0
    assert "disconnected None" in process.output


@pytest.mark.parametrize("number", SIGNALS)
def test_a_second_signal_kills_it_while_a_hub_says_goodbye(settings: Settings, number: signal.Signals) -> None:
    with serving(settings, "stuck") as (process, _):
        process.send(number)
        process.wait_for("stuck")
        time.sleep(1)  # two signals at the same time are one request
        assert process.end(number) == -number
    assert "stopped in order" not in process.output
