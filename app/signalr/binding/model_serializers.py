"""Pydantic's serializers of model classes, with the names and the text forms of one hub protocol."""

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel
from pydantic_core import SchemaSerializer
from pydantic_core.core_schema import plain_serializer_function_ser_schema

from ..core_schemas import Node, complete_schema, nodes, rewritten
from ..json_forms import IN_JSON
from ..naming import FieldName
from ..payload import Payload

_TIMES = ("datetime", "time")
_AUTHORS = ("function-plain", "function-wrap")
"""Serializers of an author, if they have a function themselves; validators of these types have it one level below."""


class ModelSerializers:
    """One serializer per model class: the class's own, or one made from a changed copy of its schema.

    An author's own serializers run either way. `untyped` writes the values of fields that are declared as `Any`.
    """

    def __init__(self, field_name: FieldName | None, untyped: Callable[[Any], Any]) -> None:
        self._field_name = field_name
        self._untyped = plain_serializer_function_ser_schema(untyped)
        self._made: dict[type[BaseModel], SchemaSerializer] = {}

    def of(self, kind: type[BaseModel]) -> SchemaSerializer:
        """The serializer of a class, to be called with `by_alias=True`."""
        made = self._made.get(kind)
        if made is None:
            made = self._made[kind] = self._make(kind)
        return made

    def _make(self, kind: type[BaseModel]) -> SchemaSerializer:
        is_changed = False

        def change(node: Node) -> Node:
            nonlocal is_changed
            is_changed |= self._change(node)
            return node

        schema = rewritten(complete_schema(kind), change)
        if schema["type"] == "definitions" and issubclass(kind, Payload):  # dataclasses that are used twice are there
            is_changed |= _write_bytes(schema["definitions"])
        return SchemaSerializer(schema, _use_prebuilt=False) if is_changed else kind.__pydantic_serializer__

    def _change(self, node: Node) -> bool:
        """Changes one node in place; returns whether there was something to change."""
        kind = node["type"]
        if (kind == "any" or kind in _TIMES) and "serialization" not in node:
            node["serialization"] = self._untyped if kind == "any" else IN_JSON[kind]
            return True
        if kind == "model" and issubclass(node["cls"], Payload):
            return _write_bytes(node["schema"])
        if kind in _AUTHORS and callable(node.get("function")) and "return_schema" not in node:
            node["return_schema"] = {"type": "any", "serialization": self._untyped}
            return True
        if self._field_name is None:
            return False
        if kind == "model-fields":
            for name, field in node["fields"].items():
                field["serialization_alias"] = self._field_name(name, field.get("serialization_alias"))
        elif kind == "dataclass-field":
            node["serialization_alias"] = self._field_name(node["name"], node.get("serialization_alias"))
        elif kind == "computed-field":
            node["alias"] = self._field_name(node["property_name"], node.get("alias"))
        return kind in ("model-fields", "dataclass-field", "computed-field")


def _write_bytes(schema: Any) -> bool:
    """Gives bytes of dataclasses the form that they have in a `Payload`, which cannot see into their schemas itself."""
    plain = [node for node in nodes(schema, closed=("model",)) if node["type"] == "bytes"]
    plain = [node for node in plain if "serialization" not in node]
    for node in plain:
        node["serialization"] = IN_JSON["bytes"]
    return bool(plain)
