"""The server as a process: how it starts, what it logs and how it ends."""

import json
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx2
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from app.auth.principal import Role
from app.config.settings import Settings
from tests.cli.process import running
from tests.support.tokens import access_token, bearer

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HANDSHAKE = '{"protocol":"json","version":1}\x1e'
SIGN_IN_LINE = r"TOKEN=\$\(curl -s -d '([^']+)' (http://localhost:\d+)/auth/token \| python3 -c '.*'\)\n"
SHIP_LINE = r'curl -X POST http://localhost:\d+(/orders/\d+)/ship -H "Authorization: Bearer \$TOKEN"\n'


def test_serve_answers_logs_json_and_ends_at_sigterm(settings: Settings) -> None:
    with running(settings, "app", "serve", "--port", "0") as process:
        address = process.wait_for(r'"address":"(http://localhost:\d+)"')[1]
        response = httpx2.get(f"{address}/orders?access_token=hush", headers={"X-Request-ID": "find-me"})
        assert response.status_code == 401
        process.wait_for("find-me")
        assert process.end() == 0
        lines: list[dict[str, Any]] = [json.loads(line) for line in process.lines]
    [request] = [line for line in lines if line["event"] == "request"]
    assert (request["path"], request["status"], request["request_id"]) == ("/orders", 401, "find-me")
    assert "hush" not in process.output


def test_an_empty_production_database_gets_its_first_admin(settings: Settings) -> None:
    production = {"WAYBILL_ENVIRONMENT": "production"}
    hint = "no admin can sign in; add one: waybill user add USERNAME --role admin"
    with running(settings, "app", "serve", "--port", "0", **production) as process:
        process.wait_for(hint)
        address = process.wait_for(r'"address":"(http://localhost:\d+)"')[1]
        command = ["user", "add", "rita", "--role", "admin", "--generate"]
        with running(settings, "app", *command, **production) as adding:
            assert adding.wait() == 0
            [password] = [line.strip() for line in adding.lines if "rita" not in line]
        form = {"username": "rita", "password": password}
        token = httpx2.post(f"{address}/auth/token", data=form).json()["access_token"]
        me = httpx2.get(f"{address}/auth/me", headers=bearer(token)).json()
        assert (me["name"], me["role"]) == ("rita", "admin")
        process.end()
    with running(settings, "app", "serve", "--port", "0", **production) as process:
        process.wait_for(r'"address"')
        process.end()
        assert hint not in process.output


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_clients_connected(settings: Settings, signal_number: signal.Signals) -> None:
    with running(settings, "app", "serve", "--port", "0") as process:
        address = process.wait_for(r'"address":"http(://localhost:\d+)"')[1]
        with connect(f"ws{address}/chathub") as one, connect(f"ws{address}/chathub") as other:
            for client in (one, other):
                client.send(HANDSHAKE)
                assert client.recv() == "{}\x1e"
            code = process.end(signal_number)
            assert '"type":7' in str(list(one))
    assert code == 0
    assert "Traceback" not in process.output


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_ends_it_at_once(settings: Settings, signal_number: signal.Signals) -> None:
    with running(settings, "app", "serve", "--port", "0") as process:
        address = process.wait_for(r'"address":"http(://localhost:\d+)"')[1]
        with unfinished_request(address):  # the server waits for the rest of it
            process.send(signal_number)
            process.wait_for("Shutting down")
            time.sleep(1)  # two signals at the same time are one request
            assert process.end(signal_number) == -signal_number


@contextmanager
def unfinished_request(address: str) -> Iterator[None]:
    """A request that the application is reading and whose body never ends."""
    port = int(address.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as client:
        head = "POST /auth/token HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 99\r\n"
        client.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode())
        assert b"100 Continue" in client.recv(1000)
        yield


