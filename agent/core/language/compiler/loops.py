"""Generated loops: comprehensions and what is computed over them, sharing loops where they can."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from agent.core.language.compiler import kinds, runtime
from agent.core.language.compiler.code import Step
from agent.core.language.compiler.generator import REFUSE, Generator
from agent.core.language.compiler.reads import read_field
from agent.core.language.compiler.reductions import (
    Reduction,
    invariants,
    reduction_of,
)
from agent.core.language.compiler.rounds import (
    as_array,
    bind_names,
    rounds,
    unless_nothing,
    where,
)
from agent.core.language.compiler.values import FOREIGN, Keys, Value
from agent.core.language.functions import FUNCTIONS
from agent.core.language.functions.operands import LARGEST_INTEGER
from agent.core.language.syntax import (
    ArrayComprehension,
    Call,
    EachRow,
    Expression,
    ObjectComprehension,
)


@dataclass
class _Member:
    """One reduction in a shared loop: the name of its result, and how to finish it."""

    reduction: Reduction
    name: str
    over: str = ""
    finish: Callable[[], Value] | None = None
    item: Value | None = None


def write_comprehension(
    gen: Generator, expression: ArrayComprehension | ObjectComprehension
) -> Value:
    """Return the array or object of a comprehension."""
    reduction = reduction_of(expression)
    if reduction is not None:
        return write_shared(gen, reduction)
    over = as_array(gen, gen.value(expression.loops[0].over))
    member = _Member(Reduction(expression, "nested", expression.loops[0].over), gen.code.name("l"))
    is_array = isinstance(expression, ArrayComprehension)
    empty = "[]" if is_array else "{}"
    _start(gen, over, member.name, empty)
    with unless_nothing(gen, over):
        _nest(gen, expression, 0, over, member)
    assert member.item is not None
    kind = (kinds.ARRAY if is_array else kinds.OBJECT) | over.kinds & kinds.NOTHING
    return _container(gen, member.name, kind, member.item)


def _nest(
    gen: Generator,
    expression: ArrayComprehension | ObjectComprehension,
    level: int,
    over: Value,
    member: _Member,
) -> None:
    loop = expression.loops[level]
    with rounds(gen, over) as item:
        bind_names(gen, loop.names, item)
        with where(gen, loop.conditions):
            if level + 1 < len(expression.loops):
                below = as_array(gen, gen.value(expression.loops[level + 1].over))
                with unless_nothing(gen, below):
                    _nest(gen, expression, level + 1, below, member)
            elif isinstance(expression, ArrayComprehension):
                member.item = _append(gen, member.name, gen.value(expression.item))
            else:
                member.item = _put(gen, member.name, expression.key, expression.value)
    for name in loop.names:
        gen.names.pop(name, None)


def _start(gen: Generator, over: Value, name: str, empty: str) -> None:
    """Write the start of a result that is missing or null where what is looped over is."""
    tests = over.absences()
    start = f"{over.code} if {' or '.join(tests)} else {empty}" if tests else empty
    gen.code.line(f"{name} = {start}")


def _append(gen: Generator, name: str, value: Value) -> Value:
    """Write an item to an array, unless it is missing, and return what is known of it."""
    code = gen.plain(value)
    test = f"if {code} is not M: " if value.has(kinds.MISSING) else ""
    gen.code.line(f"{test}{name}.append({code})")
    return _as_item(gen, value)


def _as_item(gen: Generator, value: Value) -> Value:
    if value.parts is not None:
        values = [part for _, part in value.parts]
        is_shared = any(part.is_shared or part.has(kinds.CONTAINER) for part in values)
        is_tidy = all(part.is_plain_scalar for part in values)
        return Value("", kinds.OBJECT, is_shared=is_shared, is_tidy=is_tidy)
    kind = value.kinds & ~kinds.MISSING
    is_foreign = gen.is_foreign(value) and not value.is_within(kinds.SCALAR & ~kinds.TEXT)
    if value.pairs is not None:
        return Value("", kind, is_shared=True)
    return value.but(code="", kinds=kind, depth=FOREIGN if is_foreign else 0)


def _put(gen: Generator, name: str, key: Expression, value: Expression) -> Value:
    """Write a field to an object, unless its key or value is missing."""
    held, found = gen.value(key), gen.value(value)
    held, code = held.but(code=gen.plain(held)), gen.plain(found)
    if not held.has(kinds.TEXT | kinds.MISSING):
        gen.code.line(REFUSE)
    elif not held.is_within(kinds.TEXT):
        is_absent = f" and {held.code} is not M" if held.has(kinds.MISSING) else ""
        gen.code.line(f"if type({held.code}) is not str{is_absent}: {REFUSE}")
    absent = ((held, held.code), (found, code))
    tests = [f"{each} is not M" for one, each in absent if one.has(kinds.MISSING)]
    test = f"if {' and '.join(tests)}: " if tests else ""
    gen.code.line(f"{test}{name}[{held.code}] = {code}")
    return _as_item(gen, found)


def _container(gen: Generator, name: str, kind: int, item: Value) -> Value:
    """Return what is known of an array or map that was made of such items."""
    return Value(
        name,
        kind,
        item=item if item.kinds or item.parts else None,
        depth=gen.code.loops if item.depth != FOREIGN else FOREIGN,
        is_shared=item.is_shared,
        is_tidy=item.is_tidy and not item.has(kinds.DATE | kinds.TABLE),
    )


def write_reduction(gen: Generator, call: Call) -> Value | None:
    """Return the result of a call that runs over an array, or None where no loop is written."""
    reduction = reduction_of(call)
    if reduction is None:
        return _count(gen, call) if call.function == "count" else None
    if reduction.kind in ("group_by", "index_by") and not _is_keyed(gen, reduction):
        return None
    return write_shared(gen, reduction)


def _count(gen: Generator, call: Call) -> Value | None:
    value = gen.value(call.arguments[0])
    if not value.is_within(kinds.ARRAY) or value.pairs is not None:
        return None
    return gen.made(f"len({value.code})", kinds.INTEGER, low=0, high=2**40)


def _is_keyed(gen: Generator, reduction: Reduction) -> bool:
    """Return whether all items are objects with a text or an integer as their key."""
    over = gen.value(reduction.over)
    if not over.is_within(kinds.ARRAY | kinds.NOTHING) or over.pairs is not None:
        return False
    if over.has(kinds.NULL) and reduction.kind == "index_by":
        return False
    node = over.node.item if over.node is not None else over.item.node if over.item else None
    if node is None or node.kinds != kinds.OBJECT or reduction.key not in node.required:
        return False
    if reduction.value is not None and reduction.value not in node.required:
        return False
    return node.field(reduction.key).kinds in (kinds.TEXT, kinds.INTEGER)


def write_shared(gen: Generator, reduction: Reduction) -> Value:
    """Write the loop of a reduction, and of all others that run over the same array here."""
    over = gen.value(reduction.over)
    if over.pairs is None:
        over = as_array(gen, over)
    group = [
        each
        for each in gen.sharing(reduction)
        if each.kind not in ("group_by", "index_by") or _is_keyed(gen, each)
    ]
    for each in group:
        for expression in invariants(each, gen.names, gen.lets):
            gen.value(expression)
    if over.pairs is None:
        # A fault looks the array up by its name, to find the item.
        over = gen.named(over)
    looped = over.code if over.pairs is None else over.pairs.code
    members = [_Member(each, gen.code.name("r"), over=looped) for each in group]
    for member in members:
        _begin(gen, over, member)
    start = len(gen.code.lines)
    # What every item was looked at for need not be looked at again.
    checked = frozenset(each.key for each in group if each.key)
    with unless_nothing(gen, over), rounds(gen, over) as item:
        _write_rounds(gen, members, item)
    # Items that only the function itself can judge were kept for it; most loops keep none.
    gen.code.insert(start, [f"{member.name}l = []" for member in members if member.finish])
    for member in members:
        for name in member.reduction.names:
            gen.names.pop(name, None)
        gen.code.remember(member.reduction.known, _finish(gen, over, member, checked))
    found = gen.code.recall(reduction.known)
    assert found is not None
    return found


def _write_rounds(gen: Generator, members: list[_Member], item: Value) -> None:
    """Write what one round does for every member, those without conditions first."""
    groups: dict[tuple[Expression, ...], list[_Member]] = {(): []}
    for member in members:
        groups.setdefault(member.reduction.conditions, []).append(member)
    for conditions, group in groups.items():
        for member in group:
            if member.reduction.names:
                bind_names(gen, member.reduction.names, item)
        with where(gen, conditions):
            for member in group:
                with _written_for(gen, member.reduction):
                    _step(gen, member, item)


@contextmanager
def _written_for(gen: Generator, reduction: Reduction) -> Iterator[None]:
    """Note that lines are written for the row of a reduction, whichever row started its loop."""
    origin = gen.code.origin
    if reduction.path:
        gen.code.origin = (*gen.plans[-1].origin, *map(Step, reduction.path))
    yield
    gen.code.origin = origin


def _begin(gen: Generator, over: Value, member: _Member) -> None:
    match member.reduction.kind:
        case "array" | "each":
            _start(gen, over, member.name, "[]")
        case "object" | "keyed" | "group_by":
            _start(gen, over, member.name, "{}")
        case "index_by":
            gen.code.line(f"{member.name} = {{}}")
        case "count" | "sum":
            gen.code.line(f"{member.name} = 0")
        case "any":
            gen.code.line(f"{member.name} = False")
        case "all":
            gen.code.line(f"{member.name} = True")
        case _:
            gen.code.line(f"{member.name} = M")


def _step(gen: Generator, member: _Member, item: Value) -> None:
    """Write what one round does for one member."""
    reduction, name = member.reduction, member.name
    match reduction.kind:
        case "each" | "keyed":
            from agent.core.language.compiler import rows

            assert isinstance(reduction.known, EachRow)
            step = Step(gen.code.origin[-1].row, item.code, member.over, name)
            gen.code.origin = (*gen.code.origin[:-1], step)
            member.item = rows.write_item(gen, reduction.known, name)
        case "array":
            assert reduction.item is not None
            member.item = _append(gen, name, gen.value(reduction.item))
        case "object":
            assert reduction.item is not None
            assert reduction.key_item is not None
            member.item = _put(gen, name, reduction.key_item, reduction.item)
        case "group_by":
            _group(gen, member, item)
        case "index_by":
            key = read_field(gen, item, reduction.key)
            gen.code.line(f"if {key.code} in {name}: {REFUSE}")
            gen.code.line(f"{name}[{key.code}] = {item.code}")
            member.item = key
        case _:
            assert reduction.item is not None
            _aggregate(gen, member, gen.value(reduction.item))


def _group(gen: Generator, member: _Member, item: Value) -> None:
    reduction, name = member.reduction, member.name
    key = read_field(gen, item, reduction.key)
    held = item if reduction.value is None else read_field(gen, item, reduction.value)
    code = key.code if key.is_within(kinds.TEXT) else gen.code.assign(f"repr({key.code})")
    gen.code.line(f"if {code} in {name}: {name}[{code}].append({held.code})")
    gen.code.line(f"else: {name}[{code}] = [{held.code}]")
    member.item = held


def _aggregate(gen: Generator, member: _Member, value: Value) -> None:
    """Write one round of an aggregate: at once where the types allow, else item by item."""
    name, kind = member.name, member.reduction.kind
    member.item = value
    code = gen.plain(value) if kind != "count" else value.code
    if value.has(kinds.MISSING):
        kind = kind if kind == "count" and value.parts is None else "keep"
    is_plain = value.is_plain_scalar and value.is_present
    match kind:
        case "count":
            test = f"if {value.code} is not M: " if value.has(kinds.MISSING) else ""
            gen.code.line(f"{test}{name} += 1")
        case "sum" if value.is_within(kinds.INTEGER) or value.is_likely_integer:
            gen.code.line(f"{name} += {code}")
        case "any" if value.is_within(kinds.BOOLEAN):
            gen.code.line(f"if {code}: {name} = True")
        case "all" if value.is_within(kinds.BOOLEAN):
            gen.code.line(f"if not {code}: {name} = False")
        case "min" | "max" if is_plain and _is_ordered(value):
            sign = "<" if kind == "min" else ">"
            gen.code.line(f"if {name} is M or {code} {sign} {name}: {name} = {code}")
        case _:
            test = f"if {code} is not M: " if value.has(kinds.MISSING) else ""
            gen.code.line(f"{test}{member.name}l.append({code})")
            member.finish = lambda: _called(gen, member)


def _is_ordered(value: Value) -> bool:
    return value.is_within(kinds.NUMBER) or value.is_within(kinds.TEXT)


def _called(gen: Generator, member: _Member) -> Value:
    """Return what the function itself makes of the items that were kept."""
    function = member.reduction.kind
    call = runtime.total if function == "sum" else FUNCTIONS[function].call
    kind = {
        "sum": kinds.NUMBER,
        "any": kinds.BOOLEAN,
        "all": kinds.BOOLEAN,
        "count": kinds.INTEGER,
    }.get(function, kinds.ANYTHING)
    return gen.made(f"{gen.code.hold(call, function)}({member.name}l)", kind)


def _finish(gen: Generator, over: Value, member: _Member, checked: frozenset[str]) -> Value:
    """Return the result of a member after its loop; `checked` are fields of every item."""
    if member.finish is not None:
        return member.finish()
    reduction, name, item = member.reduction, member.name, member.item
    assert item is not None
    nothing = over.kinds & kinds.NOTHING
    match reduction.kind:
        case "array" | "each":
            return _container(gen, name, kinds.ARRAY | nothing, item)
        case "object" | "keyed":
            return _container(gen, name, kinds.OBJECT | nothing, item)
        case "group_by":
            held = item.but(code="") if reduction.value else item.but(code="", checked=checked)
            inner = Value("", kinds.ARRAY, item=held, is_shared=True)
            return Value(
                name, kinds.OBJECT | nothing, item=inner, depth=gen.code.loops, is_shared=True
            )
        case "index_by":
            keys = Keys(item.kinds, _indexed(gen, over).but(checked=checked))
            return Value(name, kinds.TABLE, keys=keys, depth=gen.code.loops)
        case "count":
            return Value(name, kinds.INTEGER, low=0, high=2**40, depth=gen.code.loops, is_tidy=True)
        case "sum":
            _check_sum(gen, member, item)
            return Value(name, kinds.INTEGER, depth=gen.code.loops, is_tidy=True)
        case "any" | "all":
            return Value(name, kinds.BOOLEAN, depth=gen.code.loops, is_tidy=True)
        case _:
            return item.but(code=name, kinds=item.kinds | kinds.MISSING, depth=gen.code.loops)


def _check_sum(gen: Generator, member: _Member, item: Value) -> None:
    """Write the checks that a sum is an integer of 64 bits, as far as its items leave it open."""
    name = member.name
    tests = [] if item.is_within(kinds.INTEGER) else [f"type({name}) is not int"]
    most = max(abs(item.low or 0), abs(item.high or 0)) if item.is_bounded else LARGEST_INTEGER
    if most * _MOST_ITEMS >= LARGEST_INTEGER:
        # No array that fits into memory has so many items that small ones add up to more.
        is_within = f"{-LARGEST_INTEGER} <= {name} <= {LARGEST_INTEGER}"
        is_long = (
            f"len({member.over}) > {_FEW_ITEMS} and " if most * _FEW_ITEMS < LARGEST_INTEGER else ""
        )
        tests.append(f"{is_long}not {is_within}")
    if tests:
        gen.code.line(f"if {' or '.join(tests)}: {REFUSE}")


_MOST_ITEMS: Final = 2**31
_FEW_ITEMS: Final = 2**20


def _indexed(gen: Generator, over: Value) -> Value:
    """Return what is known of an item that an index holds."""
    if over.item is not None:
        return over.item.but(code="", depth=FOREIGN)
    assert over.node is not None
    return gen.of_node("", over.node.item, depth=FOREIGN, is_within_plain=over.is_plain)
