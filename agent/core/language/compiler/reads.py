"""Generated reads: fields, items, slices."""

from __future__ import annotations

from agent.core.language import operators
from agent.core.language.bounds import require_scalar
from agent.core.language.compiler import kinds
from agent.core.language.compiler.generator import ABSENT, Generator
from agent.core.language.compiler.guards import guard
from agent.core.language.compiler.source import Node
from agent.core.language.compiler.values import Value
from agent.core.language.syntax import Scalar, Slice


def read_field(gen: Generator, of: Value, key: str) -> Value:
    """Return a field of an object; of missing or null it is missing."""
    if of.parts is not None:
        found = dict(of.parts).get(key, ABSENT)
        return found if of.is_present else _unless_nothing(gen, of, found)
    if of.is_within(kinds.NOTHING):
        return ABSENT
    if not of.is_within(kinds.OBJECT | kinds.NOTHING) or (of.node is None and of.item is None):
        held = gen.code.hold(operators.read_field, "read_field")
        read = f"{held}({gen.plain(of)}, {key!r})"
        node = of.node.field(key) if of.node is not None else None
        return _found(gen, read, of, node, may_be_missing=True)
    if of.node is None:
        assert of.item is not None
        read = f"{of.code}.get({key!r}, M)"
        return _made(gen, read, of, of.item)
    node = of.node.field(key)
    is_sure = key in of.node.required and of.is_present
    read, is_checked = _read(gen, of, key), key in of.checked
    return _found(gen, read, of, node, may_be_missing=not is_sure, is_checked=is_checked)


def read_or(gen: Generator, of: Value, key: str, other: Scalar) -> Value | None:
    """Return an optional field of a plain object or a literal in its place, by one read.

    None where that is not the same as a read and a default: of what may be nothing itself, and of
    a field that may be null.
    """
    node = of.node.field(key) if of.node is not None and of.is_within(kinds.OBJECT) else None
    if node is None or not of.is_plain or node.kinds != kinds.kind_of(other):
        return None
    name = gen.code.assign(f"{of.code}.get({key!r}, {other!r})")
    found = gen.of_node(name, node, depth=of.depth)
    if found.low is not None or found.high is not None:
        found = found.but(low=None, high=None)
    return guard(gen, found)


def _read(gen: Generator, of: Value, key: str) -> str:
    assert of.node is not None
    if not of.is_plain and not of.node.is_map_of_values:
        read = f"{of.code}.{attribute(of.node, key)}"
    elif key in of.node.required:
        read = f"{of.code}[{key!r}]"
        if of.is_present:
            gen.found_object(of.code)
    else:
        read = f"{of.code}.get({key!r}, M)"
    return _guarded(of, read)


def _guarded(of: Value, read: str) -> str:
    """Return a read that gives missing where there is nothing to read from."""
    tests = of.absences()
    return f"M if {' or '.join(tests)} else {read}" if tests else read


def attribute(node: Node, key: str) -> str:
    """Return the attribute under which the typed decoder gives a field, and note the read."""
    node.reads[key] = node.field(key)
    return f"f{list(node.reads).index(key)}"


def _found(
    gen: Generator,
    read: str,
    of: Value,
    node: Node | None,
    *,
    may_be_missing: bool,
    is_checked: bool = False,
) -> Value:
    absent = kinds.MISSING if may_be_missing else 0
    if node is not None and not of.is_plain and not absent and gen.is_settled(node):
        # What the typed decoder has checked is read where it is needed.
        return gen.of_node(read, node, depth=of.depth, is_within_plain=False)
    name = gen.code.assign(read)
    if node is None:
        kind = kinds.JSON | kinds.MISSING
        return guard(gen, Value(name, kind, depth=of.depth, is_shared=True))
    kind = node.kinds | absent
    found = gen.of_node(name, node, depth=of.depth, kind=kind, is_within_plain=of.is_plain)
    return found if is_checked else guard(gen, found, is_within_plain=of.is_plain)


def _made(gen: Generator, read: str, of: Value, item: Value) -> Value:
    name = gen.code.assign(_guarded(of, read))
    found = item.but(code=name, kinds=item.kinds | kinds.MISSING, depth=of.depth)
    return admit_item(gen, found)


def admit_item(gen: Generator, value: Value) -> Value:
    """Refuse what stands in an array and cannot be read out of it: dates and tables."""
    if value.has(kinds.DATE | kinds.TABLE):
        gen.code.line(f"{gen.code.hold(require_scalar, 'require_scalar')}({value.code})")
    return value


def _unless_nothing(gen: Generator, of: Value, found: Value) -> Value:
    name = gen.code.assign(_guarded(of, gen.plain(found)))
    return found.but(code=name, kinds=found.kinds | kinds.MISSING, parts=None, pairs=None)


def read_item(gen: Generator, of: Value, position: int) -> Value:
    """Return an item of an array; past an end, and of missing or null, it is missing."""
    if of.is_within(kinds.NOTHING):
        return ABSENT
    if not of.is_within(kinds.ARRAY | kinds.NOTHING):
        held = gen.code.hold(operators.read_item, "read_item")
        return _found(gen, f"{held}({gen.plain(of)}, {position})", of, None, may_be_missing=True)
    if of.pairs is not None:
        of = Value(gen.plain(of), of.kinds, depth=of.depth, is_shared=True)
    needed = position + 1 if position >= 0 else -position
    read = _guarded(of, f"{of.code}[{position}] if len({of.code}) >= {needed} else M")
    if of.item is not None:
        return _made(gen, read, of, of.item)
    node = of.node.item if of.node is not None else None
    return _found(gen, read, of, node, may_be_missing=True)


def read_slice(gen: Generator, of: Value, expression: Slice) -> Value:
    """Return a part of an array or text; missing and null stay."""
    start = "" if expression.start is None else expression.start
    end = "" if expression.end is None else expression.end
    if of.is_within(kinds.NOTHING):
        return of
    cut = kinds.ARRAY | kinds.TEXT
    if not of.is_within(cut | kinds.NOTHING):
        held = gen.code.hold(operators.read_slice, "read_slice")
        read = f"{held}({gen.plain(of)}, {expression.start}, {expression.end})"
        return gen.made(read, of.kinds & (cut | kinds.NOTHING), is_shared=True, is_tidy=False)
    code = gen.plain(of) if of.pairs is not None else of.code
    read = f"{code}[{start}:{end}]"
    for kind, nothing in ((kinds.NULL, "None"), (kinds.MISSING, "M")):
        if of.has(kind):
            read = f"{nothing} if {code} is {nothing} else {read}"
    return of.but(code=gen.code.assign(read), pairs=None, low=None, high=None)
