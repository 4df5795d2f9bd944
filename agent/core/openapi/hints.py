"""Changes of what OpenAPI adds to schemas and inclusion does not read."""

from __future__ import annotations

from collections.abc import Iterator

from agent.core.constraints import show, value_key
from agent.core.openapi.checks import level_of
from agent.core.openapi.findings import Finding
from agent.core.paths import child, items
from agent.core.values import Json, canonical_text

_IN_PLACE = ("allOf", "anyOf", "oneOf")
Hints = dict[tuple[str, str], Json]
"""Keyword values by payload path and keyword."""
_READ = ("discriminator", "x-extensible-enum")


def hint_changes(before: Json, after: Json) -> Iterator[Finding]:
    """Yield changes of discriminators and of lists of values that may grow."""
    old, new = dict(_hints(before, "")), dict(_hints(after, ""))
    for key in dict.fromkeys((*old, *new)):
        path, keyword = key
        if canonical_text(old.get(key)) == canonical_text(new.get(key)):
            continue
        if keyword == "discriminator":
            detail = f"The discriminator {_how(old.get(key), new.get(key))}."
            yield _found("discriminator-changed", path, detail)
        else:
            yield from _values(path, old.get(key), new.get(key))


def _found(check: str, path: str, detail: str) -> Finding:
    return Finding(check, level_of(check), "", detail, (), path, path)


def _hints(node: Json, path: str) -> Iterator[tuple[tuple[str, str], Json]]:
    if not isinstance(node, dict):
        return
    for keyword in _READ:
        if keyword in node:
            yield (path, keyword), node[keyword]
    properties = node.get("properties")
    for name, part in properties.items() if isinstance(properties, dict) else ():
        yield from _hints(part, child(path, name))
    for keyword in ("items", "additionalProperties"):
        yield from _hints(node.get(keyword), items(path))
    for keyword in _IN_PLACE:
        arms = node.get(keyword)
        for part in arms if isinstance(arms, list) else ():
            yield from _hints(part, path)


def _how(old: Json, new: Json) -> str:
    if old is None:
        return "was added"
    if new is None or not (isinstance(old, dict) and isinstance(new, dict)):
        return "was removed" if new is None else "changed"
    names = old.get("propertyName"), new.get("propertyName")
    if names[0] != names[1]:
        return f"reads {names[1]}, not {names[0]}"
    return "maps its values to other schemas"


def _values(path: str, old: Json, new: Json) -> Iterator[Finding]:
    before, after = (value if isinstance(value, list) else [] for value in (old, new))
    keys = set(map(value_key, before)), set(map(value_key, after))
    gone = [value for value in before if value_key(value) not in keys[1]]
    came = [value for value in after if value_key(value) not in keys[0]]
    if gone:
        detail = f"These values are no longer listed: {show(gone)}."
        yield _found("extensible-enum-value-removed", path, detail)
    if came:
        yield _found("extensible-enum-value-added", path, f"These values are new: {show(came)}.")
