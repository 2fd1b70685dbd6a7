"""JSON Schemas of the types that hubs take and give, as they look on the wire of the JSON protocol.

They are in draft 7, which is what AsyncAPI 3.0 fixes for its Schema Object.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic.errors import PydanticUserError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

# Schemas have to say what the binding does with arguments, so they are made with the binding's configuration.
from ..binding.arguments import CONFIG as BINDING
from ..errors import HubDefinitionError

Schema = dict[str, Any]

REFERENCE = "#/components/schemas/"
"""What every `$ref` begins with; the name of a definition follows."""

CONFIGS: Mapping[JsonSchemaMode, ConfigDict] = {
    "validation": BINDING,
    "serialization": ConfigDict(alias_generator=to_camel),
}


class Schemas:
    """Collects types and makes all their schemas at once, so that what they share is defined once."""

    def __init__(self) -> None:
        self._wanted: list[tuple[Schema, JsonSchemaMode, TypeAdapter[Any]]] = []

    def received(self, type_: Any, owner: str) -> Schema:
        """The schema of what clients send, empty until `resolve`. Raises HubDefinitionError, naming `owner`."""
        return self._add(type_, "validation", owner)

    def sent(self, type_: Any, owner: str) -> Schema:
        """The schema of what the server sends, empty until `resolve`. Raises HubDefinitionError, naming `owner`."""
        return self._add(type_, "serialization", owner)

    def resolve(self) -> dict[str, Schema]:
        """Fills in all schemas and returns the definitions that they refer to."""
        schemas, rest = TypeAdapter.json_schemas(
            [(index, mode, adapter) for index, (_, mode, adapter) in enumerate(self._wanted)],
            ref_template=REFERENCE + "{model}",
            schema_generator=_OnTheWire,
        )
        for (index, _), schema in schemas.items():
            self._wanted[index][0].update(schema["items"][0])
        definitions: dict[str, Schema] = rest.get("$defs", {})
        return definitions

    def _add(self, type_: Any, mode: JsonSchemaMode, owner: str) -> Schema:
        # Pydantic takes a configuration only for a type that has none of its own, hence the tuple.
        array: Any = tuple.__class_getitem__((type_,))
        try:
            adapter = TypeAdapter[Any](array, config=CONFIGS[mode])
            adapter.json_schema(mode=mode, schema_generator=_OnTheWire)
        except PydanticUserError as error:
            raise HubDefinitionError(f"{owner}: {type_} has no JSON Schema: {error.message}") from error
        schema: Schema = {}
        self._wanted.append((schema, mode, adapter))
        return schema


class _OnTheWire(GenerateJsonSchema):
    """Pydantic's schemas in draft 7, changed where the hub protocol writes values differently from Pydantic."""

    _models = 0

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        with self._inside_model():
            return super().model_schema(schema)

    @contextmanager
    def _inside_model(self) -> Iterator[None]:
        self._models += 1
        yield
        self._models -= 1

    def bytes_schema(self, schema: core_schema.BytesSchema) -> JsonSchemaValue:
        if self._models:
            return super().bytes_schema(schema)
        return {"type": "string", "contentEncoding": "base64"}

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        if self._models or self.mode == "validation":
            return super().decimal_schema(schema)
        return {"type": "number"}

    def field_is_required(
        self, field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField, total: bool
    ) -> bool:
        if self.mode == "serialization" and field["type"] != "typed-dict-field":
            # A default is written like any other value.
            return field.get("serialization_exclude_if") is None
        return super().field_is_required(field, total)

    def typed_dict_schema(self, schema: core_schema.TypedDictSchema) -> JsonSchemaValue:
        if self._models:
            return super().typed_dict_schema(schema)
        # A dictionary is written with the keys that it has, whatever a configuration says.
        names = ("validation_alias", "serialization_alias")
        fields: Any = {
            name: {key: value for key, value in field.items() if key not in names}
            for name, field in schema["fields"].items()
        }
        return super().typed_dict_schema({**schema, "fields": fields})

    def named_tuple_schema(self, schema: Any) -> JsonSchemaValue:
        return _positional(super().named_tuple_schema(schema))

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never: a title would only repeat the name."""
        return False

    def tuple_schema(self, schema: core_schema.TupleSchema) -> JsonSchemaValue:
        return _positional(super().tuple_schema(schema))

    def p_arguments_schema(
        self, arguments: list[core_schema.ArgumentsParameter], var_args_schema: core_schema.CoreSchema | None
    ) -> JsonSchemaValue:
        return _positional(super().p_arguments_schema(arguments, var_args_schema))

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        described = super().tagged_union_schema(schema)
        if "discriminator" in described:
            described["discriminator"] = described["discriminator"]["propertyName"]
        return described


def _positional(schema: JsonSchemaValue) -> JsonSchemaValue:
    """An array schema of draft 2020-12 in draft 7."""
    if "prefixItems" in schema:
        schema["additionalItems"] = schema.pop("items", False)
        schema["items"] = schema.pop("prefixItems")
    return schema
