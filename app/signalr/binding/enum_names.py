"""Members of enumerations by name, as .NET writes them in MessagePack."""

import re
from enum import Enum, Flag
from functools import partial, reduce
from operator import or_
from typing import Any

from pydantic_core import SchemaValidator
from pydantic_core.core_schema import CoreConfig, no_info_before_validator_function, no_info_plain_validator_function

from ..core_schemas import Node, rewritten

_NUMBER = re.compile(r"-?\d+", re.ASCII)
_CONFIG = CoreConfig(val_json_bytes="base64", validate_by_name=True, validate_by_alias=True)


def member_text(member: Enum) -> str:
    """Returns the name of a member; `R, W` for flags that have no name together, a number if some have none at all."""
    if not isinstance(member, Flag) or member.name in type(member).__members__:
        return member.name
    parts = sorted(member, key=lambda part: int(part.value))
    whole = reduce(or_, (part.value for part in parts), 0)
    if not parts or whole != member.value:
        return str(member.value)
    return ", ".join(str(part.name) for part in parts)


def by_name(schema: Any) -> SchemaValidator:
    """A validator for a schema in which every enumeration, however deep, is read by the names of its members."""
    return SchemaValidator(rewritten(schema, _read_names), _CONFIG, _use_prebuilt=False)


def _read_names(node: Node) -> Node:
    if node["type"] == "enum":
        return _keeping_ref(node, no_info_plain_validator_function(partial(_member, node["cls"])))
    if node["type"] == "literal" and (
        named := {member_text(one): one for one in node["expected"] if isinstance(one, Enum)}
    ):
        return _keeping_ref(node, no_info_before_validator_function(partial(_literal, named), {**node, "ref": ""}))
    if node["type"] == "tagged-union" and any(isinstance(tag, Enum) for tag in node["choices"]):
        choices = [choice for choice in node["choices"].values() if isinstance(choice, dict)]
        return _keeping_ref(node, {"type": "union", "choices": choices})
    return node


def _keeping_ref(node: Node, replacement: Any) -> Node:
    return {**replacement, "ref": node["ref"]} if "ref" in node else replacement


def _member(cls: type[Enum], name: Any) -> Enum:
    """Case counts. Raises ValueError."""
    if isinstance(name, str):
        if name in cls.__members__:
            return cls.__members__[name]
        if issubclass(cls, Flag):
            return _flags(cls, name)
    raise ValueError(f"not the name of a member of {cls.__name__}")


def _flags(cls: type[Flag], text: str) -> Flag:
    """Reads `R, W`, or a number."""
    if _NUMBER.fullmatch(text):
        return cls(int(text))
    names = [name.strip() for name in text.split(",")]
    if not cls.__members__.keys() >= set(names):
        raise ValueError(f"not names of members of {cls.__name__}, with commas between them")
    return reduce(or_, (cls[name] for name in names))


def _literal(named: dict[str, Enum], value: Any) -> Any:
    if isinstance(value, str) and value in named:
        return named[value]
    if value in [member.value for member in named.values()]:
        raise ValueError("a member is given by its name")
    return value
