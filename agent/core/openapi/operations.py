"""The operations of a document, and every payload that each of them sends or takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.core.changes import Direction
from agent.core.openapi.document import ApiDocument, Spot

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_TEMPLATE = re.compile(r"\{([^{}]*)\}")
_CALLBACK_DEPTH = 3
"""Callbacks of callbacks that are read."""

Slot = tuple[str, ...]
"""Where in an operation a payload stands, the same in both versions: part, name, media type."""


@dataclass(frozen=True, slots=True)
class Payload:
    """A schema that an operation uses; `words` say where in it: `response 200`."""

    slot: Slot
    spot: Spot
    direction: Direction
    words: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter. `key` is the same in both versions: a path parameter goes by its position."""

    key: tuple[str, str]
    spot: Spot
    is_required: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `is_outgoing` says that the API calls and the consumer answers."""

    key: Slot
    name: str
    spot: Spot
    is_outgoing: bool
    parameters: dict[tuple[str, str], Parameter] = field(default_factory=dict)
    body: Spot = field(default_factory=lambda: Spot("", None))
    responses: dict[str, Spot] = field(default_factory=dict)
    payloads: tuple[Payload, ...] = ()


def read_operations(document: ApiDocument) -> dict[Slot, Operation]:
    """Return the operations of paths, webhooks and callbacks, in reading order."""
    found: dict[Slot, Operation] = {}
    paths = document.at("/paths")
    for path in paths.entries:
        item = document.follow(paths.below(path))
        key = ("path", _TEMPLATE.sub("{}", path))
        for operation in _of_item(document, item, path, key, is_outgoing=False):
            _add(found, operation, ("path", path))
    hooks = document.at("/webhooks")
    for name in hooks.entries:
        item = document.follow(hooks.below(name))
        words = f"webhook {name}"
        for operation in _of_item(document, item, words, ("webhook", name), is_outgoing=True):
            found[operation.key] = operation
    return found


def _add(found: dict[Slot, Operation], operation: Operation, literal: Slot) -> None:
    """Add an operation; two paths that differ in the names of parameters only stay two."""
    key = operation.key
    if key in found:
        key = (*literal, *key[2:])
    found[key] = operation


def _of_item(
    document: ApiDocument, item: Spot, path: str, key: Slot, *, is_outgoing: bool, depth: int = 0
) -> Iterator[Operation]:
    for method in METHODS:
        spot = item.below(method)
        if not isinstance(spot.node, dict):
            continue
        name = f"{method.upper()} {path}"
        full = (*key, method)
        yield _read(document, (item, spot), name, full, is_outgoing=is_outgoing)
        if depth < _CALLBACK_DEPTH:
            yield from _callbacks(document, spot, name, full, is_outgoing, depth)


def _callbacks(
    document: ApiDocument, spot: Spot, name: str, key: Slot, is_outgoing: bool, depth: int
) -> Iterator[Operation]:
    callbacks = spot.below("callbacks")
    for label in callbacks.entries:
        callback = document.follow(callbacks.below(label))
        for expression in callback.entries:
            item = document.follow(callback.below(expression))
            words = f"{expression} (callback {label} of {name})"
            below = (*key, label, expression)
            yield from _of_item(
                document, item, words, below, is_outgoing=not is_outgoing, depth=depth + 1
            )


def _read(
    document: ApiDocument, spots: tuple[Spot, Spot], name: str, key: Slot, *, is_outgoing: bool
) -> Operation:
    item, spot = spots
    parameters = _parameters(document, item, spot, name)
    body = document.follow(spot.below("requestBody"))
    listed = spot.below("responses")
    responses = {
        status: document.follow(listed.below(status))
        for status in listed.entries
        if not status.startswith("x-")
    }
    taken = Direction.EVENT if is_outgoing else Direction.REQUEST
    sent = Direction.REQUEST if is_outgoing else Direction.RESPONSE
    payloads = [
        *_parameter_payloads(parameters, taken),
        *_contents(body, ("request",), taken, "request"),
    ]
    for status, response in responses.items():
        payloads += _contents(response, ("response", status), sent, f"response {status}")
        payloads += _header_payloads(document, response, status, sent)
    return Operation(key, name, spot, is_outgoing, parameters, body, responses, tuple(payloads))


def _parameters(
    document: ApiDocument, item: Spot, spot: Spot, name: str
) -> dict[tuple[str, str], Parameter]:
    """Return the parameters; the operation's own replace those of its path."""
    positions = {word: str(index) for index, word in enumerate(_TEMPLATE.findall(name))}
    found: dict[tuple[str, str], Parameter] = {}
    for holder in (item, spot):
        listed = holder.below("parameters")
        for index in range(len(listed.items)):
            place = document.follow(document.at(f"{listed.pointer}/{index}"))
            where, word = place.entries.get("in"), place.entries.get("name")
            if not isinstance(where, str) or not isinstance(word, str):
                continue
            if where == "path":
                word = positions.get(word, word)
            key = (where, word.lower() if where == "header" else word)
            is_required = place.entries.get("required") is True or where == "path"
            found[key] = Parameter(key, place, is_required)
    return found


def _parameter_payloads(
    parameters: dict[tuple[str, str], Parameter], direction: Direction
) -> Iterator[Payload]:
    for key, parameter in parameters.items():
        words = f"{key[0]} parameter {parameter.spot.entries['name']}"
        yield from _described(parameter.spot, ("parameter", *key), direction, words)


def _header_payloads(
    document: ApiDocument, response: Spot, status: str, direction: Direction
) -> Iterator[Payload]:
    headers = response.below("headers")
    for name in headers.entries:
        spot = document.follow(headers.below(name))
        slot = ("header", status, name.lower())
        yield from _described(spot, slot, direction, f"header {name} of response {status}")


def _described(spot: Spot, slot: Slot, direction: Direction, words: str) -> Iterator[Payload]:
    """Yield what a parameter or header holds: its schema, or its only content."""
    schema = spot.below("schema")
    if isinstance(schema.node, (dict, bool)):
        yield Payload(slot, schema, direction, words)
    yield from _contents(spot, slot, direction, words)


def _contents(spot: Spot, slot: Slot, direction: Direction, words: str) -> Iterator[Payload]:
    content = spot.below("content")
    for media in content.entries:
        schema = content.below(media, "schema")
        if isinstance(schema.node, (dict, bool)):
            yield Payload((*slot, media_key(media)), schema, direction, words)


def media_key(media: str) -> str:
    """Return a media type as it compares: without case and spaces."""
    return media.lower().replace(" ", "")
