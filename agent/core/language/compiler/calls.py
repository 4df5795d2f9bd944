"""Generated calls: the commonest functions written out, all others called as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

from agent.core.language.absence import MISSING as NO_VALUE
from agent.core.language.compiler import kinds, loops, runtime
from agent.core.language.compiler.displays import common_of
from agent.core.language.compiler.generator import (
    ABSENT,
    REFUSE,
    CannotCompile,
    Generator,
)
from agent.core.language.compiler.operators import choose, either
from agent.core.language.compiler.values import FOREIGN, Value, constant
from agent.core.language.functions import FUNCTIONS, Absence
from agent.core.language.functions.text import template_pieces
from agent.core.language.syntax import ArrayDisplay, Call, Expression, Literal, ObjectDisplay

Writer: TypeAlias = Callable[[Generator, Call], Value | None]
"""Writes one function out, or returns None where the plain call has to do."""

_ANY: Final = kinds.ANYTHING
_GIVING_TEXT: Final = (
    *("upper", "lower", "title", "snake", "camel", "kebab", "trim", "collapse", "pad", "text"),
    *("replace", "replace_pattern", "format", "iso_date", "iso_datetime", "format_date"),
    *("uuid5", "sha256", "base64", "unbase64"),
)
_GIVING_TRUTH: Final = (
    *("boolean", "matches", "starts_with", "ends_with", "contains", "any", "all", "present"),
    *("is_text", "is_number", "is_boolean", "is_object", "is_array", "is_null"),
)
_RESULTS: Final[dict[str, int]] = {
    **dict.fromkeys(_GIVING_TEXT, kinds.TEXT),
    **dict.fromkeys(["part", "extract"], kinds.TEXT | kinds.MISSING),
    **dict.fromkeys(["number", "round", "scale", "abs", "sum"], kinds.NUMBER),
    **dict.fromkeys(["integer", "to_epoch", "count"], kinds.INTEGER),
    **dict.fromkeys(_GIVING_TRUTH, kinds.BOOLEAN),
    **dict.fromkeys(["parse_date", "from_epoch", "to_zone", "add_duration"], kinds.DATE),
    **dict.fromkeys(["merge", "pick", "omit", "rename", "from_entries", "group_by"], kinds.OBJECT),
    **dict.fromkeys(
        ["entries", "concat", "flatten", "sort_by", "distinct", "zip", "enumerate", "split"],
        kinds.ARRAY,
    ),
    "slice": kinds.TEXT | kinds.ARRAY,
    "join": kinds.TEXT | kinds.NOTHING,
    "index_by": kinds.TABLE,
}
"""The kinds of what a function gives for operands that are there; of others, anything."""

_DEEP: Final = frozenset({"distinct", "one_of", "boolean"})
_TYPE_TESTS: Final = {
    "is_text": kinds.TEXT,
    "is_number": kinds.NUMBER,
    "is_boolean": kinds.BOOLEAN,
    "is_object": kinds.OBJECT,
    "is_array": kinds.ARRAY,
}


def write_call(gen: Generator, call: Call) -> Value:
    """Return the result of a call."""
    writer = _WRITERS.get(call.function)
    found = None if writer is None else writer(gen, call)
    return _plain_call(gen, call) if found is None else found


def _plain_call(gen: Generator, call: Call) -> Value:
    """Return the result of the language's own function."""
    function = FUNCTIONS[call.function]
    if function.is_lazy:
        raise CannotCompile(f"{call.function} in a form that is not written out")
    given = [gen.value(argument) for argument in call.arguments]
    named = [(name, gen.value(argument)) for name, argument in call.named]
    values = [*given, *(value for _, value in named)]
    codes = [gen.plain(value) for value in values]
    _charge_operands(gen, call, values, codes)
    arguments = [*codes[: len(given)]]
    arguments += [
        f"{name}={code}" for (name, _), code in zip(named, codes[len(given) :], strict=True)
    ]
    propagates = function.absence is Absence.PROPAGATE
    is_sure = all(value.is_present for value in values)
    called = function.call if is_sure or not propagates else runtime.calling(call.function)
    held = gen.code.hold(called, call.function)
    kind = _RESULTS.get(call.function, _ANY)
    if propagates:
        for value in values:
            kind |= value.kinds & kinds.NOTHING
    is_scalar = not kind & ~(kinds.SCALAR | kinds.MISSING)
    depth = gen.code.loops if is_scalar or not any(map(gen.is_foreign, values)) else FOREIGN
    result = gen.made(f"{held}({', '.join(arguments)})", kind, is_shared=not is_scalar, depth=depth)
    if kind & (kinds.TEXT | kinds.CONTAINER):
        _charge_result(gen, result)
    return result


