"""TypeScript declarations: the types of schemas, and what the compiler makes of a whole module."""

from pathlib import Path
from typing import Any

import pytest

from app.signalr import Hub
from app.signalr.describe import describe, to_typescript
from app.signalr.describe.typescript_types import declaration, type_of
from tests.signalr.describe.depot import Depot, Vault
from tests.signalr.describe.tsc import compile_errors

HUBS: dict[str, type[Hub[Any]]] = {"/depot": Depot, "/vault": Vault, "/vault/too": Vault}

IMPORTS = """\
import { HubConnectionBuilder, Subject } from "@microsoft/signalr";
import { Depot, type DepotEvents, type DepotMethods, type ParcelInput, type ParcelOutput, type Tree } from "./hubs";
import type { TypedHubConnection } from "./hubs";

const depot: TypedHubConnection<DepotMethods, DepotEvents> = new HubConnectionBuilder().withUrl(Depot.path).build();
const parcel: ParcelInput = { parcelId: 1, shape: { kind: "tube", outerDiameter: 2 } };
"""

RIGHT = """\
async function use(): Promise<void> {
  await depot.start();
  const stored: ParcelOutput = await depot.invoke("Store", parcel, 1);
  const colour: "red" | "blue" = stored.colour;
  if (stored.shape.kind === "box") console.log(stored.shape.sideLengths[2], stored.labels[colour]?.length);
  const nothing: void = await depot.invoke("Forget", [1, 2]);
  await depot.send("Close");
  const counted = depot.stream("Count", { first: 1 });
  const subscription = counted.subscribe({ next: (n: number) => n, error: () => {}, complete: () => {} });
  subscription.dispose();
  const parcels = new Subject<ParcelInput>();
  const loaded: number = await depot.invoke("Load", "truck", parcels, true, new Subject<string>());
  depot.stream("Both", new Subject<number>()).subscribe({
    next: (tree: Tree) => tree.branches[0]?.branches,
    error: () => {},
    complete: () => {},
  });
  const unknown: unknown = await depot.invoke("Whatever", { any: "thing" });
  depot.on("Arrived", (...values) => {
    if (values.length === 2) values[0].shape.kind;
    else values[0].toFixed();
  });
  depot.on("Confirm", async (question, seconds) => question.length > (seconds ?? 0));
  depot.on("Confirm", () => true);
  const done = (): void => {};
  depot.on("all-done", done);
  depot.off("all-done", done);
  depot.off("Arrived");
  depot.onclose((error) => error?.message);
  for (const event of Depot.events) depot.on(event, () => true);
  console.log(depot.connectionId, nothing, loaded, unknown, stored);
}
void use();
"""

