"""Generated choices by value: tables and cases."""

from __future__ import annotations

from typing import Final

from agent.core.language.absence import MISSING as NO_VALUE
from agent.core.language.compiler import kinds
from agent.core.language.compiler.absent_calls import or_else, otherwise_of
from agent.core.language.compiler.code import CannotCompile
from agent.core.language.compiler.displays import common_of
from agent.core.language.compiler.generator import ABSENT, REFUSE, Generator, Writer
from agent.core.language.compiler.operators import either
from agent.core.language.compiler.values import Value, constant
from agent.core.language.syntax import Call, Expression, Literal, ObjectDisplay


def _literal_table(gen: Generator, table: Expression) -> tuple[str, Value] | None:
    """Return the name of a table of plain literal texts, and what is known of its values."""
    if not isinstance(table, ObjectDisplay) or not table.entries:
        return None
    literals: dict[str, object] = {}
    for key, value in table.entries:
        if not isinstance(key, Literal) or not isinstance(value, Literal):
            return None
        if not isinstance(key.value, str):
            return None
        literals[key.value] = value.value
    if not all(key.isascii() for key in literals):
        return None
    held = gen.code.hold(literals, "TABLE")
    return held, common_of([constant(value) for value in literals.values()])


def _lookup(gen: Generator, call: Call) -> Value:
    """Return the value of a table: of literals by one read, else case by case."""
    value = gen.value(call.arguments[0])
    otherwise = otherwise_of(call, 2)
    literal = _literal_table(gen, call.arguments[1])
    if literal is None:
        return _case_by_case(gen, value, call.arguments[1], otherwise, is_lookup=True)
    if value.has(kinds.CONTAINER | kinds.DATE | kinds.TABLE):
        gen.code.line(f"if type({gen.plain(value)}) in (list, dict): {REFUSE}")
        if value.has(kinds.DATE | kinds.TABLE):
            raise CannotCompile("a lookup of what may be a date")
    table, known = literal
    if value.is_present and otherwise is None:
        gen.found_text(value.code)
        return known.but(code=gen.code.assign(f"{table}[{value.code}]"), depth=gen.code.loops)
    if value.is_present:
        found = gen.made(f"{table}.get({value.code}, M)", known.kinds | kinds.MISSING)
        return or_else(gen, found, otherwise or ABSENT, kinds.MISSING)
    return _case_by_case(gen, value, call.arguments[1], otherwise, is_lookup=True)


def _switch(gen: Generator, call: Call) -> Value:
    value = gen.value(call.arguments[0])
    otherwise = otherwise_of(call, 2)
    literal = _literal_table(gen, call.arguments[1])
    if literal is None or value.has(kinds.CONTAINER | kinds.DATE | kinds.TABLE):
        return _case_by_case(gen, value, call.arguments[1], otherwise, is_lookup=False)
    table, known = literal
    found = gen.made(f"{table}.get({value.code}, M)", known.kinds | kinds.MISSING)
    return or_else(gen, found, otherwise or ABSENT, kinds.MISSING)


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


CHOICE_WRITERS: Final[dict[str, Writer]] = {"lookup": _lookup, "switch": _switch}