def _charge_operands(gen: Generator, call: Call, values: list[Value], codes: list[str]) -> None:
    for value, code in zip(values, codes, strict=True):
        is_long = value.has(kinds.CONTAINER | kinds.TEXT) and gen.is_foreign(value)
        if is_long or (call.function in _DEEP and value.has(kinds.CONTAINER)):
            gen.charge(f"{gen.code.hold(runtime.size_of, 'size_of')}({code})")


def _charge_result(gen: Generator, result: Value) -> None:
    name = result.code
    amount = f"len({name})"
    if not result.is_within(kinds.TEXT | kinds.CONTAINER):
        amount = f"(len({name}) if type({name}) in (str, list, dict) else 1)"
    gen.charge(amount)


# Absence


def _default(gen: Generator, call: Call) -> Value:
    return _or_else(gen, gen.value(call.arguments[0]), call.arguments[1], kinds.NOTHING)


def _if_missing(gen: Generator, call: Call) -> Value:
    return _or_else(gen, gen.value(call.arguments[0]), call.arguments[1], kinds.MISSING)


def _or_else(gen: Generator, value: Value, other: Expression | Value, replaced: int) -> Value:
    """Return a value, or another where it is one of the replaced kinds of nothing."""
    absent = value.kinds & replaced
    if not absent:
        return value
    if value.is_within(replaced):
        return other if isinstance(other, Value) else gen.value(other)
    name = value.code
    tests = [
        f"{name} is {code}"
        for kind, code in ((kinds.MISSING, "M"), (kinds.NULL, "None"))
        if absent & kind
    ]
    there = value.but(kinds=value.kinds & ~replaced)
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
    return _or_else(gen, value, rest, kinds.MISSING)


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
    tests = [
        f"{value.code} is {code}"
        for kind, code in ((kinds.MISSING, "M"), (kinds.NULL, "None"))
        if value.has(kind)
    ]
    if tests:
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


# Choice


def _literal_table(gen: Generator, table: Expression) -> tuple[str, Value] | None:
    """Return the name of a table of literal texts, and what is known of its values."""
    if not isinstance(table, ObjectDisplay) or not table.entries:
        return None
    literals: dict[str, object] = {}
    for key, value in table.entries:
        if not isinstance(key, Literal) or not isinstance(value, Literal):
            return None
        if not isinstance(key.value, str):
            return None
        literals[key.value] = value.value
    held = gen.code.hold(literals, "TABLE")
    return held, common_of([constant(value) for value in literals.values()])


def _lookup(gen: Generator, call: Call) -> Value:
    """Return the value of a table: of literals by one read, else case by case."""
    value = gen.value(call.arguments[0])
    otherwise = _otherwise(call, 2)
    literal = _literal_table(gen, call.arguments[1])
    if literal is None:
        return _case_by_case(gen, value, call.arguments[1], otherwise, is_lookup=True)
    if value.has(kinds.CONTAINER | kinds.DATE | kinds.TABLE):
        gen.code.line(f"if type({gen.plain(value)}) in (list, dict): {REFUSE}")
        if value.has(kinds.DATE | kinds.TABLE):
            raise CannotCompile("a lookup of what may be a date")
    table, known = literal
    if value.is_present and otherwise is None:
        return known.but(code=gen.code.assign(f"{table}[{value.code}]"), depth=gen.code.loops)
    if value.is_present:
        found = gen.made(f"{table}.get({value.code}, M)", known.kinds | kinds.MISSING)
        return _or_else(gen, found, otherwise or ABSENT, kinds.MISSING)
    return _case_by_case(gen, value, call.arguments[1], otherwise, is_lookup=True)


def _switch(gen: Generator, call: Call) -> Value:
    value = gen.value(call.arguments[0])
    otherwise = _otherwise(call, 2)
    literal = _literal_table(gen, call.arguments[1])
    if literal is None or value.has(kinds.CONTAINER | kinds.DATE | kinds.TABLE):
        return _case_by_case(gen, value, call.arguments[1], otherwise, is_lookup=False)
    table, known = literal
    found = gen.made(f"{table}.get({value.code}, M)", known.kinds | kinds.MISSING)
    return _or_else(gen, found, otherwise or ABSENT, kinds.MISSING)


def _otherwise(call: Call, position: int) -> Expression | None:
    if len(call.arguments) > position:
        return call.arguments[position]
    return dict(call.named).get("otherwise")


