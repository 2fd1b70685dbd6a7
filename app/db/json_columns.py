"""How JSON columns are written and read: by orjson, for both databases."""

from typing import Any, Final

import orjson


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


JSON_OPTIONS: Final[dict[str, Any]] = {"json_serializer": _dumps, "json_deserializer": orjson.loads}
"""What an engine is made with."""
