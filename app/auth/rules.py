"""What usernames, passwords, names and customer ids of new accounts may look like.

Each function returns what is wrong, as the end of a sentence that begins with the thing itself, or None.
"""

import re
import unicodedata
from typing import Final

USERNAME_MAX: Final = 64
PASSWORD_MIN: Final = 12
PASSWORD_MAX: Final = 128
NAME_MAX: Final = 120
CUSTOMER_ID_MAX: Final = 64

_USERNAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]*")
_DISTINCT_MIN: Final = 5
# Control characters, lone surrogates (bytes that were not text) and code points without a character.
_NOT_TEXT: Final = frozenset({"Cc", "Cs", "Cn"})


def is_text(value: str) -> bool:
    """Returns whether the value has nothing but characters: no control characters and no bytes that were not text."""
    return all(unicodedata.category(character) not in _NOT_TEXT for character in value)


def username_flaw(username: str) -> str | None:
    """Checks a username: ASCII letters, digits and `. _ @ + -`, so that every keyboard writes it the same way."""
    if not username:
        return "is empty"
    if len(username) > USERNAME_MAX:
        return f"has {len(username)} characters; at most {USERNAME_MAX} are allowed"
    if _USERNAME.fullmatch(username) is None:
        return "may only have letters (a to z), digits and . _ @ + -, and begins with a letter or digit"
    return None


def password_flaw(password: str, username: str) -> str | None:
    """Checks a password; spaces and every kind of letter are allowed. The text never contains the password."""
    if not is_text(password):
        return "contains something that is not text, such as a tab or a line break"
    if len(password) < PASSWORD_MIN:
        return f"has {len(password)} characters; at least {PASSWORD_MIN} are needed, for example four random words"
    if len(password) > PASSWORD_MAX:
        return f"has {len(password)} characters; at most {PASSWORD_MAX} are allowed"
    if len(set(password)) < _DISTINCT_MIN:
        return f"repeats a few characters; at least {_DISTINCT_MIN} different ones are needed"
    if password.casefold() == username.casefold():
        return "is the username"
    return None


def name_flaw(name: str) -> str | None:
    """Checks the name that people see."""
    return _text_flaw(name, NAME_MAX)


def customer_id_flaw(customer_id: str) -> str | None:
    """Checks a customer's id, as orders have it."""
    return _text_flaw(customer_id, CUSTOMER_ID_MAX)


def _text_flaw(text: str, longest: int) -> str | None:
    if not text or text != text.strip():
        return "is empty, or begins or ends with a space"
    if len(text) > longest:
        return f"has {len(text)} characters; at most {longest} are allowed"
    if not is_text(text):
        return "contains something that is not text, such as a tab or a line break"
    return None
