"""Users of the framework alone: no token of a client is in what uvicorn logs, however it is written."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from websockets.asyncio.client import connect

from app.signalr import Hub, TokenFilter, map_hub
from tests.signalr.live import HOST, Adapter, listening
from tests.support.logs import logging_restored

pytestmark = pytest.mark.anyio

# Not random, so that every process that runs these tests finds them under the same names.
HEADER, CLAIMS, SIGNATURE = "eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiJhZGEifQ", "GdGSCU6qvXjN8YJ8oagXvwAbvX8d71uwT61utPbWVgs"
TOKEN = f"{HEADER}.{CLAIMS}.{SIGNATURE}"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What uvicorn writes with handlers of its own."""
    stream = io.StringIO()
    with logging_restored():
        logger = logging.getLogger("uvicorn")
        logger.handlers = [logging.StreamHandler(stream)]
        logger.setLevel(logging.INFO)
        for name in ("uvicorn.error", "uvicorn.access"):
            logging.getLogger(name).propagate = True
            logging.getLogger(name).setLevel(logging.INFO)
        yield stream


@pytest.mark.parametrize("adapter", list(Adapter), ids=["takeover", "asgi"])
@pytest.mark.parametrize("name", ["access_token", "ACCESS_TOKEN", "access%5Ftoken", "%61ccess_token"])
async def test_uvicorn_logs_requests_without_their_tokens(adapter: Adapter, name: str, log: io.StringIO) -> None:
    app = FastAPI()
    map_hub(app, "/hub", Hub)
    async with listening(app, adapter) as port, connect(f"ws://{HOST}:{port}/hub?a=1&{name}={SIGNATURE}"):
        pass
    [line] = [line for line in log.getvalue().splitlines() if "[accepted]" in line]
    assert "WebSocket /hub?a=1&" in line
    assert "[redacted]" in line
    assert SIGNATURE not in log.getvalue()
    for logger in ("uvicorn.error", "uvicorn.access"):
        assert not [one for one in logging.getLogger(logger).filters if isinstance(one, TokenFilter)]


def test_arguments_keep_their_places(log: io.StringIO) -> None:
    logger = logging.getLogger("uvicorn.access")
    logger.addFilter(TokenFilter())
    logger.info('%s - "%s %s HTTP/%s" %d', "1.2.3.4:5", "GET", f"/h?access_token={TOKEN}&a=1", "1.1", 200)
    assert log.getvalue() == '1.2.3.4:5 - "GET /h?access_token=[redacted]&a=1 HTTP/1.1" 200\n'


def written(logger: str, stream: io.StringIO, template: object, *arguments: object, **options: Any) -> str:
    """What one logger writes with a filter."""
    one = logging.getLogger(logger)
    one.addFilter(TokenFilter())
    one.error(template, *arguments, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("template", "arguments", "line"),
    [
        ("GET /h?access_token=%s HTTP/%s", (TOKEN, "1.1"), "GET /h?access_token=[redacted] HTTP/1.1\n"),
        ("%(path)s", ({"path": f"/{TOKEN}"},), "/[redacted]\n"),
        ("failed: %s", (ValueError(f"Bearer {TOKEN}"),), "failed: Bearer [redacted]\n"),
        ("scope %s", ({"query_string": f"access_token={SIGNATURE}&a=1".encode()},), None),
        ("headers %s", ([(b"authorization", f"Bearer {SIGNATURE}".encode())],), None),
        (ValueError(f"access_token={SIGNATURE}"), (), "access_token=[redacted]\n"),
        ("nothing to hide: %s of %d", ("1", 2), "nothing to hide: 1 of 2\n"),
    ],
)
def test_a_token_is_found_wherever_the_line_gets_it_from(
    template: object, arguments: tuple[object, ...], line: str | None, log: io.StringIO
) -> None:
    output = written("uvicorn.error", log, template, *arguments)
    assert SIGNATURE not in output
    assert output == line if line is not None else "[redacted]" in output


def test_a_token_in_a_traceback(log: io.StringIO) -> None:
    output = written("uvicorn.error", log, "failed", exc_info=ValueError(f"access_token={SIGNATURE}"))
    assert "ValueError: access_token=[redacted]" in output
    assert output.startswith("failed\n")
    assert SIGNATURE not in output


def test_a_line_that_cannot_be_formatted_shows_no_token_either(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """logging writes its template and its arguments to standard error."""
    line = logging.makeLogRecord({"msg": "%d of them", "args": (f"access_token={SIGNATURE}",)})
    assert TokenFilter().filter(line)
    logging.StreamHandler(io.StringIO()).handle(line)
    told = capsys.readouterr().err
    assert "access_token=[redacted]" in told
    assert SIGNATURE not in told
