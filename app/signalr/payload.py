"""A base for what hubs send and receive: camelCase on the wire, and names in any case accepted, as in ASP.NET Core."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.alias_generators import to_camel


class Payload(BaseModel):
    """Fields leave as `orderId` and arrive as `orderId`, `OrderId`, `ORDERID` or `order_id`; the last one counts."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _names_in_any_case(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        names = {to_camel(name).lower(): name for name in cls.model_fields} | {
            name.lower(): name for name in cls.model_fields
        }
        return {names.get(key.lower(), key) if isinstance(key, str) else key: item for key, item in value.items()}
