"""How times and bytes are written in JSON: the forms that System.Text.Json writes, inside of models as outside."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any

from pydantic_core import PydanticSerializationUnexpectedValue
from pydantic_core.core_schema import SerSchema, plain_serializer_function_ser_schema, str_schema


def time_text(value: datetime | time) -> str:
    """ISO 8601 with as many digits as the fraction needs; a time without a zone stays without one."""
    text = value.isoformat()
    fraction = value.microsecond
    if fraction and not fraction % 10:
        whole, _, rest = text.partition(".")
        text = f"{whole}.{rest[:6].rstrip('0')}{rest[6:]}"
    return text[:-6] + "Z" if text.endswith("+00:00") else text


def base64_text(value: bytes | bytearray | memoryview) -> str:
    """RFC 4648, section 4: the standard alphabet, padded. Pydantic's own form has the alphabet of URLs."""
    return b64encode(value).decode()


def _serializer(text: Callable[[Any], str], kinds: tuple[type, ...], described: dict[str, str]) -> SerSchema:
    def write(value: Any) -> str:
        if isinstance(value, kinds):
            return text(value)
        # A value of another member of a union: Pydantic asks the next one.
        raise PydanticSerializationUnexpectedValue(f"{type(value).__name__} is written in another form")

    returned = str_schema(metadata={"pydantic_js_updates": described})
    return plain_serializer_function_ser_schema(write, return_schema=returned, when_used="json")


IN_JSON: Mapping[str, SerSchema] = {
    "bytes": _serializer(base64_text, (bytes, bytearray, memoryview), {"contentEncoding": "base64"}),
    "datetime": _serializer(time_text, (datetime,), {"format": "date-time"}),
    "time": _serializer(time_text, (time,), {"format": "time"}),
}
"""Serializers for nodes of Pydantic's core schemas, by the type of the node."""
