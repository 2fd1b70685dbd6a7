"""A base for what hubs send and receive: camelCase on the wire, and names accepted however clients spell them."""

from base64 import b64encode
from typing import Any

from pydantic import AliasChoices, AliasGenerator, BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel, to_pascal
from pydantic_core import core_schema


def _spellings(name: str) -> AliasChoices:
    camel = to_camel(name)
    return AliasChoices(camel, to_pascal(name), name, camel.lower(), camel.upper())


_BASE64 = core_schema.plain_serializer_function_ser_schema(
    lambda value: b64encode(value).decode(),  # Pydantic's own has the alphabet of URLs
    return_schema=core_schema.str_schema(metadata={"pydantic_js_updates": {"contentEncoding": "base64"}}),
    when_used="json",
)


def _write_base64(node: Any, owner: type[BaseModel]) -> None:
    """Gives the fields of `owner` that hold bytes their serializer; models inside it see to their own."""
    if isinstance(node, dict):
        if node.get("type") == "bytes":
            node["serialization"] = _BASE64
        elif node.get("type") != "model" or node.get("cls") is owner:
            for child in node.values():
                _write_base64(child, owner)
    elif isinstance(node, list):
        for child in node:
            _write_base64(child, owner)


class Payload(BaseModel):
    """Fields leave as `orderId` and arrive as `orderId`, `OrderId`, `order_id`, `orderid` or `ORDERID`.

    Bytes are Base64: they leave in its standard alphabet and arrive in that of URLs as well.
    """

    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=_spellings, serialization_alias=to_camel),
        populate_by_name=True,
        val_json_bytes="base64",
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler, /) -> core_schema.CoreSchema:
        schema = handler(source)
        _write_base64(handler.resolve_ref_schema(schema), cls)
        return schema
