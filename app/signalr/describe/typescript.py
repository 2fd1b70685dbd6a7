"""TypeScript declarations of hubs, for use with `@microsoft/signalr` and the JSON protocol."""

import json
import re
from collections.abc import Iterable

from .description import Description, Event, HubDescription, Method, Parameter
from .typescript_types import comment_of, declaration, property_name, type_of

# Words that are reserved in TypeScript and not in Python.
_RESERVED = re.compile(
    "arguments|case|catch|const|debugger|default|delete|do|enum|eval|export|extends|false|function|implements"
    "|instanceof|interface|let|new|null|package|private|protected|public|static|super|switch|this|throw|true"
    "|typeof|var|void"
)

_CONNECTION = """\
type Streaming<Methods> = {
  [Name in keyof Methods]: Methods[Name] extends (...args: never) => IStreamResult<unknown> ? Name : never;
}[keyof Methods];
type Plain<Methods> = Exclude<keyof Methods, Streaming<Methods>>;
type Result<Method> = Method extends (...args: never) => infer Given ? Given : never;
type Item<Method> = Result<Method> extends IStreamResult<infer Given> ? Given : never;

/** The arguments of one method, for functions that pass them on to `invoke`, `send` or `stream`. */
export type HubArguments<Method> = Method extends (...args: infer Given) => unknown ? Given : never;

/** A HubConnection that knows its hub; any HubConnection can be assigned to it. */
export interface TypedHubConnection<Methods, Events>
  extends Omit<HubConnection, "invoke" | "off" | "on" | "send" | "stream"> {
  invoke<Name extends Plain<Methods>>(
    method: Name,
    ...args: HubArguments<Methods[Name]>
  ): Promise<Result<Methods[Name]>>;
  send<Name extends Plain<Methods>>(method: Name, ...args: HubArguments<Methods[Name]>): Promise<void>;
  stream<Name extends Streaming<Methods>>(
    method: Name,
    ...args: HubArguments<Methods[Name]>
  ): IStreamResult<Item<Methods[Name]>>;
  on<Name extends keyof Events>(event: Name, handler: Events[Name]): void;
  off<Name extends keyof Events>(event: Name, handler?: Events[Name]): void;
}
"""


def to_typescript(description: Description, heading: str) -> str:
    """A module: an interface per model, methods and events per hub, and a `HubConnection` that checks their use.

    Each hub is also a constant with its path (the first, if it has several) and the names of its events. `heading` is
    the comment at the top.
    """
    hubs = {hub.name: hub for hub in reversed(description.hubs)}
    parts = [
        f'// {heading}\n\nimport type {{ HubConnection, IStreamResult }} from "@microsoft/signalr";\n',
        *(declaration(name, schema) + "\n" for name, schema in description.schemas.items()),
        *map(_hub, reversed(hubs.values())),
        _CONNECTION,
    ]
    return "\n".join(parts)


def _hub(hub: HubDescription) -> str:
    events = json.dumps([event.name for event in hub.events])
    constant = f"export const {hub.name} = {{\n  path: {json.dumps(hub.path)},\n  events: {events},\n}} as const;\n"
    methods = _interface(f"{hub.name}Methods", map(_member, hub.methods))
    calls = _interface(f"{hub.name}Events", map(_member, hub.events))
    return f"{comment_of(hub.text)}{constant}\n{methods}\n{calls}"


def _interface(name: str, members: Iterable[str]) -> str:
    body = "".join(["\n", *members])
    return f"export interface {name} {{{body}}}\n"


def call_of(part: Method | Event) -> str:
    """A method or an event on one line: `Name(argument: type): result`."""
    parameters, result = _shape(part)
    return f"{part.name}({parameters}): {result}"


def _member(part: Method | Event) -> str:
    # Function types and not methods, because the parameters of methods are compared less strictly.
    parameters, result = _shape(part)
    return f"{comment_of(part.text, '  ')}  {property_name(part.name)}: ({parameters}) => {result};\n"


def _shape(part: Method | Event) -> tuple[str, str]:
    """The parameters and the result."""
    return _shape_of_method(part) if isinstance(part, Method) else _shape_of_event(part)


def _shape_of_method(method: Method) -> tuple[str, str]:
    result = "void" if method.result is None else type_of(method.result)
    return _list(method.parameters), f"IStreamResult<{result}>" if method.is_stream else result


def _shape_of_event(event: Event) -> tuple[str, str]:
    if len(event.signatures) == 1:
        parameters = _list(event.signatures[0])
    else:
        parameters = "...args: " + " | ".join(f"[{_list(signature)}]" for signature in event.signatures)
    if event.result is None:
        return parameters, "void"
    answer = type_of(event.result)
    return parameters, f"{answer} | Promise<{answer}>"


def _list(parameters: Iterable[Parameter]) -> str:
    return ", ".join(map(_parameter, parameters))


def _parameter(parameter: Parameter) -> str:
    name = f"{parameter.name}_" if _RESERVED.fullmatch(parameter.name) else parameter.name
    type_ = type_of(parameter.schema)
    if parameter.is_upload:
        type_ = f"IStreamResult<{type_}>"
    return f"{name}{'?' if parameter.is_optional else ''}: {type_}"
