"""Which invariants an output breaks.

The fields of the output are variables under their own names, and `output` is the whole of it.
A number is a double where the contract admits fractions and an int where it does not, so that
`1` and `1.0`, which JSON does not tell apart, are one value here too.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from agent.core import paths
from agent.core.invariants.declaring import Invariant
from agent.core.invariants.functions import functions_to_add
from agent.core.invariants.syntax import as_run, names_in
from agent.core.invariants.work import allowance, bound, measure
from agent.core.schema import Schema
from agent.core.values import Json

if TYPE_CHECKING:
    from cel import Program

OUTPUT = "output"
"""The variable that holds the whole output, also where a field is called so."""

DEPTH_LIMIT = 100
_INT_LIMIT = 2**63
_SHOWN = 80

_FAULTS = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)
"""What the library raises when an expression cannot be evaluated."""


def broken(
    invariants: tuple[Invariant, ...], output: Json, schema: Schema
) -> Iterator[tuple[int, str]]:
    """Yield the number of every invariant that `output` breaks, and how.

    What cannot be evaluated (an absent field, a division by zero, more work than is allowed on
    an output of this size) does not hold.
    """
    if not invariants:
        return
    size, count = measure(output)
    left = allowance(count)
    try:
        variables = _variables(output, schema, depth=len(size.levels))
    except ValueError as error:
        yield from ((number, _said(one, str(error))) for number, one in enumerate(invariants))
        return
    sizes = {name: measure(value)[0] for name, value in variables.items()}
    for number, invariant in enumerate(invariants):
        work = bound(invariant.tree, sizes)[0]
        left -= work
        if left < 0:
            yield number, _said(invariant, "is more work than is allowed on an output of this size")
            continue
        problem = _problem(invariant, variables)
        if problem:
            yield number, _said(invariant, problem)


def _said(invariant: Invariant, problem: str) -> str:
    text = invariant.expression
    shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
    return f"the invariant {shown} {problem}" + (
        f": {invariant.message}" if invariant.message else ""
    )


def _problem(invariant: Invariant, variables: dict[str, Any]) -> str:
    """Return why an invariant does not hold, or ""."""
    from cel import Context

    names = names_in(invariant.tree)
    known = {name: variables[name] for name in names if name in variables}
    try:
        result = _program(invariant.expression).execute(Context(known, functions_to_add()))
    except _FAULTS as error:
        absent = sorted(names - known.keys())
        if absent and "Undefined variable" in str(error):
            return f"reads {absent[0]}, which is absent (guard it with has(output.{absent[0]}))"
        return f"cannot be evaluated: {_first_sentence(error)}"
    if result is True:
        return ""
    return "does not hold" if result is False else f"gives {result!r:.40}, not true or false"


def _first_sentence(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error.args[0]} is absent"
    return str(error).partition(". ")[0].partition("\n")[0].rstrip(".")


@functools.lru_cache(maxsize=512)
def _program(expression: str) -> Program:
    from cel import compile as compile_cel

    return compile_cel(as_run(expression))


def _variables(output: Json, schema: Schema, *, depth: int) -> dict[str, Any]:
    if depth > DEPTH_LIMIT:
        raise ValueError(f"cannot be evaluated: the output nests deeper than {DEPTH_LIMIT} levels")
    whole = _typed(output, "", schema)
    fields = whole if isinstance(whole, dict) else {}
    return {**fields, OUTPUT: whole}


def _typed(value: Json, path: str, schema: Schema) -> Any:
    """Return a value with its numbers as the contract declares them.

    Raises:
        ValueError: it holds a whole number beyond 64 bits, which CEL would round.
    """
    if isinstance(value, dict):
        return {
            key: _typed(item, _place_below(path, key, schema), schema)
            for key, item in value.items()
        }
    if isinstance(value, list):
        below = paths.items(path)
        return [_typed(item, below, schema) for item in value]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    if not _is_whole_only(path, schema):
        return float(value)
    if not -_INT_LIMIT <= value < _INT_LIMIT:
        raise ValueError(f"cannot be evaluated: {path or '/'} holds a number beyond 64 bits")
    return int(value)


def _place_below(path: str, key: str, schema: Schema) -> str:
    named = paths.child(path, key)
    return named if schema.field(named) is not None else paths.items(path)


def _is_whole_only(path: str, schema: Schema) -> bool:
    info = schema.field(path)
    return info is not None and "integer" in info.types and "number" not in info.types
