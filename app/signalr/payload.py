"""A base for what hubs send and receive: camelCase on the wire, and names accepted however clients spell them."""

from pydantic import AliasChoices, AliasGenerator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel, to_pascal


def _spellings(name: str) -> AliasChoices:
    camel = to_camel(name)
    return AliasChoices(camel, to_pascal(name), name, camel.lower(), camel.upper())


class Payload(BaseModel):
    """Fields leave as `orderId` and arrive as `orderId`, `OrderId`, `order_id`, `orderid` or `ORDERID`."""

    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=_spellings, serialization_alias=to_camel),
        populate_by_name=True,
        val_json_bytes="base64",
        ser_json_bytes="base64",
    )
