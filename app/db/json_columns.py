"""The JSON columns of both databases, which orjson writes and reads."""

from typing import Any, Final

import orjson


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


JSON_OPTIONS: Final[dict[str, Any]] = {"json_serializer": _dumps, "json_deserializer": orjson.loads}
"""The arguments of `create_engine` for JSON columns."""