def test_the_same_signal_twice_at_once_is_one_request(settings: Settings) -> None:
    with running(settings, "app", "serve", "--port", "0") as process:
        process.wait_for(r'"address":"http')
        process.send(signal.SIGTERM)
        process.send(signal.SIGTERM)
        assert process.end() == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["app", "serve", "--port", "0"],
        ["uvicorn", "app.main:app", "--port", "0"],
        ["uvicorn", "app.main:app", "--port", "0", "--log-level", "trace"],
        ["uvicorn", "--factory", "app.main:create_app", "--port", "0", "--log-level", "debug"],
    ],
    ids=["waybill serve", "uvicorn app.main:app", "with trace", "uvicorn --factory with debug"],
)
def test_no_log_of_a_whole_run_holds_a_token(settings: Settings, arguments: list[str]) -> None:
    """Over every transport, by query and by header, in requests that are granted and in those that are refused."""
    tokens = [
        access_token(settings, "alice", Role.CUSTOMER),
        access_token(settings, "bob", Role.CUSTOMER),
        access_token(settings, "alice", Role.CUSTOMER, ttl=-60),
        access_token(settings, "alice", Role.CUSTOMER) + "damaged",
    ]
    with running(settings, *arguments, WAYBILL_LOG_LEVEL="debug") as process:
        address = process.wait_for(r"http(://(?:localhost|127\.0\.0\.1):\d+)")[1]
        for token in tokens:
            for query, headers in ((f"&access_token={token}", {}), ("", bearer(token))):
                open_socket(f"ws{address}/hubs/orders?a=b{query}", headers)
                with httpx2.Client(base_url=f"http{address}", headers=headers) as client:
                    use_requests(client, query, other=tokens[1])
        httpx2.post(f"http{address}/auth/token", data={"username": "alice", "password": "hush-hush"})
        httpx2.get(f"http{address}/the-last-one")
        process.wait_for("/the-last-one")
        process.end()
    assert "access_token=[redacted]" in process.output
    assert "hush-hush" not in process.output
    for token in tokens:
        for part in token.split("."):
            assert part not in process.output


def open_socket(url: str, headers: dict[str, str]) -> None:
    """A connection over a WebSocket, if it is let in."""
    with suppress(InvalidStatus), connect(url, additional_headers=headers) as websocket:
        websocket.send(HANDSHAKE)
        assert websocket.recv() == "{}\x1e"
        websocket.send('{"type":7}\x1e')


def use_requests(client: httpx2.Client, query: str, *, other: str) -> None:
    """A connection over each of the other transports, if it is let in, and what is always refused."""
    client.get(f"/auth/me?a=b{query}")
    client.get(f"/hubs/orders?id=unknown{query}")
    client.get(f"/hubs/orders?id=unknown{query}", headers={"Upgrade": "websocket", "Connection": "Upgrade"})
    for accept in ("text/event-stream", "*/*"):
        negotiated = client.post(f"/hubs/orders/negotiate?negotiateVersion=1{query}")
        if negotiated.status_code != 200:
            continue
        path = f"/hubs/orders?id={negotiated.json()['connectionToken']}"
        with client.stream("GET", path + query, headers={"Accept": accept}) as response:
            assert next(response.iter_raw(), b"") in (b"", b":\r\n")
            client.post(path + query, content=HANDSHAKE.encode())
            client.post(path + query, content=b"no message\x1e")
            client.post(f"{path}&access_token={other}", headers=bearer(other))
        client.get(path + query)
        client.delete(path + query)


def test_plain_uvicorn_does_not_start_on_a_schema_that_is_behind(settings: Settings) -> None:
    empty = {"DATABASE_URL": f"sqlite:///{settings.var_dir}/empty.db"}
    with running(settings, "uvicorn", "app.main:app", "--port", "0", **empty) as process:
        process.wait_for("run `waybill migrate`")
        process.wait_for("startup failed")
        assert process.wait() == 3
        assert "Traceback" not in process.output


def test_the_demo_starts_from_nothing_and_keeps_what_happened(settings: Settings) -> None:
    database = {"DATABASE_URL": f"sqlite:///{settings.var_dir}/demo.db", "WAYBILL_COURIER_SPEED": "0.01"}
    with running(settings, "app", "demo", "--port", "0", **database) as process:
        form, address = process.wait_for(SIGN_IN_LINE).groups()
        order = process.wait_for(SHIP_LINE)[1]
        assert order == "/orders/42"
        shipped = ship(address, form, order)
        assert (shipped["status"], shipped["event"]["type"]) == ("Shipped", "OrderShipped")
        accounts = httpx2.get(f"{address}/demo/accounts").json()["accounts"]
        for account in accounts:
            assert re.search(rf"^{account['username']} +{account['password']} ", process.output, re.MULTILINE)
        process.end()
    with running(settings, "app", "demo", "--port", "0", **database) as process:
        form, address = process.wait_for(SIGN_IN_LINE).groups()
        order = process.wait_for(SHIP_LINE)[1]
        assert order != "/orders/42", "the line that is pasted names an order that can be shipped"
        assert ship(address, form, order)["event"]["type"] == "OrderShipped"
        process.end()
        assert "Added" not in process.output
    with running(settings, "app", "demo", "--port", "0", "--reset", **database) as process:
        assert process.wait_for(SHIP_LINE)[1] == "/orders/42"
        assert "Deleted" in process.output


def ship(address: str, form: str, order: str) -> dict[str, Any]:
    """What the two lines do that people are invited to paste."""
    data = dict(pair.split("=") for pair in form.split("&"))
    token = httpx2.post(f"{address}/auth/token", data=data).json()["access_token"]
    response = httpx2.post(f"{address}{order}/ship", headers=bearer(token))
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body
