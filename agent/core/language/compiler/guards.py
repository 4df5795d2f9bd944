"""Generated checks: that what is read is what the schema says, or the fast path is left."""

from __future__ import annotations

import functools

from agent.core.language.bounds import require_scalar
from agent.core.language.compiler import kinds
from agent.core.language.compiler.code import CannotCompile
from agent.core.language.compiler.generator import REFUSE, Generator
from agent.core.language.compiler.patterns import written_out
from agent.core.language.compiler.values import Value
from agent.core.language.functions.operands import LARGEST_INTEGER, SMALLEST_INTEGER
from agent.core.shapes.facts import does_match


def guard(gen: Generator, value: Value, *, is_within_plain: bool = True) -> Value:
    """Write the check that a value which was just read is as the schema says.

    What stands within a record was checked by the typed decoder, or is judged here as one.
    """
    if not is_within_plain:
        if not value.is_plain:
            _guard_pattern(gen, value)
            return value
        _judge(gen, value)
    if value.kinds & kinds.JSON == kinds.JSON:
        held = gen.code.hold(require_scalar, "require_scalar")
        gen.code.line(f"{held}({value.code})")
        return value
    nothing = value.presences()
    if not nothing:
        _guard(gen, value, value.kinds)
        return value
    with gen.block(f"if {' and '.join(nothing)}:"):
        _guard(gen, value, value.kinds & ~kinds.NOTHING)
    return value


def _guard_pattern(gen: Generator, value: Value) -> None:
    pattern = value.node.schema.get("pattern") if value.node is not None else None
    if pattern is None or not value.has(kinds.TEXT):
        return
    test = written_out(pattern, value.code)
    if test is None:
        test = f"{gen.code.hold(functools.partial(does_match, pattern), 'matches')}({value.code})"
    is_text = "" if value.is_within(kinds.TEXT) else f"type({value.code}) is str and "
    gen.code.line(f"if {is_text}not ({test}): {REFUSE}")


def _judge(gen: Generator, value: Value) -> None:
    """Write the check that a place which no decoder checks is valid under its schema."""
    assert value.node is not None
    if value.node.is_free:
        return
    held = gen.code.hold(value.node.is_valid, "is_valid")
    test = f"{value.code} is not M and " if value.has(kinds.MISSING) else ""
    gen.code.line(f"if {test}not {held}({value.code}): {REFUSE}")


def _guard(gen: Generator, value: Value, kind: int) -> None:
    name = value.code
    match kind:
        case 0:
            gen.code.line(REFUSE)
        case kinds.TEXT:
            gen.check_later(value.but(kinds=kinds.TEXT))
        case kinds.BOOLEAN:
            gen.code.line(f"if {name} is not True and {name} is not False: {REFUSE}")
        case kinds.INTEGER:
            is_within = _range_test(name, value, "{0}")
            gen.code.line(f"if type({name}) is not int or not {is_within}: {REFUSE}")
        case kinds.NUMBER:
            _guard_number(gen, value)
        case kinds.OBJECT:
            gen.check_later(value.but(kinds=kinds.OBJECT))
        case _ if kinds.has_one(kind):
            gen.code.line(f"if type({name}) is not {kinds.CLASSES[kind]}: {REFUSE}")
        case _:
            _guard_union(gen, value, kind)


def _guard_number(gen: Generator, value: Value) -> None:
    name = value.code
    with gen.code.block(f"if type({name}) is float:"):
        # Bounds of the same type are compared several times as fast.
        tests = [] if value.is_bounded else [f"{name} - {name} != 0.0"]
        if value.is_bounded:
            tests.append(f"not {_range_test(name, value, '{0}.0')}")
        elif value.low is not None:
            tests.append(f"{name} < {value.low}.0")
        elif value.high is not None:
            tests.append(f"{name} > {value.high}.0")
        gen.code.line(f"if {' or '.join(tests)}: {REFUSE}")
    is_within = _range_test(name, value, "{0}")
    gen.code.line(f"elif type({name}) is not int or not {is_within}: {REFUSE}")


def _guard_union(gen: Generator, value: Value, kind: int) -> None:
    if value.low is not None or value.high is not None:
        # These bounds are not checked, so nothing may be made of them.
        raise CannotCompile("a bounded number that may be something else")
    classes = [held for each, held in kinds.CLASSES.items() if kind & each]
    gen.code.line(f"if type({value.code}) not in ({', '.join(classes)},): {REFUSE}")
    held = gen.code.hold(require_scalar, "require_scalar")
    gen.code.line(f"{held}({value.code})")


def _range_test(name: str, value: Value, form: str) -> str:
    """Return the code of whether a number is between its bounds, written in this form."""
    low = SMALLEST_INTEGER if value.low is None else value.low
    high = LARGEST_INTEGER if value.high is None else value.high
    return f"{form.format(low)} <= {name} <= {form.format(high)}"