WRONG = """\
depot.invoke("Stroe", parcel, 1);
depot.invoke("Store", parcel);
depot.invoke("Store", parcel, 1, 2);
depot.invoke("Store", parcel, "1");
depot.invoke("Store", { parcelId: 1 }, 1);
depot.invoke("Store", { parcel_id: 1, shape: parcel.shape }, 1);
depot.invoke("Count", { first: 1 });
depot.send("Count", { first: 1 });
depot.stream("Store", parcel, 1);
depot.invoke("Load", "truck", new Subject<string>(), true, new Subject<string>());
depot.invoke("Load", "truck", [parcel], true, new Subject<string>());
depot.invoke("Store", parcel, 1).then((stored) => stored.secret);
depot.invoke("Whatever", 1).then((anything) => anything.length);
depot.stream("Count", {}).subscribe({ next: (n: string) => n, error: () => {}, complete: () => {} });
depot.on("arrived", () => {});
depot.on("Arrived", (parcel: ParcelOutput, at: Date) => at);
depot.on("all-done", (surplus: number) => surplus);
depot.on("Confirm", () => "yes");
depot.off("Departed");
"""


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({}, "unknown"),
        (True, "unknown"),
        (False, "never"),
        ({"type": "string", "format": "date-time"}, "string"),
        ({"type": "integer"}, "number"),
        ({"type": "null"}, "null"),
        ({"const": 'a"b'}, '"a\\"b"'),
        ({"enum": [0, "a", None], "type": "integer"}, '0 | "a" | null'),
        ({"type": ["string", "null"]}, "string | null"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}, {"type": "null"}]}, "number | null"),
        ({"oneOf": [{"type": "string"}, {"type": "boolean"}]}, "string | boolean"),
        ({"allOf": [{"$ref": "#/components/schemas/A"}, {"enum": [1, 2]}]}, "(A) & (1 | 2)"),
        ({"$ref": "#/components/schemas/Page_Item_-Input"}, "Page_Item_Input"),
        ({"type": "array"}, "ReadonlyArray<unknown>"),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "ReadonlyArray<string | null>"),
        (
            {"type": "array", "items": [{"type": "string"}, {}], "additionalItems": False, "minItems": 2},
            "readonly [string, unknown]",
        ),
        (
            {"type": "array", "items": [{"type": "string"}], "additionalItems": {"type": "integer"}},
            "readonly [(string)?, ...ReadonlyArray<number>]",
        ),
        ({"type": "object"}, "{ readonly [key: string]: unknown }"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "{ readonly [key: string]: number }"),
        (
            {"type": "object", "patternProperties": {"^a": {"type": "integer"}}},
            "{ readonly [key: string]: number }",
        ),
        (
            {"type": "object", "additionalProperties": {"type": "string"}, "propertyNames": {"enum": ["a", "b"]}},
            '{ readonly [key in "a" | "b"]?: string }',
        ),
        (
            {"type": "object", "properties": {"a-b": {"type": "string"}, "c": {}}, "required": ["c"]},
            '{\n  readonly "a-b"?: string;\n  readonly c: unknown;\n}',
        ),
    ],
)
def test_types(schema: Any, expected: str) -> None:
    assert type_of(schema) == expected


def test_a_definition_with_known_properties_is_an_interface_with_its_comments() -> None:
    schema = {
        "type": "object",
        "description": "First.\n\nLast */ line.",
        "properties": {"a": {"type": "string", "description": "One"}},
        "additionalProperties": True,
    }
    assert declaration("A", schema) == (
        "/**\n * First.\n *\n * Last *\\/ line.\n */\n"
        "export interface A {\n  /** One */\n  readonly a?: string;\n  readonly [key: string]: unknown;\n}"
    )


def test_any_other_definition_is_an_alias() -> None:
    assert declaration("A", {"enum": ["x"], "type": "string"}) == 'export type A = "x";'


def test_a_hub_is_a_constant_with_its_first_path_and_its_events() -> None:
    module = to_typescript(describe(HUBS), "Heading")
    assert module.startswith("// Heading\n")
    assert (
        'export const Depot = {\n  path: "/depot",\n  events: ["Arrived", "Confirm", "all-done"],\n} as const;'
        in module
    )
    assert module.count("export const Vault ") == 1
    assert '"/vault/too"' not in module


def test_a_parameter_is_not_called_what_typescript_keeps_for_itself() -> None:
    assert "Store: (parcel: ParcelInput, default_: number) => ParcelOutput;" in to_typescript(describe(HUBS), "")


def test_the_compiler_accepts_right_use_and_refuses_each_wrong_one(tmp_path: Path) -> None:
    module = to_typescript(describe(HUBS), "Heading")
    errors = compile_errors(
        tmp_path, {"hubs.ts": module, "right.ts": IMPORTS + RIGHT, "wrong.ts": IMPORTS + "void Depot;\n" + WRONG}
    )
    first = IMPORTS.count("\n") + 2
    assert set(errors) == {("wrong.ts", first + index) for index in range(WRONG.count("\n"))}, errors


def test_any_schema_makes_a_module_that_compiles(tmp_path: Path) -> None:
    definitions: dict[str, Any] = {
        "List": {"type": "array", "items": {"$ref": "#/components/schemas/List"}},
        "Map": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Map"}},
        "Pair": {"type": "array", "items": [{"type": "string"}], "additionalItems": {"type": "integer"}},
        "Union": {"anyOf": [{"$ref": "#/components/schemas/List"}, {"type": "null"}]},
        "Quoted": {"type": "object", "properties": {"a b": {"enum": [1]}}, "additionalProperties": True},
        "Empty": {"type": "object", "properties": {}},
    }
    module = "".join(f"{declaration(name, schema)}\n" for name, schema in definitions.items())
    assert compile_errors(tmp_path, {"definitions.ts": module}) == {}
