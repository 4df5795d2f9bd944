"""Generated copies: the fields of an object that the contract declares, one by one."""

from __future__ import annotations

from collections.abc import Iterator

from agent.core import paths
from agent.core.declared import is_free
from agent.core.language.compiler import kinds, reads, runtime
from agent.core.language.compiler.code import CannotCompile
from agent.core.language.compiler.generator import Generator, Steps
from agent.core.language.compiler.values import Value
from agent.core.language.declared import Place
from agent.core.language.document import Adapter
from agent.core.language.output import Output
from agent.core.language.syntax import CopyRow
from agent.core.values import Json


def place_at(adapter: Adapter, steps: Steps) -> Place | None:
    """Return what the contract declares at a place of the output."""
    contract = adapter.declared
    place: Place | None = contract.root
    for step in steps:
        if place is None:
            return None
        if step is None:
            raise CannotCompile("a copy into a map with computed keys")
        if isinstance(step, int):
            if any("prefixItems" in node for node in place):
                raise CannotCompile("a copy into an array of differing items")
            place = contract.item(place, step)
        else:
            place = contract.field(place, paths.key_of(step))
    return place


def write_fields(
    gen: Generator, row: CopyRow, value: Value, place: Place
) -> Iterator[tuple[str, Value]]:
    """Yield the declared fields of an object that is there, each as the output holds it."""
    names = names_of(place)
    if names is None:
        raise CannotCompile("a copy of fields that the contract does not name")
    excluded = [paths.parse(pointer) for pointer in row.excluded]
    for name in names:
        below = gen.adapter.declared.field(place, name)
        if below is None or any(_is_left_out(tokens, name) for tokens in excluded):
            continue
        inner = [tokens[1:] for tokens in excluded if len(tokens) > 1 and _is(tokens[0], name)]
        yield name, _projected(gen, reads.read_field(gen, value, name), below, inner)


def names_of(place: Place) -> list[str] | None:
    """Return the names of the declared fields, or None when others may be declared too."""
    if is_free(place):
        return None
    names: dict[str, None] = {}
    for node in place:
        if "patternProperties" in node or "unevaluatedProperties" in node:
            return None
        if node.get("additionalProperties", False) not in (False, True):
            return None
        if node.get("additionalProperties") is True and "properties" not in node:
            return None
        names.update(dict.fromkeys(node.get("properties", {})))
    return list(names)


def _is(token: str, name: str) -> bool:
    return token == paths.ANY or paths.key_of(token) == name


def _is_left_out(tokens: tuple[str, ...], name: str) -> bool:
    return len(tokens) == 1 and _is(tokens[0], name)


def _projected(
    gen: Generator, value: Value, place: Place, excluded: list[tuple[str, ...]]
) -> Value:
    """Return a value without what the contract does not declare within it."""
    if not value.has(kinds.CONTAINER):
        return gen.written(value)
    contract = gen.adapter.declared

    def project(found: object) -> object:
        return contract.project(found, place, excluded)

    held = gen.code.hold(project, "project")
    copy = gen.code.hold(runtime.copy_value, "copy_value")
    code = gen.plain(value)
    projected = f"{copy}({held}({code}))"
    if value.has(kinds.MISSING):
        projected = f"M if {code} is M else {projected}"
    if gen.is_foreign(value):
        gen.charge_size(code)
    return gen.made(projected, value.kinds, is_tidy=True)


def copier(gen: Generator, row: CopyRow, place: Place) -> str:
    """Return the name of what copies all declared fields of an object into an output."""
    contract = gen.adapter.declared
    excluded = [paths.parse(pointer) for pointer in row.excluded]

    def copy_into(output: Output, target: tuple[str, ...], found: dict[str, Json]) -> None:
        output.open_object(target)
        for key, item, below, left_out in contract.fields(found, place, excluded):
            own = (*target, *paths.parse(paths.child("", key)))
            output.write(own, contract.project(item, below, left_out))

    return gen.code.hold(copy_into, "copy_into")
