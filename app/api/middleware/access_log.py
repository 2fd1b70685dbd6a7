"""One log line per HTTP request."""

import logging

from app.config.access_line import LOGGER, AccessLine

_log = logging.getLogger(LOGGER)
_QUIET = ("/health/", "/assets/")


def log_request(method: str, path: str, status: int, seconds: float, request_id: str) -> None:
    """Logs method, path, status and duration; never the query, which may hold a token.

    Probes and assets that were answered are logged at debug level. A line that no handler wants is not made.
    """
    level = logging.DEBUG if path.startswith(_QUIET) and status < 500 else logging.INFO
    if _log.isEnabledFor(level):
        line = AccessLine(method, path, status, round(seconds * 1000, 1), request_id)
        _log.handle(logging.LogRecord(LOGGER, level, "", 0, line, None, None))
