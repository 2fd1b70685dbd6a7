"""Logging: one line per event on stderr, readable in a terminal, JSON elsewhere, and never a token in it."""

import logging
import re
import sys
from typing import TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from app.config.settings import Settings

_TOKENS = re.compile(
    r"(?P<kept>access_token=)[^&\s\"'\\]+"
    r"|(?P<scheme>bearer\s+)[\w.~+/=-]{8,}"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*",
    re.IGNORECASE,
)
_SERVER_LOGGERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")
_QUIETER = ("sqlalchemy", "asyncio", "alembic", "websockets", "multipart", "python_multipart")


def redact(text: str) -> str:
    """The text without bearer tokens: in a query, after ``Bearer``, or anything that looks like a JWT."""
    return _TOKENS.sub(lambda found: f"{found['kept'] or found['scheme'] or ''}[redacted]", text)


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Send everything that this process logs to one handler; calling it again replaces that handler."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(_wants_console(settings, stream)))
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if not isinstance(kept.formatter, _Redacting)] + [handler]
    root.setLevel(settings.log_level.upper())
    for name in _QUIETER:
        logging.getLogger(name).setLevel(logging.WARNING)
    _adopt_server_loggers()
    route_to_stdlib()


def route_to_stdlib() -> None:
    """Send structlog's lines through ``logging``; without a handler of ours they go wherever those go."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared_processors(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def redact_server_logs() -> None:
    """Keep tokens out of uvicorn's lines even where uvicorn's own logging configuration is in force."""
    for name in _SERVER_LOGGERS:
        logger = logging.getLogger(name)
        if _redact_arguments not in logger.filters:
            logger.addFilter(_redact_arguments)


def _redact_arguments(record: logging.LogRecord) -> bool:
    # Arguments stay in place, one by one: uvicorn's access formatter takes them apart.
    if isinstance(record.args, tuple):
        record.args = tuple(redact(arg) if isinstance(arg, str) else arg for arg in record.args)
    if isinstance(record.msg, str):
        record.msg = redact(record.msg)
    return True


def _adopt_server_loggers() -> None:
    for name in _SERVER_LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # app.api.middleware.access_log writes these lines instead, with the request id and without the query.
    logging.getLogger("uvicorn.access").propagate = False


def _wants_console(settings: Settings, stream: TextIO) -> bool:
    return settings.log_format == "console" or (settings.log_format == "auto" and stream.isatty())


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
    ]


def _formatter(console: bool) -> logging.Formatter:
    # Tracebacks are plain in both forms: the rich ones show local variables, and with them secrets.
    if console:
        ending: list[Processor] = [
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
        ]
    else:
        ending = [
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_json),
        ]
    return _Redacting(
        foreign_pre_chain=[*_shared_processors(), structlog.stdlib.ExtraAdder()],
        processors=[
            _without_server_colours,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *ending,
        ],
    )


class _Redacting(structlog.stdlib.ProcessorFormatter):
    """Redacts the finished line, whatever it was made of."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def _without_server_colours(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event.pop("color_message", None)
    return event


def _json(event: EventDict, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
