"""Generated calls: the commonest functions written out, all others called as they are."""

from __future__ import annotations

from typing import Final

from agent.core.language.compiler import kinds, loops, runtime
from agent.core.language.compiler.absent_calls import ABSENT_WRITERS
from agent.core.language.compiler.choice_calls import CHOICE_WRITERS
from agent.core.language.compiler.code import CannotCompile
from agent.core.language.compiler.container_calls import CONTAINER_WRITERS
from agent.core.language.compiler.generator import Generator, Writer
from agent.core.language.compiler.reductions import AGGREGATES
from agent.core.language.compiler.scalar_calls import SCALAR_WRITERS
from agent.core.language.compiler.values import FOREIGN, Value
from agent.core.language.functions import FUNCTIONS, Absence
from agent.core.language.syntax import Call

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
    kind = _RESULTS.get(call.function, kinds.ANYTHING)
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
            gen.charge_size(code)


def _charge_result(gen: Generator, result: Value) -> None:
    name = result.code
    amount = f"len({name})"
    if not result.is_within(kinds.TEXT | kinds.CONTAINER):
        amount = f"(len({name}) if type({name}) in (str, list, dict) else 1)"
    gen.charge(amount)


_WRITERS: Final[dict[str, Writer]] = {
    **ABSENT_WRITERS,
    **CHOICE_WRITERS,
    **SCALAR_WRITERS,
    **CONTAINER_WRITERS,
    **dict.fromkeys((*AGGREGATES, "group_by", "index_by"), loops.write_reduction),
}