def _case_by_case(
    gen: Generator,
    value: Value,
    table: Expression,
    otherwise: Expression | None,
    *,
    is_lookup: bool,
) -> Value:
    """Return the case of a value; only the one that is taken is computed."""
    if not isinstance(table, ObjectDisplay):
        raise CannotCompile("a table that is not written out")
    if not all(isinstance(key, Literal) for key, _ in table.entries):
        raise CannotCompile("a table with computed keys")
    if value.parts is not None or value.pairs is not None or value.has(kinds.TABLE | kinds.DATE):
        raise CannotCompile("a choice by what is no scalar")
    name = gen.code.name()
    found = Value(name, 0, is_tidy=True)
    scalar = gen.code.hold(_case_key, "case_key")
    # The kind is part of the key: true is not 1. A later entry wins over an earlier one.
    cases = {_case_key(key.value): case for key, case in table.entries if isinstance(key, Literal)}
    if is_lookup and value.has(kinds.CONTAINER):
        gen.code.line(f"if type({gen.plain(value)}) in (list, dict): {REFUSE}")
    key = gen.code.assign(f"{scalar}({gen.plain(value)})", "k")
    head = "if"
    if is_lookup and value.has(kinds.NOTHING):
        for kind, code in ((kinds.MISSING, "M"), (kinds.NULL, "None")):
            if value.has(kind):
                gen.code.line(f"{head} {value.code} is {code}: {name} = {code}")
                head = "elif"
                found = either(name, found, Value(code, kind, is_tidy=True))
    for case, expression in cases.items():
        with gen.block(f"{head} {key} == {gen.code.hold(case, 'CASE')}:"):
            result = gen.value(expression)
            gen.code.line(f"{name} = {gen.plain(result)}")
        found = either(name, found, result)
        head = "elif"
    with gen.block("else:" if head == "elif" else "if True:"):
        if otherwise is not None:
            result = gen.value(otherwise)
            gen.code.line(f"{name} = {gen.plain(result)}")
            found = either(name, found, result)
        elif is_lookup:
            gen.code.line(REFUSE)
        else:
            gen.code.line(f"{name} = M")
            found = either(name, found, ABSENT)
    return found


def _case_key(value: object) -> tuple[type, object]:
    """Return a key under which two scalars meet only when JSON calls them equal."""
    if value is NO_VALUE or value is None:
        return (type(None), None)
    if isinstance(value, (list, dict)):
        return (list, None)
    return (float if type(value) is int else type(value), value)


# Text


def _join(gen: Generator, call: Call) -> Value | None:
    """Return texts with a literal between them, where all are there."""
    separator, *parts = call.arguments
    if not isinstance(separator, Literal) or not isinstance(separator.value, str) or not parts:
        return None
    values = [gen.value(part) for part in parts]
    if not all(value.is_within(kinds.TEXT | kinds.NUMBER) for value in values):
        return None
    return _spliced(gen, ["", *[separator.value] * (len(parts) - 1), ""], values)


def _format(gen: Generator, call: Call) -> Value | None:
    template, *parts = call.arguments
    if not isinstance(template, Literal) or not isinstance(template.value, str):
        return None
    values = [gen.value(part) for part in parts]
    if not all(value.is_within(kinds.TEXT | kinds.NUMBER) for value in values):
        return None
    try:
        pieces = list(template_pieces(template.value))
    except runtime.NOT_TAKEN:
        return None
    return _spliced(gen, pieces, values) if len(pieces) == len(values) + 1 else None


def _spliced(gen: Generator, pieces: list[str], values: list[Value]) -> Value:
    """Return literal pieces with values between them, as an f-string."""
    text, longest = _escaped(pieces[0]), sum(map(len, pieces))
    is_bounded = True
    for value, piece in zip(values, pieces[1:], strict=True):
        text += f"{{{value.code}}}{_escaped(piece)}"
        if value.is_within(kinds.NUMBER):
            longest += _LONGEST_NUMBER
        elif value.longest is None:
            is_bounded = False
        else:
            longest += value.longest
    made = gen.made(f'f"{text}"', kinds.TEXT, longest=longest if is_bounded else None)
    return gen.charge_made_text(made)


_LONGEST_NUMBER: Final = 32


def _escaped(text: str) -> str:
    shown = repr("'" + text)[2:-1]
    return shown.replace('"', '\\"').replace("{", "{{").replace("}", "}}")


def _letter_case(gen: Generator, call: Call) -> Value | None:
    value = gen.value(call.arguments[0])
    if not value.is_within(kinds.TEXT):
        return None
    # A letter may become up to three: U+0390 in capitals, for one.
    longest = None if value.longest is None else 3 * value.longest
    made = gen.made(f"{value.code}.{call.function}()", kinds.TEXT, longest=longest)
    return _charged_like(gen, made, value)


def _charged_like(gen: Generator, made: Value, value: Value) -> Value:
    return gen.charge_made_text(made) if gen.is_foreign(value) else made


def _text(gen: Generator, call: Call) -> Value | None:
    value = gen.value(call.arguments[0])
    if value.is_within(kinds.TEXT):
        return value
    if value.is_within(kinds.NUMBER):
        return gen.made(f"repr({value.code})", kinds.TEXT, longest=_LONGEST_NUMBER)
    return None


