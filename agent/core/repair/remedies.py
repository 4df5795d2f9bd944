"""What makes a value conform: a documented default, a conversion, or a refusal with a question."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.core import paths
from agent.core.language.syntax import (
    Arithmetic,
    ArrayDisplay,
    Call,
    Comparison,
    Conditional,
    Expression,
    Literal,
    Logic,
    Not,
)
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call, literal
from agent.core.synthesis.conversions import fixed_value, is_allowed
from agent.core.values import Json, json_type

GUARDED = 0.9
"""The most confidence that a rule keeps whose value somebody has to be asked about."""

CALLED = {"string": "text", "boolean": "boolean", "integer": "integer", "number": "number"}
"""The function that turns a value into one of a type, and refuses what it cannot turn."""

_TESTS = {
    **{"string": "is_text", "boolean": "is_boolean", "number": "is_number"},
    **{"object": "is_object", "array": "is_array", "integer": "is_number"},
}
_REPEATS_LIMIT = 1_000
"""Most repetitions in a pattern that RE2 takes."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """Another expression for a value, and why. A `question` is put to a person.

    `is_certain` tells that the contract or the source documents it and nothing is left to ask.
    """

    value: Expression
    said: str
    question: str = ""
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class Need:
    """What is wrong at one contract path: the keyword that is broken, and the value (if any).

    `read` is the source field that the value is read from, where it is read from one.
    """

    target: str
    field: FieldInfo
    keyword: str
    is_absent: bool
    value: Json
    read: FieldInfo | None = None


def remedy(made: Expression, need: Need) -> Remedy | None:
    """Return what would make the value conform, or None when nothing is known to."""
    if need.is_absent or need.value is None:
        return _for_absence(made, need)
    match need.keyword:
        case "type":
            return _for_type(made, need)
        case "enum" | "const":
            return _for_values(made, need)
        case "anyOf" | "oneOf":
            return _for_type(made, need) or _for_values(made, need)
        case _:
            return _for_bound(made, need)


def _for_absence(made: Expression, need: Need) -> Remedy | None:
    is_owed = need.is_absent or need.field.is_required or _is_item(need)
    for value, said in _documented(need, is_owed=is_owed):
        if not _is_wrapped(made, "default"):
            return Remedy(Call("default", (made, literal(value))), said)
    if is_owed and not _is_wrapped(made, "require"):
        reason = Literal(f"the contract requires {need.target}")
        return Remedy(Call("require", (made, reason)), "a payload without it is refused")
    if not is_owed and not _is_wrapped(made, "not_null"):
        return Remedy(call("not_null", made), "null becomes absent")
    return None


def _documented(need: Need, *, is_owed: bool) -> Iterator[tuple[Json, str]]:
    """Yield values that contract or source give for what is absent, the contract's first."""
    field, read = need.field, need.read
    if field.has_default and field.default is not None:
        yield field.default, "the contract's documented default stands in"
    if not is_owed:
        return
    fixed = fixed_value(field)
    if fixed is not None and fixed[0] is not None:
        yield fixed[0], "the only value that the contract allows stands in"
    if read is not None and read.has_default and read.default is not None:
        is_typed = _type_of(read.default, field) in field.types
        if is_typed and is_allowed(read.default, field):
            yield read.default, "the source's documented default stands in"


def _is_item(need: Need) -> bool:
    return need.target.endswith(f"/{paths.ANY}") and not need.field.in_map


def _for_type(made: Expression, need: Need) -> Remedy | None:
    wanted = need.field.types
    if not wanted or _type_of(need.value, need.field) in wanted:
        return None
    kind = next((kind for kind in _conversions(need.value) if kind in wanted), None)
    if (
        kind is not None
        and len(wanted & CALLED.keys()) == 1
        and not _is_wrapped(made, CALLED[kind])
    ):
        said = f"what is not {_named(kind)} is turned into one, or refused"
        return Remedy(call(CALLED[kind], made), said, is_certain=False)
    tests = tuple(sorted({_TESTS[kind] for kind in wanted}))
    kinds = _of_kinds(wanted)
    guarded = _guarded(made, need, _either([call(test, made) for test in tests]), kinds)
    return guarded and replace(
        guarded, question=_question(need, f"allows {kinds}"), is_certain=False
    )


def _conversions(value: Json) -> tuple[str, ...]:
    """Return the types that a value of another type may be turned into without a choice."""
    if isinstance(value, bool):
        return ("string",)
    if isinstance(value, (int, float)):
        return ("integer", "string")
    return ("integer", "number", "boolean") if isinstance(value, str) else ()


