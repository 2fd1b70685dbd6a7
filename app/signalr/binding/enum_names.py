"""Reading members of enumerations by name, as .NET writes them in MessagePack."""

from enum import Enum
from functools import partial
from typing import Any

from pydantic_core import SchemaValidator
from pydantic_core.core_schema import CoreConfig, no_info_before_validator_function, no_info_plain_validator_function

from ..core_schemas import Node, rewritten

_CONFIG = CoreConfig(val_json_bytes="base64", validate_by_name=True, validate_by_alias=True)


def by_name(schema: Any) -> SchemaValidator:
    """A validator for a schema in which every enumeration, however deep, is read by the names of its members."""
    return SchemaValidator(rewritten(schema, _read_names), _CONFIG, _use_prebuilt=False)


def _read_names(node: Node) -> Node:
    if node["type"] == "enum":
        return _keeping_ref(node, no_info_plain_validator_function(partial(_member, node["cls"])))
    if node["type"] == "literal" and (named := {one.name: one for one in node["expected"] if isinstance(one, Enum)}):
        return _keeping_ref(node, no_info_before_validator_function(partial(_literal, named), {**node, "ref": ""}))
    if node["type"] == "tagged-union" and any(isinstance(tag, Enum) for tag in node["choices"]):
        choices = [choice for choice in node["choices"].values() if isinstance(choice, dict)]
        return _keeping_ref(node, {"type": "union", "choices": choices})
    return node


def _keeping_ref(node: Node, replacement: Any) -> Node:
    return {**replacement, "ref": node["ref"]} if "ref" in node else replacement


def _member(cls: type[Enum], name: Any) -> Enum:
    """Case counts. Raises ValueError."""
    member = cls.__members__.get(name) if isinstance(name, str) else None
    if member is None:
        raise ValueError(f"not the name of a member of {cls.__name__}")
    return member


def _literal(named: dict[str, Enum], value: Any) -> Any:
    if isinstance(value, str) and value in named:
        return named[value]
    if value in [member.value for member in named.values()]:
        raise ValueError("a member is given by its name")
    return value
