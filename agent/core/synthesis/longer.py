"""Explanations of a target by several reads, by conditions, or by no read at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Final

from agent.core.language.absence import MISSING
from agent.core.language.rewrite import replace_name
from agent.core.language.syntax import Call, Conditional, Expression, Not
from agent.core.schema import FieldInfo
from agent.core.synthesis.arithmetic import calculations
from agent.core.synthesis.build import V, literal
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
from agent.core.synthesis.predicates import Predicate, separating
from agent.core.synthesis.problem import (
    CONSTANT_TEXT_COST,
    CONVERTED_READS,
    TOLD_PRIOR,
    Problem,
)
from agent.core.synthesis.templates import templates
from agent.core.synthesis.totals import totals

CONSTANT_COST: Final = 4.0
UNLISTED_COST: Final = 3.0
FIRSTS: Final = 12
"""Reads that a coalesce may begin with."""

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
        calculations(problem),
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
        if not both or len(both) == len(column) or found >= FIRSTS:
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
    # What the contract does not name is rather a value that should be read.
    strange = sum(CONSTANT_TEXT_COST for one in (first, second) if _is_measured(problem, one))
    for yes, no in ((first, second), (second, first)):
        shown = [equal(want, yes) for want in wanted]
        for one in separating(problem.conditions, shown, target=problem.target):
            if not isinstance(one.expression, Not):
                yield Solution(
                    Conditional(one.expression, literal(yes), literal(no)),
                    (one.path,),
                    one.cost + 1.5 + strange + _unlisted(problem, one),
                    problem.prior_of_condition(one),
                    2,
                    "one of two constants",
                    is_ambiguous=True,
                )


def _is_measured(problem: Problem, value: object) -> bool:
    """Return whether a value is no code: a text that the contract does not name, or a fraction."""
    is_fraction = isinstance(value, float) and not value.is_integer()
    return is_fraction or not problem.is_known(value)


def _unlisted(problem: Problem, one: Predicate) -> float:
    """Return what it costs to give one constant for all but one of a list of values.

    Where the contract lists more values than pairs show, and so does the source, a table is meant.
    """
    asked = [pair for pair in problem.columns if pair[0].path == one.path][:1]
    is_open = [_lists_more(problem.target, problem.wanted)]
    is_open += [_lists_more(read.field, column) for read, column in asked]
    return UNLISTED_COST if len(is_open) > 1 and all(is_open) else 0.0


def _lists_more(field: FieldInfo | None, shown: Sequence[object]) -> bool:
    listed = (field.enum if field is not None else None) or ()
    return any(value not in shown for value in listed if value is not None)


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