# Numbers


def _scale(gen: Generator, call: Call) -> Value | None:
    """Return a number times a power of ten: fast where the result is an integer."""
    value, places = gen.value(call.arguments[0]), call.arguments[1]
    if not isinstance(places, Literal) or type(places.value) is not int:
        return None
    if not 1 <= places.value <= _MOST_PLACES or not value.is_within(kinds.NUMBER):
        return None
    factor = 10**places.value
    low, high = _scaled(value.low, factor), _scaled(value.high, factor)
    if low is None or high is None or max(abs(low), abs(high)) >= _EXACT:
        return None
    exact = gen.code.hold(FUNCTIONS["scale"].call, "scale")
    name = gen.code.name()
    # A decimal of at most 15 digits has a float of its own: when the quotient is that float, the
    # product is exact.
    with gen.block(f"if type({value.code}) is float:"):
        gen.code.line(f"{name} = round({value.code} * {factor}.0)")
        gen.code.line(
            f"if {name} / {factor} != {value.code}: {name} = {exact}({value.code}, {places.value})"
        )
    gen.code.line(f"else: {name} = {value.code} * {factor}")
    kind = kinds.INTEGER if value.is_within(kinds.INTEGER) else kinds.NUMBER
    return Value(
        name,
        kind,
        low=low - 1,
        high=high + 1,
        depth=gen.code.loops,
        is_tidy=True,
        is_likely_integer=True,
    )


_MOST_PLACES: Final = 9
_EXACT: Final = 10**15


def _scaled(bound: int | None, factor: int) -> int | None:
    return None if bound is None else bound * factor


# Dates


def _iso_datetime(gen: Generator, call: Call) -> Value | None:
    """Return a printed count of seconds, made of parts that are printed once."""
    inner = call.arguments[0]
    if call.named or len(call.arguments) > 1 or not _is_seconds(inner):
        return None
    assert isinstance(inner, Call)
    value = gen.value(inner.arguments[0])
    if not value.is_within(kinds.INTEGER):
        return None
    days = gen.code.hold(runtime.DAYS, "DAYS")
    minutes = gen.code.hold(runtime.MINUTES, "MINUTES")
    seconds = gen.code.hold(runtime.SECONDS, "SECONDS")
    n = value.code
    return gen.made(
        f"{days}[{n} // 86400] + {minutes}[{n} % 86400 // 60] + {seconds}[{n} % 60]",
        kinds.TEXT,
        longest=len("2024-05-01T12:00:00Z"),
    )


def _is_seconds(expression: Expression) -> bool:
    if not isinstance(expression, Call) or expression.function != "from_epoch":
        return False
    units = [*expression.arguments[1:], *(unit for _, unit in expression.named)]
    return all(unit == Literal("s") for unit in units)


# Objects and arrays


def _at(gen: Generator, call: Call) -> Value | None:
    held, key = gen.value(call.arguments[0]), gen.value(call.arguments[1])
    otherwise = _otherwise(call, 2)
    found = _found_at(gen, held, key)
    if found is None:
        found = _called_at(gen, held, key)
    if otherwise is None:
        return found
    tests = [
        f"{value.code} is {code}"
        for value in (held, key)
        for kind, code in ((kinds.MISSING, "M"), (kinds.NULL, "None"))
        if value.has(kind)
    ]
    if tests:
        # Of a missing or null operand the result is as the operand is, whatever `otherwise` says.
        return _at_or_nothing(gen, found, otherwise, tests)
    if otherwise == ArrayDisplay(()) and found.is_within(kinds.ARRAY | kinds.MISSING):
        code = gen.code.assign(f"[] if {found.code} is M else {found.code}")
        return found.but(code=code, kinds=kinds.ARRAY)
    return _or_else(gen, found, otherwise, kinds.MISSING)


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
    otherwise = _otherwise(call, 1)
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
        found = gen.guard(found, is_within_plain=is_plain)
    else:
        found = Value(name, kinds.ANYTHING, depth=items.depth, is_shared=True)
    return found if otherwise is None else _or_else(gen, found, otherwise, kinds.MISSING)


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


_WRITERS: Final[dict[str, Writer]] = {
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
    "lookup": _lookup,
    "switch": _switch,
    "join": _join,
    "format": _format,
    "lower": _letter_case,
    "upper": _letter_case,
    "text": _text,
    "scale": _scale,
    "iso_datetime": _iso_datetime,
    "at": _at,
    "first": _end,
    "last": _end,
    "entries": _entries,
    **dict.fromkeys(
        ["count", "sum", "any", "all", "min", "max", "group_by", "index_by"], loops.write_reduction
    ),
}
