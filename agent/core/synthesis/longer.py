"""Explanations of a target by several reads, by conditions, or by no read at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Final

from agent.core.keywords import is_number
from agent.core.language.absence import MISSING
from agent.core.language.rewrite import replace_name
from agent.core.language.syntax import Arithmetic, ArrayDisplay, Call, Conditional, Expression, Not
from agent.core.synthesis.build import V, call, literal
from agent.core.synthesis.code_tables import says_null
from agent.core.synthesis.conversions import fixed_value
from agent.core.synthesis.converters import converters, is_related
from agent.core.synthesis.decisions import decisions
from agent.core.synthesis.examples import (
    Read,
    Solution,
    distinct_count,
    equal,
    holds,
    is_present,
    value_of,
)
from agent.core.synthesis.joins import joins
from agent.core.synthesis.predicates import separating
from agent.core.synthesis.problem import (
    CONSTANT_TEXT_COST,
    CONVERTED_READS,
    TOLD_PRIOR,
    Problem,
)
from agent.core.synthesis.templates import templates
from agent.core.synthesis.totals import totals

CONSTANT_COST: Final = 4.0
OPERANDS: Final = 12
COALESCE_COST: Final = 1.2
MAX_CHAIN: Final = 3
"""Reads of one coalesce."""

ODD_ORDER: Final = 0.1
"""A read that is less like the target before one that is more like it."""

PARTIAL: Final = 4
"""Reads that are tried between the first and the last of a coalesce."""


def longer(problem: Problem) -> Iterator[Solution]:
    """Yield explanations that take more than one read, or a condition."""
    made = templates(problem.columns, problem.wanted, problem.target)
    told = (one for one in made if problem.is_explained_by(one.expression))
    yield from chain(
        _coalesced(problem),
        told,
        joins(problem),
        _booleans(problem),
        _branches(problem),
        decisions(problem),
        _sums(problem),
        _sums_of_some(problem),
        totals(problem.columns, problem.wanted),
    )


def _coalesced(problem: Problem) -> Iterator[Solution]:
    """One read where it gives something, and others elsewhere, all converted alike.

    A first one that the others could be without, or that gives one value only, may be there by
    chance.
    """
    for first, given, convert, cost in _firsts(problem):
        open_rows = _open_rows(problem, given, range(len(given)))
        if not any(problem.wanted[row] is not None for row in open_rows):
            continue
        for rest in _rests(problem, (first,), open_rows, convert):
            chain_of = (first, *rest)
            sides = tuple(replace_name(convert, V.name, one.expression) for one in chain_of)
            whole = Call("coalesce", sides)
            # What converts nothing into something, like a count, never comes to the second one.
            if convert != V and not problem.is_explained_by(whole):
                continue
            # `B when there is no A` says the same as the coalesce of both.
            is_told = (first.told, rest[0].told) == (-1, 1)
            others = sum(one.prior for one in rest) / len(rest)
            is_odd = any(one.prior < two.prior for one, two in pairwise(rest))
            yield Solution(
                whole,
                tuple(one.path for one in chain_of),
                COALESCE_COST * len(rest)
                + cost
                + sum(one.cost for one in chain_of)
                + (ODD_ORDER if is_odd else 0.0),
                max(TOLD_PRIOR if is_told else 0.0, first.prior * 0.7 + others * 0.3),
                distinct_count(problem.wanted),
                ", else ".join(one.path for one in chain_of),
                is_ambiguous=not is_told and not _is_needed(problem, given, sides[1:]),
            )


def _is_needed(problem: Problem, first: Sequence[object], others: tuple[Expression, ...]) -> bool:
    """Return whether two different values come from the first read and not from the others."""
    without = Call("coalesce", others)
    decided = [
        example.expected
        for example, given in zip(problem.examples, first, strict=True)
        if is_present(given) and not equal(value_of(without, example.bindings), example.expected)
    ]
    return distinct_count(decided) > 1


def _open_rows(problem: Problem, given: Sequence[object], rows: Iterable[int]) -> tuple[int, ...]:
    """Return the rows in which something is wanted and a read gives nothing."""
    return tuple(
        row for row in rows if not is_present(given[row]) and problem.wanted[row] is not MISSING
    )


def _rests(
    problem: Problem, taken: tuple[Read, ...], rows: tuple[int, ...], convert: Expression
) -> Iterator[tuple[Read, ...]]:
    """Yield the reads, in their order, that give what is wanted in the rows that are left."""
    partial: list[tuple[Read, tuple[int, ...]]] = []
    for read, column in problem.columns:
        if read in taken:
            continue
        if holds(convert, [(column[row], problem.wanted[row]) for row in rows]):
            yield (read,)
            continue
        left = _open_rows(problem, column, rows)
        both = [(column[row], problem.wanted[row]) for row in rows if row not in left]
        if both and left and holds(convert, both):
            partial.append((read, left))
    for read, left in partial[:PARTIAL] if len(taken) < MAX_CHAIN - 1 else ():
        for rest in _rests(problem, (*taken, read), left, convert):
            yield (read, *rest)


def _firsts(problem: Problem) -> Iterator[tuple[Read, tuple[object, ...], Expression, float]]:
    """Yield the reads that give what is wanted wherever they give something, as converted."""
    found = 0
    for read, column in problem.columns[:CONVERTED_READS]:
        both = [
            (given, wanted)
            for given, wanted in zip(column, problem.wanted, strict=True)
            if is_present(given)
        ]
        if not both or len(both) == len(column) or found >= OPERANDS:
            continue
        if all(equal(given, wanted) for given, wanted in both):
            found += 1
            yield read, column, V, 0.0
        elif all(is_present(w) and is_related(g, w) for g, w in both):
            for convert, cost, reason in converters(both):
                if not reason.startswith("a table"):
                    found += 1
                    yield read, column, convert, cost
                break


def _sums(problem: Problem) -> Iterator[Solution]:
    """A number computed from two others."""
    columns, wanted = problem.columns, problem.wanted
    if distinct_count(wanted) < 2 or not all(is_number(value) for value in wanted):
        return
    numbers = [
        (read, column) for read, column in columns if all(is_number(value) for value in column)
    ][:OPERANDS]
    for left, _ in numbers:
        for right, _ in numbers:
            for operator in ("*", "+", "-", "/"):
                if left is right or (operator in "*+" and left.path > right.path):
                    continue
                made = Arithmetic(left.expression, operator, right.expression)
                if problem.is_explained_by(made):
                    yield Solution(
                        made,
                        (left.path, right.path),
                        2.0 + left.cost + right.cost,
                        (left.prior + right.prior) / 2 * 0.5 + 0.4,
                        distinct_count(wanted),
                        f"{left.path} {operator} {right.path}",
                    )


def _sums_of_some(problem: Problem) -> Iterator[Solution]:
    """The sum of two numbers of which one is not always there and then counts for nothing."""
    wanted = problem.wanted
    if distinct_count(wanted) < 2 or not all(is_number(value) for value in wanted):
        return
    whole = [one for one in problem.columns if all(map(is_number, one[1]))][:OPERANDS]
    partial = [one for one in problem.columns if _is_partly_number(one[1])][:OPERANDS]
    for left, _ in whole:
        for right, given in partial:
            made = call("sum", ArrayDisplay((left.expression, call("not_null", right.expression))))
            if None not in given:
                made = call("sum", ArrayDisplay((left.expression, right.expression)))
            if problem.is_explained_by(made):
                yield Solution(
                    made,
                    (left.path, right.path),
                    2.2 + left.cost + right.cost,
                    (left.prior + right.prior) / 2 * 0.5 + 0.4,
                    distinct_count(wanted),
                    f"{left.path} and {right.path} together",
                )


def _is_partly_number(column: Sequence[object]) -> bool:
    given = [value for value in column if value is not MISSING and value is not None]
    return 0 < len(given) < len(column) and all(map(is_number, given))


def _booleans(problem: Problem) -> Iterator[Solution]:
    """A boolean that a condition explains."""
    wanted = problem.wanted
    if not all(isinstance(w, bool) for w in wanted):
        return
    shown = [want is True for want in wanted]
    for one in separating(problem.conditions, shown, target=problem.target):
        yield Solution(
            one.expression,
            (one.path,),
            one.cost + 0.5,
            problem.prior_of_condition(one),
            2,
            "a condition",
            is_ambiguous=not one.is_named,
        )


def _branches(problem: Problem) -> Iterator[Solution]:
    """One of two constants, chosen by a condition."""
    wanted = problem.wanted
    is_shown = all(isinstance(w, (str, int, float)) for w in wanted)
    if not is_shown or all(isinstance(w, bool) for w in wanted) or distinct_count(wanted) != 2:
        return
    first = wanted[0]
    second = next(w for w in wanted if not equal(w, first))
    # A text that the contract does not name is rather a value that should be read.
    strange = sum(CONSTANT_TEXT_COST for one in (first, second) if not problem.is_known(one))
    for yes, no in ((first, second), (second, first)):
        shown = [equal(want, yes) for want in wanted]
        for one in separating(problem.conditions, shown, target=problem.target):
            if not isinstance(one.expression, Not):
                yield Solution(
                    Conditional(one.expression, literal(yes), literal(no)),
                    (one.path,),
                    one.cost + 1.5 + strange,
                    problem.prior_of_condition(one),
                    2,
                    "one of two constants",
                    is_ambiguous=True,
                )


def constant(problem: Problem) -> Iterator[Solution]:
    """A constant that pairs show and no field explains; this asks for a decision.

    Where the contract allows nothing else, or says when it is null, one pair is enough; and of a
    required field that has one value nothing is to be decided.
    """
    wanted, target = problem.wanted, problem.target
    fixed = None if target is None else fixed_value(target)
    if wanted[0] is MISSING or not all(equal(w, wanted[0]) for w in wanted):
        return
    is_said = wanted[0] is None and target is not None and says_null(target)
    if target is not None and fixed is not None and equal(fixed[0], wanted[0]):
        text = "the contract allows only this value"
        is_open = not target.is_required
        yield Solution(literal(wanted[0]), (), 0.0, 1.0, 2, text, is_ambiguous=is_open)
    elif len(wanted) >= 2 or is_said:
        yield Solution(
            literal(wanted[0]),
            (),
            CONSTANT_COST + (0.0 if problem.is_known(wanted[0]) else CONSTANT_TEXT_COST),
            0.6,
            1,
            f"the same in {len(wanted)} pairs",
            is_ambiguous=True,
        )