def _type_of(value: Json, field: FieldInfo) -> str:
    """Return a value's JSON type; a whole number is a number where only those are asked for."""
    kind = json_type(value)
    if kind in ("integer", "number") and "number" in field.types:
        return "number"
    return "integer" if isinstance(value, float) and value.is_integer() else kind


def _for_values(made: Expression, need: Need) -> Remedy | None:
    allowed = fixed_value(need.field) or need.field.enum or ()
    scalars = [value for value in allowed if not isinstance(value, (dict, list, type(None)))]
    if not scalars or len(scalars) < len([value for value in allowed if value is not None]):
        return None
    if isinstance(need.value, (dict, list)) or _is_wrapped(made, "one_of"):
        return None
    shown = ", ".join(map(_shown, scalars[:5])) + (", …" if len(scalars) > 5 else "")
    return Remedy(
        call("one_of", made, ArrayDisplay(tuple(map(literal, scalars)))),
        "a value that the contract does not know is refused",
        question=_question(need, f"knows {shown}"),
        is_certain=False,
    )


def _question(need: Need, said: str) -> str:
    return f"what should {_shown(need.value)} become at {need.target}? the contract {said}"


def _for_bound(made: Expression, need: Need) -> Remedy | None:
    bound = need.field.node.get(need.keyword) if isinstance(need.field.node, dict) else None
    condition = None if bound is None else _condition(made, need.keyword, bound)
    if condition is None:
        return None
    return _guarded(made, need, condition, f"{need.keyword} {_shown(bound)}")


def _condition(made: Expression, keyword: str, bound: Json) -> Expression | None:
    """Return what holds for values within a bound, or None for what no expression can say."""
    signs = {"minimum": ">=", "maximum": "<=", "exclusiveMinimum": ">", "exclusiveMaximum": "<"}
    if keyword in signs:
        return Comparison(made, signs[keyword], Literal(bound))
    if keyword in ("minItems", "maxItems"):
        sign = ">=" if keyword == "minItems" else "<="
        return Comparison(call("count", made), sign, Literal(bound))
    if keyword == "multipleOf" and isinstance(bound, int):
        return Comparison(Arithmetic(made, "%", Literal(bound)), "==", Literal(0))
    if keyword in ("minLength", "maxLength") and bound <= _REPEATS_LIMIT:
        span = f"{bound}," if keyword == "minLength" else f"0,{bound}"
        return call("matches", made, Literal(rf"\A(?s:.){{{span}}}\z"))
    if keyword == "pattern" and _is_re2(bound):
        return call("matches", made, Literal(bound))
    return None


def _is_re2(pattern: str) -> bool:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error:
        return False
    return True


def _guarded(made: Expression, need: Need, condition: Expression, bound: str) -> Remedy | None:
    """Return the value where it keeps to a bound, and a refusal elsewhere: nothing is cut."""
    if isinstance(made, Conditional) and _is_fail(made.otherwise):
        return None
    absent = (
        Not(call("present", made))
        if not need.field.is_nullable
        else _either([Not(call("present", made)), call("is_null", made)])
    )
    refusal = call("fail", Literal(f"the contract allows {bound} at {need.target}"))
    return Remedy(
        Conditional(_either([absent, condition]), made, refusal),
        f"what the contract forbids ({bound}) is refused",
    )


def _is_fail(expression: Expression) -> bool:
    return isinstance(expression, Call) and expression.function == "fail"


def _either(conditions: list[Expression]) -> Expression:
    parts = [
        part
        for one in conditions
        for part in (one.operands if isinstance(one, Logic) and one.operator == "or" else (one,))
    ]
    return parts[0] if len(parts) == 1 else Logic("or", tuple(parts))


def _is_wrapped(expression: Expression, function: str) -> bool:
    """Return whether a call of `function` already stands around what is read."""
    while isinstance(expression, (Call, Conditional)):
        if isinstance(expression, Conditional):
            expression = expression.then
        elif expression.function == function:
            return True
        elif not expression.arguments:
            return False
        else:
            expression = expression.arguments[0]
    return False


def _named(kind: str) -> str:
    return {"string": "a text", "integer": "an integer"}.get(kind, f"a {kind}")


def _of_kinds(kinds: frozenset[str]) -> str:
    return "only " + " or ".join(_named(kind) for kind in sorted(kinds))


def _shown(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"
