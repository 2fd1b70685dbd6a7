"""A base for what hubs send and receive: camelCase on the wire, and names accepted however clients spell them."""

from typing import Any

from pydantic import AliasChoices, AliasGenerator, BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic.alias_generators import to_camel, to_pascal
from pydantic_core import core_schema

from .core_schemas import nodes
from .json_forms import IN_JSON


def _spellings(name: str) -> AliasChoices:
    camel = to_camel(name)
    return AliasChoices(camel, to_pascal(name), name, camel.lower(), camel.upper())


def _write_own_forms(schema: Any, owner: type[BaseModel]) -> None:
    """Gives the fields of `owner` that hold bytes or times their serializer; models inside it do it themselves."""
    model = next((node for node in nodes(schema, closed=()) if node.get("cls") is owner), None)
    if model is not None:  # a class may give Pydantic a schema that has nothing to do with its fields
        for node in nodes(model["schema"], closed=("model",)):
            if node["type"] in IN_JSON:
                node.setdefault("serialization", IN_JSON[node["type"]])


class Payload(BaseModel):
    """Fields leave as `orderId` and arrive as `orderId`, `OrderId`, `order_id`, `orderid` or `ORDERID`.

    In JSON, bytes are Base64: they leave in its standard alphabet and arrive in that of URLs as well. Times have as
    many digits as they need: `12:00:00.5Z`, not `12:00:00.500000Z`.
    """

    model_config = ConfigDict(
        alias_generator=AliasGenerator(validation_alias=_spellings, serialization_alias=to_camel),
        populate_by_name=True,
        val_json_bytes="base64",
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler, /) -> core_schema.CoreSchema:
        schema = handler(source)
        _write_own_forms(handler.resolve_ref_schema(schema), cls)
        return schema
