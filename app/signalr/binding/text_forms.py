"""Values that JSON holds as text, in the forms that System.Text.Json reads, and in no others."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

_WHITE_SPACE = str.maketrans("", "", " \t\r\n")
_DAY = r"\d{4}-\d\d-\d\d"
_DATE = re.compile(_DAY, re.ASCII)
_DATETIME = re.compile(_DAY + r"(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,16})?)?(?:Z|[+-]\d\d(?::\d\d)?)?)?", re.ASCII)


def _bytes(value: Any) -> Any:
    """RFC 4648, section 4: padded, no bits left over; white space does not count."""
    if not isinstance(value, str):
        return value
    text = value.translate(_WHITE_SPACE)
    decoded = b64decode(text, validate=True)
    if b64encode(decoded).decode() != text:
        raise ValueError("not what these bytes are in Base64")
    return decoded


def _date(value: Any) -> Any:
    return date.fromisoformat(_matching(_DATE, value)) if isinstance(value, str) else value


def _datetime(value: Any) -> Any:
    """The extended profile of ISO 8601, down to 100 attoseconds, of which microseconds are kept."""
    return datetime.fromisoformat(_matching(_DATETIME, value)) if isinstance(value, str) else value


def _matching(form: re.Pattern[str], text: str) -> str:
    if form.fullmatch(text) is None:
        raise ValueError("not in the extended profile of ISO 8601")
    return text


TEXT_FORMS: Mapping[Any, Any] = {
    bytes: Annotated[bytes, BeforeValidator(_bytes)],
    date: Annotated[date, BeforeValidator(_date)],
    datetime: Annotated[datetime, BeforeValidator(_datetime)],
}
