"""Tokens are kept out of logs: browsers put them into the query of a WebSocket's URL, and web servers log URLs."""

import contextlib
import logging
import re
from collections.abc import Iterator
from urllib.parse import unquote

_REDACTED = "[redacted]"
# Two patterns, so that text which only looks like the start of a JWT never hides a named token behind it.
_NAMED = re.compile(r"(?P<name>access_token=)[^&\s\"'\\]+|(?P<scheme>bearer\s+)[\w.~+/=%-]{8,}", re.IGNORECASE)
# The repeats are possessive: a run that turns out to be no JWT is read once, not once for every `eyJ` in it.
_JWT = re.compile(r"\beyJ[\w-]*+(?P<rest>\.[\w-]++\.[\w-]*+)?", re.IGNORECASE)
_WORD = re.compile(r"[^\s\"'\\?&]{8,}")
"""A part of a URL or of a line; nothing shorter can hide a token."""
_MAX_DECODINGS = 3
_TRACEBACKS = logging.Formatter()
_BY_PLACE = "uvicorn.access"
"""The logger whose formatter takes the arguments by their places."""
SERVER_LOGGERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")
"""Where uvicorn writes what it has to say about requests and sockets."""


def redact(text: str) -> str:
    """Returns the text without tokens, in time that grows with its length and nothing else.

    A token is what follows `access_token=` or `Bearer`, and what looks like a JSON Web Token. A path or a parameter
    that hides one of these behind percent-encoding, up to three times over, is replaced as a whole.
    """
    folded = text.casefold()
    if "access_token=" in folded or "bearer" in folded or "eyj" in folded:
        text = _without_plain_tokens(text)
    if "%" in text:
        text = _WORD.sub(lambda word: _REDACTED if _hides_a_token(word[0]) else word[0], text)
    return text


def _without_plain_tokens(text: str) -> str:
    named = _NAMED.sub(lambda found: f"{found['name'] or found['scheme']}{_REDACTED}", text)
    return _JWT.sub(lambda found: _REDACTED if found["rest"] else found[0], named)


def _hides_a_token(word: str) -> bool:
    plain = word
    for _ in range(_MAX_DECODINGS):
        encoded, plain = plain, unquote(plain)
        if plain == encoded:
            break
    return plain != word and _without_plain_tokens(plain) != plain


class TokenFilter(logging.Filter):
    """Redacts each record that passes, wherever the token comes from: template, arguments or traceback.

    It never drops a record, and changes only those that hold a token. A hub server adds it to uvicorn's loggers while
    it runs. Add it to those of another web server, or to a handler.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except Exception:  # noqa: BLE001 - whatever an argument raises; logging tells about it, and shows the arguments
            _redact_arguments(record)
            return True
        if (redacted := redact(message)) != message:
            if record.name == _BY_PLACE:
                _redact_arguments(record)
            else:
                record.msg, record.args = redacted, ()
                record.__dict__.pop("color_message", None)  # uvicorn's second template
        _redact_traceback(record)
        return True


def _redact_arguments(record: logging.LogRecord) -> None:
    if isinstance(record.args, tuple):
        record.args = tuple([_redacted_text(one) if isinstance(one, (str, bytes)) else one for one in record.args])


def _redacted_text(value: str | bytes) -> str | bytes:
    text = str(value)
    redacted = redact(text)
    return value if redacted == text else redacted


def _redact_traceback(record: logging.LogRecord) -> None:
    """Formats a traceback that holds a token; the formatters of `logging` take the text that is there already."""
    text = record.exc_text
    if not text and record.exc_info:
        text = _TRACEBACKS.formatException(record.exc_info)
    if text and (redacted := redact(text)) != text:
        record.exc_text = redacted


@contextlib.contextmanager
def server_logs_redacted() -> Iterator[None]:
    """Keeps tokens out of the lines that uvicorn writes meanwhile, whatever their handlers and formatters are."""
    redacting = TokenFilter()
    loggers = [logging.getLogger(name) for name in SERVER_LOGGERS]
    for logger in loggers:
        logger.addFilter(redacting)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(redacting)
