"""Generated rounds: one loop over an array or a map, with what one item is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from agent.core.language.compiler import kinds
from agent.core.language.compiler.generator import REFUSE, Generator
from agent.core.language.compiler.guards import guard
from agent.core.language.compiler.reads import admit_item
from agent.core.language.compiler.values import FOREIGN, Value
from agent.core.language.syntax import Expression


def as_array(gen: Generator, over: Value) -> Value:
    """Return what is looped over as an array, missing or null; anything else is refused."""
    if over.is_within(kinds.ARRAY | kinds.NOTHING):
        return over
    code = gen.plain(over)
    tests = " and ".join([f"type({code}) is not list", *over.presences()])
    gen.code.line(f"if {tests}: {REFUSE}")
    kind = kinds.ARRAY | over.kinds & kinds.NOTHING
    return Value(code, kind, depth=over.depth, is_shared=True)


@contextmanager
def unless_nothing(gen: Generator, over: Value) -> Iterator[None]:
    """Write a block that runs where something is there."""
    tests = over.presences()
    if not tests:
        yield
        return
    with gen.block(f"if {' and '.join(tests)}:"):
        yield


@contextmanager
def rounds(gen: Generator, over: Value) -> Iterator[Value]:
    """Write a loop over an array, and give one of its items."""
    is_foreign = gen.is_foreign(over if over.pairs is None else over.pairs)
    depth = FOREIGN if is_foreign else gen.code.loops + 1
    if over.pairs is not None:
        with _entry_rounds(gen, over.pairs, depth, is_foreign=is_foreign) as entry:
            yield entry
        return
    if is_foreign:
        gen.charge_later(f"len({over.code})")
    name = gen.code.name("x")
    item = _item_of(gen, over, name, depth)
    with gen.loop(f"for {name} in {over.code}:"):
        if over.item is not None:
            item = admit_item(gen, item)
        elif item.kinds != kinds.TEXT or not over.is_plain:
            item = guard(gen, item, is_within_plain=over.is_plain)
        yield item


def _item_of(gen: Generator, over: Value, name: str, depth: int) -> Value:
    if over.item is not None:
        return over.item.but(code=name, depth=depth)
    if over.node is None:
        return Value(name, kinds.JSON, depth=depth, is_shared=True)
    item = gen.of_node(name, over.node.item, depth=depth, is_within_plain=over.is_plain)
    if item.kinds == kinds.TEXT and over.is_plain:
        gen.check_all_texts(over.code)
    return item


@contextmanager
def _entry_rounds(gen: Generator, held: Value, depth: int, *, is_foreign: bool) -> Iterator[Value]:
    """Write a loop over the fields of a map, as {key, value}."""
    if is_foreign:
        gen.charge_later(f"len({held.code})")
    key, name = gen.code.name("k"), gen.code.name("x")
    gen.found_object(held.code)
    is_source = held.node is not None
    if held.node is not None:
        value = gen.of_node(name, held.node.others, depth=depth, is_within_plain=held.is_plain)
    else:
        assert held.item is not None
        value = held.item.but(code=name, depth=depth)
    with gen.loop(f"for {key}, {name} in {held.code}.items():"):
        text = Value(key, kinds.TEXT, depth=depth, is_tidy=True)
        if is_source:
            value = guard(gen, value, is_within_plain=held.is_plain)
            if held.is_plain:
                gen.check_later(text)
        else:
            value = admit_item(gen, value)
        yield Value("", kinds.OBJECT, parts=(("key", text), ("value", value)), depth=depth)


def bind_names(gen: Generator, names: tuple[str, ...], item: Value) -> None:
    """Let the names of a loop stand for an item, or for the parts of a pair."""
    if len(names) == 1:
        gen.names[names[0]] = item
        return
    code = gen.plain(item)
    gen.code.line(f"if type({code}) is not list or len({code}) != {len(names)}: {REFUSE}")
    for place, name in enumerate(names):
        part = Value(
            gen.code.assign(f"{code}[{place}]"), kinds.JSON, depth=item.depth, is_shared=True
        )
        gen.names[name] = guard(gen, part)


@contextmanager
def where(gen: Generator, conditions: tuple[Expression, ...]) -> Iterator[None]:
    """Write a block that runs where all conditions hold, each asked only if those before do."""
    if not conditions:
        yield
        return
    with gen.block(f"if {gen.condition(conditions[0])}:"), where(gen, conditions[1:]):
        yield
