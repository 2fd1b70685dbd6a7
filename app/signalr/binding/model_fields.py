"""The fields of a model class as they are written in MessagePack, where most need no serializer of Pydantic's."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from pydantic import BaseModel

from ..core_schemas import complete_schema, nodes

_ONLY_FOR_JSON = frozenset({"json", "json-unless-none"})


class ModelFields(NamedTuple):
    """What is written of the objects of one class."""

    names: Mapping[str, str | None]
    """The alias of each field, computed ones included; None where it has none."""
    with_own_code: frozenset[str]
    """The names of those that an author's serializer writes, or a condition leaves out."""
    is_written_whole: bool
    """Whether an author's serializer writes the whole object."""


@cache
def fields_of(kind: type[BaseModel]) -> ModelFields:
    """Reads a class once. Raises PydanticUserError if it names a type that does not exist (yet)."""
    schema = complete_schema(kind)
    model = next((node for node in nodes(schema, closed=()) if node.get("cls") is kind), None)
    if model is None:  # the class gives Pydantic a schema that has nothing to do with its fields
        return ModelFields({}, frozenset(), is_written_whole=True)
    names = {name: field.serialization_alias for name, field in kind.model_fields.items() if not field.exclude}
    names |= {name: field.alias for name, field in kind.model_computed_fields.items()}
    coded: set[str] = set()
    for node in nodes(model["schema"]):
        if node["type"] == "model-fields":
            coded |= {name for name, field in node["fields"].items() if _has_own_code(field)}
            coded |= {field["property_name"] for field in node["computed_fields"] if _has_own_code(field)}
    return ModelFields(names, frozenset(coded & names.keys()), _runs(model.get("serialization")))


def _has_own_code(field: Any) -> bool:
    return "serialization_exclude_if" in field or any(_runs(node.get("serialization")) for node in nodes(field))


def _runs(serialization: Any) -> bool:
    return callable((serialization or {}).get("function")) and serialization.get("when_used") not in _ONLY_FOR_JSON
