"""JSON Schemas as TypeScript types."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .json_schema import REFERENCE, Schema

_SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
TAKEN = frozenset(
    {
        *("Exclude", "HubArguments", "HubConnection", "IStreamResult", "Item", "Omit", "Plain", "Promise"),
        *("ReadonlyArray", "Result", "Streaming", "TypedHubConnection"),
    }
)
"""The names of types that a module of declarations imports, makes or uses for itself."""
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*", re.ASCII)


def type_of(schema: Schema | bool) -> str:
    """The type of what a schema admits; `unknown` if it does not say, so that values are checked before use."""
    if isinstance(schema, bool):
        return "unknown" if schema else "never"
    if "$ref" in schema:
        return type_name(schema["$ref"].removeprefix(REFERENCE))
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return _union(map(type_of, schema[keyword]))
    if "allOf" in schema:
        return " & ".join(f"({type_of(part)})" for part in schema["allOf"])
    return _by_keyword(schema)


def declaration(name: str, schema: Schema) -> str:
    """A definition: an interface for an object with known properties, otherwise a type alias."""
    comment = comment_of(schema.get("description", ""))
    if schema.get("type") == "object" and "properties" in schema:
        return f"{comment}export interface {type_name(name)} {_members(schema)}"
    return f"{comment}export type {type_name(name)} = {type_of(schema)};"


def type_name(definition: str) -> str:
    """The name of a definition as an identifier: `Item-Input` becomes `ItemInput`, and a name in `TAKEN` gets a `_`."""
    name = re.sub(r"\W", "", definition, flags=re.ASCII)
    return f"{name}_" if name in TAKEN else name


def property_name(name: str) -> str:
    """A name as the key of an interface, in quotes if it needs them."""
    return name if _IDENTIFIER.fullmatch(name) else json.dumps(name)


def comment_of(text: str, indent: str = "") -> str:
    """A documentation comment with its line end; empty if there is no text."""
    lines = text.replace("*/", "*\\/").splitlines()
    if not lines:
        return ""
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{body}{indent} */\n"


def _union(types: Iterator[str]) -> str:
    return " | ".join(dict.fromkeys(types))


def _by_keyword(schema: Schema) -> str:
    kinds = schema.get("type", ())
    if isinstance(kinds, list):
        return _union(type_of({**schema, "type": kind}) for kind in kinds)
    if kinds in _STRUCTURED:
        return _STRUCTURED[kinds](schema)
    return _SIMPLE.get(kinds, "unknown")


def _array(schema: Schema) -> str:
    items = schema.get("items", True)
    if not isinstance(items, list):
        return f"ReadonlyArray<{type_of(items)}>"
    required = schema.get("minItems", 0)
    parts = [type_of(item) if index < required else f"({type_of(item)})?" for index, item in enumerate(items)]
    if (more := schema.get("additionalItems", True)) is not False:
        parts.append(f"...ReadonlyArray<{type_of(more)}>")
    return f"readonly [{', '.join(parts)}]"


def _object(schema: Schema) -> str:
    if "properties" in schema:
        return _members(schema)
    values: list[Any] = list(schema.get("patternProperties", {}).values()) or [schema.get("additionalProperties", True)]
    value = _union(map(type_of, values))
    key = schema.get("propertyNames", {})
    if key.keys() & {"$ref", "enum", "const"}:
        return f"{{ readonly [key in {type_of(key)}]?: {value} }}"
    return f"{{ readonly [key: string]: {value} }}"


def _members(schema: Schema) -> str:
    required = schema.get("required", ())
    lines = []
    for name, member in schema["properties"].items():
        optional = "" if name in required else "?"
        text = comment_of(member.get("description", ""), "  ")
        lines.append(f"{text}  readonly {property_name(name)}{optional}: {type_of(member)};\n")
    if schema.get("additionalProperties", False):
        lines.append("  readonly [key: string]: unknown;\n")
    return f"{{\n{''.join(lines)}}}"


_STRUCTURED: Mapping[str, Callable[[Schema], str]] = {"array": _array, "object": _object}
