"""Calls: who handles absence, which arguments wait, and the rule of each function."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from agent.core.language.absence import MISSING, Value
from agent.core.language.functions import FUNCTIONS, Absence, Function
from agent.core.language.functions.table import Parameter
from agent.core.language.syntax import Call, Expression, ObjectDisplay
from agent.core.language.types.comparing import values_of
from agent.core.language.types.rules import RULES
from agent.core.language.types.rules.site import Site
from agent.core.language.types.scope import Env, Inferrer
from agent.core.language.types.typed import (
    NEVER,
    MayFail,
    Typed,
    merge_failures,
    value_or_missing,
    with_failures,
)
from agent.core.language.types.values import MAX_LISTED, shape_of, tried
from agent.core.shapes.lattice import join, join_all
from agent.core.shapes.shape import NULL, without


@dataclass(frozen=True, slots=True)
class _Given:
    """The arguments of a call: evaluated ones with their parameters, and those that wait."""

    evaluated: tuple[tuple[Parameter, bool, Typed], ...]
    waiting: tuple[tuple[Parameter, Expression], ...] = field(default=())

    @property
    def failures(self) -> tuple[MayFail, ...]:
        return merge_failures(typed.failures for _, _, typed in self.evaluated)


def infer_call(typer: Inferrer, call: Call, env: Env) -> Typed:
    """Return what a call may give."""
    function = FUNCTIONS[call.function]
    given = _arguments(typer, call, function, env)
    if any(typed.is_impossible for _, _, typed in given.evaluated):
        return with_failures(NEVER, given.failures)
    if function.absence is Absence.PROPAGATE:
        return _propagate(typer, call, function, given, env)
    return with_failures(_apply(typer, call, function, given, env), given.failures)


def _arguments(typer: Inferrer, call: Call, function: Function, env: Env) -> _Given:
    evaluated, waiting = [], []
    written = [
        (function.parameter_at(index), False, argument)
        for index, argument in enumerate(call.arguments)
    ] + [(function.parameter_named(name), True, argument) for name, argument in call.named]
    for parameter, is_named, argument in written:
        if parameter is None:
            continue
        is_table = parameter.is_table and isinstance(argument, ObjectDisplay)
        if parameter.is_lazy or is_table:
            waiting.append((parameter, argument))
        else:
            evaluated.append((parameter, is_named, typer.infer(argument, env)))
    return _Given(tuple(evaluated), tuple(waiting))


def _propagate(typer: Inferrer, call: Call, function: Function, given: _Given, env: Env) -> Typed:
    """Apply missing in, missing out; null in, null out; then the function's own rule."""
    may_be_missing = any(typed.may_be_missing for _, _, typed in given.evaluated)
    may_be_null = any(typed.shape.parts.null for _, _, typed in given.evaluated)
    stripped = tuple(
        (parameter, is_named, Typed(without(typed.shape, null=False)))
        for parameter, is_named, typed in given.evaluated
    )
    result = NEVER
    if not any(typed.shape.is_surely_nothing for _, _, typed in stripped):
        result = _apply(typer, call, function, replace(given, evaluated=stripped), env)
    shape = join(result.shape, NULL) if may_be_null else result.shape
    absent = replace(result, shape=shape, may_be_missing=result.may_be_missing or may_be_missing)
    return with_failures(absent, given.failures)


def _apply(typer: Inferrer, call: Call, function: Function, given: _Given, env: Env) -> Typed:
    exact = None if given.waiting else _tried(call, function, given)
    if exact is not None:
        return exact
    site = Site(
        call=call,
        positional=tuple(
            (parameter.name, value_or_missing(typed))
            for parameter, is_named, typed in given.evaluated
            if not is_named
        ),
        named=tuple(
            (parameter.name, value_or_missing(typed))
            for parameter, is_named, typed in given.evaluated
            if is_named
        ),
        waiting=tuple((parameter.name, argument) for parameter, argument in given.waiting),
        typer=typer,
        env=env,
    )
    typed = RULES[call.function](site)
    return with_failures(typed, tuple(site.failures))


def _tried(call: Call, function: Function, given: _Given) -> Typed | None:
    """Return what a function gives for every combination of arguments, where those are few."""
    columns: list[Sequence[Value]] = []
    for _, _, typed in given.evaluated:
        values = values_of(typed)
        if values is None:
            return None
        columns.append(values)
    rows = list(itertools.product(*columns))
    if len(rows) > MAX_LISTED:
        return None
    may_be_missing, refused = False, []
    names = [parameter.name for parameter, is_named, _ in given.evaluated if is_named]
    count = len(columns) - len(names)
    shapes = []
    for row in rows:
        result = tried(function.call, *row[:count], **dict(zip(names, row[count:], strict=True)))
        if isinstance(result, str):
            refused.append(MayFail(call.function, result, call))
        elif result[0] is MISSING:
            may_be_missing = True
        else:
            shapes.append(shape_of(result[0]))
    return Typed(join_all(shapes), may_be_missing, tuple(dict.fromkeys(refused)))
