"""Generated calls of the functions that know missing and null, and of tests of type."""

from __future__ import annotations

from typing import Final

from agent.core.language.compiler import kinds
from agent.core.language.compiler.generator import ABSENT, REFUSE, Generator, Writer
from agent.core.language.compiler.operators import choose, either
from agent.core.language.compiler.reads import read_or
from agent.core.language.compiler.values import Value, constant
from agent.core.language.syntax import ArrayDisplay, Call, Expression, Field, Literal

_TYPE_TESTS: Final = {
    "is_text": kinds.TEXT,
    "is_number": kinds.NUMBER,
    "is_boolean": kinds.BOOLEAN,
    "is_object": kinds.OBJECT,
    "is_array": kinds.ARRAY,
}


def _default(gen: Generator, call: Call) -> Value:
    read, other = call.arguments
    if isinstance(read, Field) and isinstance(other, Literal) and gen.code.recall(read) is None:
        found = read_or(gen, gen.value(read.of), read.key, other.value)
        if found is not None:
            return found
    return or_else(gen, gen.value(call.arguments[0]), call.arguments[1], kinds.NOTHING)


def _if_missing(gen: Generator, call: Call) -> Value:
    return or_else(gen, gen.value(call.arguments[0]), call.arguments[1], kinds.MISSING)


def otherwise_of(call: Call, position: int) -> Expression | None:
    """Return the argument `otherwise=` of a call, by name or by position."""
    if len(call.arguments) > position:
        return call.arguments[position]
    return dict(call.named).get("otherwise")


def or_else(gen: Generator, value: Value, other: Expression | Value, replaced: int) -> Value:
    """Return a value, or another where it is one of the replaced kinds of nothing."""
    absent = value.kinds & replaced
    if not absent:
        return value
    if value.is_within(replaced):
        return other if isinstance(other, Value) else gen.value(other)
    name, tests = value.code, value.absences(replaced)
    there = value.but(kinds=value.kinds & ~replaced)
    if other == ArrayDisplay(()) and there.is_within(kinds.ARRAY) and value.pairs is None:
        return there.but(code=gen.code.assign(f"[] if {' or '.join(tests)} else {name}"))
    if isinstance(other, Literal):
        found = constant(other.value)
        gen.plain(there)
        code = gen.code.assign(f"{found.code} if {' or '.join(tests)} else {name}")
        return _one_of_both(code, there, found)
    return choose(gen, " or ".join(tests), other, there)


def _one_of_both(code: str, first: Value, second: Value) -> Value:
    known = either(code, first, second)
    if second.has(kinds.CONTAINER) or not first.has(kinds.CONTAINER):
        return known
    return known.but(node=first.node, item=first.item, is_shared=first.is_shared)


def _coalesce(gen: Generator, call: Call) -> Value:
    """Return the first that is neither missing nor null, asking no further."""
    first, *others = call.arguments
    value = _without_null(gen, gen.value(first))
    if not others or not value.has(kinds.MISSING):
        return value
    rest = Call("coalesce", tuple(others))
    return or_else(gen, value, rest, kinds.MISSING)


def _without_null(gen: Generator, value: Value) -> Value:
    if not value.has(kinds.NULL):
        return value
    if value.is_within(kinds.NOTHING):
        return ABSENT
    code = gen.code.assign(f"M if {value.code} is None else {value.code}")
    return value.but(code=code, kinds=value.kinds & ~kinds.NULL | kinds.MISSING)


def _not_null(gen: Generator, call: Call) -> Value:
    return _without_null(gen, gen.value(call.arguments[0]))


def _present(gen: Generator, call: Call) -> Value:
    value = gen.value(call.arguments[0])
    if not value.has(kinds.MISSING):
        return constant(True)
    return gen.boolean(f"{value.code} is not M")


def _absent(_: Generator, __: Call) -> Value:
    return ABSENT


def _non_empty(gen: Generator, call: Call) -> Value | None:
    value = gen.value(call.arguments[0])
    if value.parts is not None or value.pairs is not None:
        return None
    if not value.has(kinds.TEXT | kinds.CONTAINER):
        return value
    emptiable = kinds.TEXT | kinds.CONTAINER
    if value.is_within(emptiable):
        code = f"{gen.plain(value) if value.has(kinds.OBJECT) else value.code} or M"
    else:
        code = f"M if {gen.plain(value)} in ('', [], {{}}) else {value.code}"
        if value.has(kinds.BOOLEAN | kinds.NUMBER | kinds.DATE | kinds.TABLE):
            return None
    return value.but(code=gen.code.assign(code), kinds=value.kinds | kinds.MISSING)


def _require(gen: Generator, call: Call) -> Value:
    value = gen.value(call.arguments[0])
    gen.value(call.arguments[1])
    if tests := value.absences():
        gen.code.line(f"if {' or '.join(tests)}: {REFUSE}")
    return value.but(kinds=value.kinds & ~kinds.NOTHING)


def _fail(gen: Generator, _: Call) -> Value:
    gen.code.line(REFUSE)
    return ABSENT


def _type_test(gen: Generator, call: Call) -> Value | None:
    value, kind = gen.value(call.arguments[0]), _TYPE_TESTS[call.function]
    if value.has(kinds.NOTHING):
        return None
    if value.is_within(kind):
        return constant(True)
    if not value.has(kind):
        return constant(False)
    classes = [name for each, name in kinds.CLASSES.items() if kind & each]
    return gen.boolean(f"type({value.code}) in ({', '.join(classes)},)")


def _is_null(gen: Generator, call: Call) -> Value:
    value = gen.value(call.arguments[0])
    return gen.boolean(f"{value.code} is None") if value.has(kinds.NULL) else constant(False)


ABSENT_WRITERS: Final[dict[str, Writer]] = {
    "default": _default,
    "if_missing": _if_missing,
    "coalesce": _coalesce,
    "not_null": _not_null,
    "present": _present,
    "absent": _absent,
    "non_empty": _non_empty,
    "require": _require,
    "fail": _fail,
    "is_null": _is_null,
    **dict.fromkeys(_TYPE_TESTS, _type_test),
}
