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
_SERVER_LOGGERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")


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
    """Redacts the message and the arguments of each record that passes, one by one; it never drops a record.

    A hub server adds it to uvicorn's loggers while it runs. Add it to those of another web server, or to a handler.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        # The arguments stay apart: uvicorn's formatter for access lines takes them by their places.
        if isinstance(record.args, tuple):
            record.args = tuple([redact(one) if isinstance(one, str) else one for one in record.args])
        if isinstance(record.msg, str):
            record.msg = redact(record.msg)
        return True


@contextlib.contextmanager
def server_logs_redacted() -> Iterator[None]:
    """Keeps tokens out of the lines that uvicorn writes meanwhile, whatever their handlers and formatters are."""
    redacting = TokenFilter()
    loggers = [logging.getLogger(name) for name in _SERVER_LOGGERS]
    for logger in loggers:
        logger.addFilter(redacting)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(redacting)
