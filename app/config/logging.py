"""Logging: one line per event on stderr, readable in a terminal, JSON elsewhere, and never a token in it."""

import logging
import sys
from typing import TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from app.config.access_line import AccessLine
from app.config.settings import Settings
from app.signalr.redaction import SERVER_LOGGERS, redact

_QUIETER = ("sqlalchemy", "asyncio", "alembic", "websockets", "multipart", "python_multipart")


def configure_logging(settings: Settings, stream: TextIO | None = None) -> None:
    """Sends everything that this process logs to one handler; calling it again replaces that handler."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_LineFormatter(console=_wants_console(settings, stream)))
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if not isinstance(kept.formatter, _LineFormatter)] + [handler]
    root.setLevel(settings.log_level.upper())
    for name in _QUIETER:
        logging.getLogger(name).setLevel(logging.WARNING)
    _adopt_server_loggers()
    route_to_stdlib()


def route_to_stdlib() -> None:
    """Sends the lines of structlog through `logging`; without a handler of ours they go wherever those go."""
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


def _adopt_server_loggers() -> None:
    for name in SERVER_LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # The service writes an access line of its own, with the request id and without the query.
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


class _LineFormatter(structlog.stdlib.ProcessorFormatter):
    """Writes every record as one line, and redacts the finished line whatever it was made of."""

    def __init__(self, *, console: bool) -> None:
        self._console = _console_ending() if console else None
        super().__init__(
            foreign_pre_chain=[*_shared_processors(), structlog.stdlib.ExtraAdder()],
            processors=[
                _without_server_colours,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *(self._console or _json_ending()),
            ],
        )

    def format(self, record: logging.LogRecord) -> str:
        line = record.msg
        return redact(self._of_request(line, record) if type(line) is AccessLine else super().format(record))

    def _of_request(self, line: AccessLine, record: logging.LogRecord) -> str:
        if self._console is None:
            return line.json(record)
        time_stamper, renderer = self._console
        return renderer(None, record.name, time_stamper(None, record.name, line.fields(record)))


# Tracebacks are plain in both forms: the rich ones show local variables, and with them secrets.
def _console_ending() -> tuple[structlog.processors.TimeStamper, structlog.dev.ConsoleRenderer]:
    return (
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    )


def _json_ending() -> list[Processor]:
    return [
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(serializer=_json),
    ]


def _without_server_colours(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event.pop("color_message", None)
    return event


def _json(event: EventDict, **_: object) -> str:
    return orjson.dumps(event, default=str).decode()
