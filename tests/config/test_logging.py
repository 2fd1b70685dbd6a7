"""Logs: one line per event, readable or JSON, and never a token."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any, Literal

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from app.api.middleware.access_log import log_request
from app.auth.principal import Role
from app.auth.tokens import Tokens
from app.config.logging import configure_logging
from app.config.settings import Settings
from tests.support.logs import logging_restored

TOKEN = Tokens(["kXo1cN0sZr8Wv2mQe7Ty4Ua9Hb3Lp6Jd5Gf"], issuer="w", audience="w", ttl=60).issue("ada", Role.STAFF)


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    with logging_restored():
        yield


def log_to(stream: io.StringIO, form: Literal["auto", "console", "json"] = "json", level: Any = "info") -> None:
    configure_logging(Settings(_env_file=None, log_format=form, log_level=level), stream)


def test_lines_are_json_when_nobody_watches() -> None:
    stream = io.StringIO()
    log_to(stream, "auto")
    with bound_contextvars(request_id="r-1"):
        structlog.stdlib.get_logger("app.orders").info("shipped", order_id=42)
    line = json.loads(stream.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "shipped",
        "level": "info",
        "logger": "app.orders",
        "order_id": 42,
        "request_id": "r-1",
    }


def test_lines_are_readable_on_request() -> None:
    stream = io.StringIO()
    log_to(stream, "console")
    structlog.stdlib.get_logger("app.orders").warning("late", order_id=42)
    assert "late" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_the_standard_library_logs_through_the_same_handler() -> None:
    stream = io.StringIO()
    log_to(stream)
    with bound_contextvars(request_id="r-2"):
        logging.getLogger("uvicorn.error").info("%s is up", "server", extra={"color_message": "\x1b[1m"})
    line = json.loads(stream.getvalue())
    assert (line["event"], line["logger"], line["request_id"]) == ("server is up", "uvicorn.error", "r-2")
    assert "color_message" not in line


def test_the_level_is_that_of_the_settings() -> None:
    stream = io.StringIO()
    log_to(stream, level="warning")
    structlog.stdlib.get_logger("app").info("quiet")
    logging.getLogger("uvicorn.error").info("quiet")
    assert stream.getvalue() == ""


def test_configuring_twice_logs_once() -> None:
    first, second = io.StringIO(), io.StringIO()
    log_to(first)
    log_to(second)
    logging.getLogger("app").info("once")
    assert first.getvalue() == ""
    assert len(second.getvalue().splitlines()) == 1


@pytest.mark.parametrize("form", ["console", "json"])
def test_tracebacks_show_no_local_variables(form: Literal["console", "json"]) -> None:
    stream = io.StringIO()
    log_to(stream, form)

    def fail() -> None:
        password = "hush-hush"
        raise RuntimeError(f"{len(password)} characters")

    try:
        fail()
    except RuntimeError:
        structlog.stdlib.get_logger("app").exception("failed")
    assert "RuntimeError: 9 characters" in stream.getvalue()
    assert "hush-hush" not in stream.getvalue()


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_token_reaches_the_log(form: Literal["console", "json"]) -> None:
    stream = io.StringIO()
    log_to(stream, form)
    logging.getLogger("uvicorn.error").info('%s - "WebSocket %s" [accepted]', "1.2.3.4", f"/h?access_token={TOKEN}&a=1")
    logging.getLogger("some.library").warning("headers: %r", {"Authorization": f"Bearer {TOKEN}"})
    log = structlog.stdlib.get_logger("app")
    log.info("request", authorization=f"bearer {TOKEN}", nested={"token": TOKEN})
    log.error("failed", exc_info=ValueError(TOKEN), url=f"https://x/h?id=7&access_token={TOKEN}")
    assert TOKEN.rpartition(".")[2] not in stream.getvalue()
    assert TOKEN.split(".")[1] not in stream.getvalue()
    assert "/h?access_token=[redacted]&a=1" in stream.getvalue()


def access_lines(form: Literal["console", "json"], level: str = "info") -> list[str]:
    stream = io.StringIO()
    log_to(stream, form, level)
    log_request("GET", f"/orders/42/{TOKEN}", 200, 0.01234, "r-3")
    log_request("GET", "/health/live", 200, 0.001, "r-4")
    log_request("GET", "/health/ready", 503, 0.001, "r-5")
    return stream.getvalue().splitlines()


def test_the_access_line_has_its_fields_and_no_token() -> None:
    answered, refused = map(json.loads, access_lines("json"))
    assert answered.pop("timestamp").endswith("Z")
    assert answered == {
        "event": "request",
        "level": "info",
        "logger": "app.access",
        "request_id": "r-3",
        "method": "GET",
        "path": "/orders/42/[redacted]",
        "status": 200,
        "ms": 12.3,
    }
    assert (refused["path"], refused["status"]) == ("/health/ready", 503)


def test_the_access_line_is_readable_on_request() -> None:
    line = re.sub(r"\x1b\[[0-9;]*m", "", access_lines("console")[0])
    assert re.match(r"\d\d:\d\d:\d\d \[info +\] request +\[app\.access\] ", line)
    assert "method=GET ms=12.3 path=/orders/42/[redacted] request_id=r-3 status=200" in line


def test_probes_are_logged_at_debug_level_and_refused_ones_always() -> None:
    assert len(access_lines("json", "debug")) == 3
    assert access_lines("json", "warning") == []


def test_another_handler_writes_the_access_line_as_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "app.access")
    log_request("POST", "/orders", 201, 0.002, "r-6")
    assert caplog.messages == ["POST /orders 201 in 2.0 ms, request r-6"]
