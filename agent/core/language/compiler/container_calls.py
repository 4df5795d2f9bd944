"""Generated reads of objects, arrays and indexes by key, by end, by entry."""

from __future__ import annotations

from typing import Final

from agent.core.language.compiler import kinds, runtime
from agent.core.language.compiler.absent_calls import or_else, otherwise_of
from agent.core.language.compiler.code import CannotCompile
from agent.core.language.compiler.generator import Generator, Writer
from agent.core.language.compiler.guards import guard
from agent.core.language.compiler.operators import either
from agent.core.language.compiler.values import FOREIGN, Value
from agent.core.language.syntax import ArrayDisplay, Call, Expression


def _at(gen: Generator, call: Call) -> Value | None:
    held, key = gen.value(call.arguments[0]), gen.value(call.arguments[1])
    otherwise = otherwise_of(call, 2)
    found = _found_at(gen, held, key)
    if found is None:
        found = _called_at(gen, held, key)
    if otherwise is None:
        return found
    if tests := [*held.absences(), *key.absences()]:
        # Of a missing or null operand the result is as the operand is, whatever `otherwise` says.
        return _at_or_nothing(gen, found, otherwise, tests)
    if otherwise == ArrayDisplay(()) and found.is_within(kinds.ARRAY | kinds.MISSING):
        code = gen.code.assign(f"[] if {found.code} is M else {found.code}")
        return found.but(code=code, kinds=kinds.ARRAY)
    return or_else(gen, found, otherwise, kinds.MISSING)


def _at_or_nothing(gen: Generator, found: Value, otherwise: Expression, tests: list[str]) -> Value:
    name = gen.code.assign(gen.plain(found))
    with gen.block(f"if {name} is M and not ({' or '.join(tests)}):"):
        other = gen.value(otherwise)
        gen.code.line(f"{name} = {gen.plain(other)}")
    return either(name, found, other)


def _found_at(gen: Generator, held: Value, key: Value) -> Value | None:
    """Return what an index or a map that was made here holds, by one read."""
    if held.keys is not None and key.is_present:
        known = held.keys
        is_alike = any(
            not known.kinds & ~kind and key.is_within(kind) for kind in (kinds.NUMBER, kinds.TEXT)
        )
        if not is_alike:
            raise CannotCompile("an index asked for keys of another type")
        code = gen.code.assign(f"{held.code}.get({key.code}, M)")
        return known.item.but(
            code=code, kinds=known.item.kinds | kinds.MISSING, depth=FOREIGN, parts=None
        )
    is_map = held.is_within(kinds.OBJECT) and held.item is not None
    if is_map and key.is_within(kinds.TEXT):
        assert held.item is not None
        code = gen.code.assign(f"{held.code}.get({key.code}, M)")
        return held.item.but(code=code, kinds=held.item.kinds | kinds.MISSING, depth=FOREIGN)
    return None


def _called_at(gen: Generator, held: Value, key: Value) -> Value:
    function = gen.code.hold(runtime.calling("at"), "at")
    code = f"{function}({gen.plain(held)}, {gen.plain(key)})"
    nothing = (held.kinds | key.kinds) & kinds.NOTHING
    return gen.made(code, kinds.ANYTHING | nothing, is_shared=True, depth=FOREIGN)


def _end(gen: Generator, call: Call) -> Value | None:
    """Return the first or last item of an array."""
    items = gen.value(call.arguments[0])
    otherwise = otherwise_of(call, 1)
    if not items.is_within(kinds.ARRAY):
        if otherwise is not None:
            raise CannotCompile("an end with otherwise= of what may be no array")
        held = gen.code.hold(runtime.calling(call.function), call.function)
        kind = kinds.ANYTHING
        return gen.made(f"{held}({gen.plain(items)})", kind, is_shared=True, depth=items.depth)
    index = 0 if call.function == "first" else -1
    code = gen.plain(items) if items.node is None else items.code
    name = gen.code.assign(f"{code}[{index}] if {code} else M")
    if items.item is not None:
        found = items.item.but(code=name, kinds=items.item.kinds | kinds.MISSING, depth=items.depth)
    elif items.node is not None:
        node = items.node.item
        kind, is_plain = node.kinds | kinds.MISSING, items.is_plain
        found = gen.of_node(name, node, depth=items.depth, kind=kind, is_within_plain=is_plain)
        found = guard(gen, found, is_within_plain=is_plain)
    else:
        found = Value(name, kinds.ANYTHING, depth=items.depth, is_shared=True)
    return found if otherwise is None else or_else(gen, found, otherwise, kinds.MISSING)


def _entries(gen: Generator, call: Call) -> Value | None:
    """Return the fields of a map as an array that is not made before someone needs it."""
    held = gen.value(call.arguments[0])
    if not held.is_within(kinds.OBJECT) or held.parts is not None:
        return None
    if held.node is not None:
        if not held.node.is_map or not (held.is_plain or held.node.is_map_of_values):
            return None
    elif held.node is None and held.item is None:
        return None
    return Value("", kinds.ARRAY, pairs=held, depth=held.depth)


CONTAINER_WRITERS: Final[dict[str, Writer]] = {
    "at": _at,
    "first": _end,
    "last": _end,
    "entries": _entries,
}
