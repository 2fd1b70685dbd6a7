"""Redaction: the one place that knows what a token looks like in text that is logged."""

import re
from urllib.parse import unquote

_REDACTED = "[redacted]"
# Two patterns, so that text which only looks like the start of a JWT never hides a named token behind it.
_NAMED = re.compile(
    r"(?P<name>access_token=)[^&\s\"'\\]+"
    r"|(?P<scheme>bearer\s+)[\w.~+/=%-]{8,}",
    re.IGNORECASE,
)
# The second half is optional and the repeats are possessive: a run that turns out to be no JWT is still passed
# over in one step. Without that, `eyJ-eyJ-eyJ-…` is read to its end once for every `eyJ` in it.
_JWT = re.compile(r"\beyJ[\w-]*+(?P<rest>\.[\w-]++\.[\w-]*+)?", re.IGNORECASE)
_WORD = re.compile(r"[^\s\"'\\]{8,}")  # nothing shorter can hide a token
_MAX_DECODINGS = 3


def redact(text: str) -> str:
    """Returns the text without tokens, in time linear in its length.

    A token is what follows `access_token=` in a query, what follows `Bearer`, and anything that looks like a
    JWT. A word that is percent-encoded, up to three times over, and hides one of these is replaced as a whole.
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
