"""Reading Pydantic's core schemas, and copying them with some nodes replaced.

A class is validated and serialized by what Pydantic compiled from its core schema. A hub protocol sometimes needs the
same class with other names or other text forms, all the way down: it compiles a changed copy of that schema.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

Node = dict[str, Any]

_OPAQUE = frozenset({"default", "expected", "members", "metadata"})
"""Keys of a node that hold values of an author, and no nodes."""
CLASSES = frozenset({"model", "dataclass"})
"""The types of the nodes that stand for classes."""


def rewritten(schema: Any, change: Callable[[Node], Node]) -> Any:
    """Returns a copy in which each node is what `change` makes of it, inner nodes first."""
    if isinstance(schema, dict):
        opaque = _OPAQUE if is_node(schema) else ()
        copy = {key: item if key in opaque else rewritten(item, change) for key, item in schema.items()}
        return change(copy) if is_node(copy) else copy
    if isinstance(schema, (list, tuple)):
        return type(schema)([rewritten(item, change) for item in schema])
    return schema


def nodes(schema: Any, *, closed: Collection[str] = CLASSES) -> Iterator[Node]:
    """Yields a schema's nodes, outer ones first, and none of what is inside of those of a type in `closed`.

    `schema` itself is looked into, whatever its type.
    """
    children: Iterable[Any] = ()
    if is_node(schema):
        yield schema
        children = [item for key, item in schema.items() if key not in _OPAQUE]
    elif isinstance(schema, dict):
        children = schema.values()
    elif isinstance(schema, (list, tuple)):
        children = schema
    for child in children:
        if is_node(child) and child["type"] in closed:
            yield child
        else:
            yield from nodes(child, closed=closed)


def is_node(value: Any) -> bool:
    """Whether it is a node, and not a dictionary of nodes by name: a field may be called `type` too."""
    return isinstance(value, dict) and isinstance(value.get("type"), str)


def complete_schema(kind: Any) -> Any:
    """The core schema of a model class. Raises PydanticUserError if it names a type that does not exist (yet)."""
    if not kind.__pydantic_complete__:
        kind.model_rebuild()
    return kind.__pydantic_core_schema__
