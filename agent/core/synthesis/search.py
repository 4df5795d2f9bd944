"""The simplest expression that explains every example of one target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeGuard

from agent.core.keywords import is_number
from agent.core.language.absence import MISSING
from agent.core.language.rewrite import replace_name
from agent.core.language.syntax import (
    Call,
    Comparison,
    Conditional,
    Expression,
    Literal,
    ObjectDisplay,
)
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import V, call, literal
from agent.core.synthesis.code_tables import documented_table
from agent.core.synthesis.compositions import composed
from agent.core.synthesis.conversions import (
    Conversion,
    conversion,
)
from agent.core.synthesis.converters import PART_OF_TEXT, converters, is_related, labelled
from agent.core.synthesis.enum_tables import closed_table, completed_table
from agent.core.synthesis.examples import (
    FAILED,
    Example,
    Read,
    Solution,
    distinct_count,
    equal,
    holds,
    is_present,
    value_of,
)
from agent.core.synthesis.flags import flags_told_beside, joined_flags, taught_flags
from agent.core.synthesis.longer import constant, longer
from agent.core.synthesis.predicates import separating
from agent.core.synthesis.problem import (
    CONDITION_READS,
    CONSTANT_TEXT_COST,
    CONVERTED_READS,
    TOLD_PRIOR,
    Problem,
    rank,
)
from agent.core.synthesis.spelling import telling_pattern
from agent.core.synthesis.spoken import spoken
from agent.core.synthesis.taught_tables import Candidate, Pairs, choices
from agent.core.synthesis.templates import Columns
from agent.core.values import Json

GOOD = 2.0
"""An explanation ranked below this needs no search for longer ones."""

SPOKEN_COST = -1.0
"""A conversion that the contract says in words outdoes a read that gives the same as it is."""

DOCUMENTED_COST = 0.8
CLOSED_COST = 2.2
SHAPE_COST = 0.8
BLANK_COST = 0.6
_NOTHINGS = frozenset({"-", "--", "0", "-1", "none", "null", "nil", "n/a", "na", "unknown"})
"""Texts that are written where there is nothing."""

LACKING_COST = 1.0
"""A table that refuses some of the values that the source declares."""

SAID = "as the schemas say"
MOST_ZEROS = 11
"""Longer numbers than this are no years, days or counts."""

MAX_READS = 150
BY_NAMES_COST = 1.5
TOGETHER_COST = 0.2
"""What it assumes that fields are put together as names or descriptions say, and pairs agree."""

NAMED_FLOOR = 0.4


def solve(
    examples: Sequence[Example],
    columns: Columns,
    target: FieldInfo | None = None,
    beside: Sequence[FieldInfo] = (),
) -> tuple[Solution, ...]:
    """Return expressions that explain all examples, best first; empty when none is found.

    `columns` are reads with what they give in each example, the likeliest first. Examples in which
    the target is absent count: an expression must be missing there. What stands `beside` the
    target in the contract may tell of it.
    """
    if not any(is_present(example.expected) or example.expected is None for example in examples):
        return ()
    wanted = tuple(example.expected for example in examples)
    problem = Problem(tuple(examples), wanted, tuple(columns[:MAX_READS]), target)
    found = [
        solution
        for number, (read, column) in enumerate(problem.columns)
        for solution in _one_read(problem, read, column, is_near=number < CONVERTED_READS)
    ]
    if not found or min(map(rank, found)) > GOOD:
        found.extend(longer(problem))
    found.extend(taught_flags(columns[:CONDITION_READS], wanted, target))
    found.extend(_put_together(problem, beside))
    found.extend(constant(problem))
    return tuple(sorted(found, key=lambda solution: (rank(solution), solution.paths)))


def _one_read(
    problem: Problem, read: Read, column: tuple[object, ...], *, is_near: bool
) -> Iterator[Solution]:
    """Explanations by one read: a conversion, and what to do where one side is absent.

    A read that is not near is only taken as it is.
    """
    both = [
        (given, wanted)
        for given, wanted in zip(column, problem.wanted, strict=True)
        if is_present(given) and is_present(wanted)
    ]
    if not both:
        return
    is_closed = read.field.enum is not None
    found: Iterable[Candidate]
    if all(equal(given, wanted) for given, wanted in both):
        found = ((V, 0.0, "the value as it is"),)
    elif not is_near:
        return
    elif all(is_related(given, wanted) for given, wanted in both[:4]):
        found = converters(both, is_closed=is_closed)
    else:
        found = choices(both, is_closed=is_closed)
    named = _by_names(problem, read)
    called_for = () if named is None else ((named.expression, BY_NAMES_COST, named.reason),)
    if named is not None and _is_closed(read.field) and _is_closed(problem.target):
        found, called_for = chain(called_for, found), ()
    for short, cost, reason in chain(
        _told(problem, read, both), found, called_for, labelled(both, read.path)
    ):
        made = completed_table(_as_declared(short, problem, read, both), read.field, problem.target)
        whole = _complete(problem, read, made, column=column)
        if whole is not None:
            expression, when, extra = whole
            yield Solution(
                expression=expression,
                paths=(read.path,),
                cost=cost + extra + read.cost + _strangeness(problem, read, made),
                prior=max(read.prior, TOLD_PRIOR if reason.startswith(SAID) else 0.0),
                support=distinct_count([w for _, w in both]),
                reason=f"{reason}, in {len(both)} pairs",
                when=when,
                is_ambiguous=read.is_guess
                or (named is not None and reason == named.reason and named.is_ambiguous)
                or reason.startswith(PART_OF_TEXT)
                or (reason.startswith("a table") and not _covers(read, both)),
            )
            return


def _put_together(problem: Problem, beside: Sequence[FieldInfo]) -> Iterator[Solution]:
    """Yield what names and descriptions make of one or several fields, where all pairs agree."""
    if problem.target is None:
        return
    nearest: dict[str, Read] = {}
    for read, column in problem.columns:
        known = nearest.get(read.path)
        if all(map(_is_no_container, column)) and (known is None or read.cost < known.cost):
            nearest[read.path] = read
    reads = [*nearest.values()]
    for made in chain(
        composed(problem.target, reads),
        joined_flags(problem.target, reads),
        flags_told_beside(problem.target, beside, reads),
    ):
        if problem.is_explained_by(made.expression):
            support = distinct_count(problem.wanted)
            yield Solution(
                made.expression,
                tuple(read.path for read in made.reads),
                TOGETHER_COST + sum(read.cost for read in made.reads),
                made.score,
                support,
                made.reason,
                is_ambiguous=support < 2,
            )


def _is_no_container(value: object) -> bool:
    return not isinstance(value, (list, dict))


def _as_declared(short: Expression, problem: Problem, read: Read, both: Pairs) -> Expression:
    """Return a conversion to a number as both schemas ask for it.

    Any number where the contract takes one; without zeros before it where the source allows them,
    which JSON does not.
    """
    takes_any = problem.target is not None and "number" in problem.target.types
    if short == call("integer", V) and takes_any and holds(call("number", V), both):
        short = call("number", V)
    if short in (call("integer", V), call("number", V)) and _may_start_with_zeros(read.field):
        bare = call("replace_pattern", V, Literal("^0+([0-9])"), Literal(r"\1"))
        return replace_name(short, V.name, bare)
    return short


def _may_start_with_zeros(field: FieldInfo) -> bool:
    """Return whether the pattern of a text allows a number of nothing but zeros."""
    if not field.pattern:
        return False
    test = call("matches", V, Literal(field.pattern))
    return any(value_of(test, {V.name: "0" * count}) is True for count in range(2, MOST_ZEROS))


def _told(problem: Problem, read: Read, both: Pairs) -> Iterator[Candidate]:
    """Yield the conversions that descriptions say in words or as a table, if they do."""
    if problem.target is None or all(equal(given, wanted) for given, wanted in both):
        return
    if read.prior >= NAMED_FLOOR / 2 or all(isinstance(given, str) for given, _ in both):
        table = documented_table(read.field, problem.target, both)
        if table is not None:
            yield table, DOCUMENTED_COST, f"{SAID}: a table"
    closed = closed_table(read.field, problem.target, both)
    if closed is not None:
        yield closed, CLOSED_COST, f"{SAID}: both lists of values"
    for expression, words in spoken(problem.target.description):
        is_text = all(isinstance(given, str) for given, _ in both)
        if is_text and holds(expression, both):
            yield expression, SPOKEN_COST, f"{SAID}: {words}"


def _by_names(problem: Problem, read: Read) -> Conversion | None:
    """Return the conversion that types, formats, units and enums call for without any pair."""
    if problem.target is None or not read.field.types or read.prior < NAMED_FLOOR:
        return None
    return conversion(read.field, problem.target)


def _is_closed(field: FieldInfo | None) -> bool:
    return field is not None and field.enum is not None


def _strangeness(problem: Problem, read: Read, conversion: Expression) -> float:
    """Return what a table costs whose texts the contract does not name, or that lacks values."""
    match conversion:
        case Call("lookup", (_, ObjectDisplay(entries)), otherwise):
            texts = [value for value in problem.wanted if isinstance(value, str)]
            strange = 0.0 if all(map(problem.is_known, texts)) else CONSTANT_TEXT_COST
            lacks = not otherwise and len(entries) < len(read.field.enum or ())
            return strange + (LACKING_COST if lacks else 0.0)
        case _:
            return 0.0


def _covers(read: Read, both: Pairs) -> bool:
    """Whether the pairs show every value that the source declares."""
    shown = [given for given, _ in both]
    return read.field.enum is not None and all(
        any(equal(value, given) for given in shown)
        for value in read.field.enum
        if value is not None
    )


def _complete(
    problem: Problem, read: Read, conversion: Expression, *, column: tuple[object, ...]
) -> tuple[Expression, Expression | None, float] | None:
    """Return the conversion made to agree where a side is absent, a condition, and the cost."""
    source, extra = read.expression, 0.0
    unwanted = [g for g, w in zip(column, problem.wanted, strict=True) if w is MISSING]
    if any(value is None for value in unwanted):
        source, extra = call("not_null", source), extra + 0.3
    shown = [value for value in unwanted if is_present(value)]
    if shown and all(value in ("", [], {}) for value in shown):
        source, extra = call("non_empty", source), extra + 0.3
    elif any(value is None for value in unwanted) and _is_never_blank(problem, column):
        source = call("non_empty", source)
    blank = _blank(problem, conversion, column)
    shape = None if blank is not None else _shape_of(problem, conversion, column)
    if shape is not None:
        source, extra = call("extract", source, Literal(shape)), extra + SHAPE_COST
    expression = replace_name(conversion, V.name, source)
    if blank is not None:
        is_there = replace_name(blank, V.name, source)
        expression, extra = Conditional(is_there, expression, call("absent")), extra + BLANK_COST
    results = [value_of(expression, example.bindings) for example in problem.examples]
    filler = _filler(problem, results)
    if filler is not None:
        function = "default" if any(value is None for value in results) else "if_missing"
        expression, extra = Call(function, (expression, literal(filler[0]))), extra + 1.0
        # A text that nothing names is rather read from somewhere else.
        extra += 0.0 if not filler[0] or problem.is_known(filler[0]) else CONSTANT_TEXT_COST / 2
    return _with_condition(problem, expression, extra=extra, own=(read.path,))


def _blank(problem: Problem, conversion: Expression, column: Sequence[object]) -> Expression | None:
    """Return that `v` is no `0`, `-1` or `none` that stands for nothing, if pairs show it to."""
    for made in dict.fromkeys((V, conversion)):
        rows = [
            (value_of(made, {V.name: given}), want)
            for given, want in zip(column, problem.wanted, strict=True)
            if is_present(given)
        ]
        blanks = [value for value, want in rows if not is_present(want)]
        kept = [value for value, want in rows if is_present(want)]
        if distinct_count(blanks) != 1 or not _says_nothing(blanks[0]):
            continue
        if not any(equal(value, blanks[0]) for value in kept):
            blank = blanks[0] if isinstance(blanks[0], str) else int(blanks[0])
            return Comparison(made, "!=", literal(blank))
    return None


def _says_nothing(value: object) -> TypeGuard[str | float]:
    if isinstance(value, str):
        return value.strip().casefold() in _NOTHINGS
    return is_number(value) and value in (0, -1)


def _shape_of(problem: Problem, conversion: Expression, column: Sequence[object]) -> str | None:
    """Return the pattern of the texts that are converted, where texts of others are not.

    A day is converted and a year alone is not: `1999-12-31`, `1999`.
    """
    rows = list(zip(column, problem.wanted, strict=True))
    others = [given for given, want in rows if isinstance(given, str) and not is_present(want)]
    shown = [given for given, want in rows if is_present(given) and is_present(want)]
    if conversion == V or not others or not all(isinstance(given, str) for given in shown):
        return None
    results = [value_of(conversion, {V.name: given}) for given in others]
    if not any(is_present(result) or result is FAILED for result in results):
        return None
    return telling_pattern([str(given) for given in shown], others)


def _is_never_blank(problem: Problem, column: Sequence[object]) -> bool:
    """Return whether an optional text that leaves out nulls shows nothing of empty texts.

    What is left out when it is null is not written when it is empty either.
    """
    texts = [value for value in column if isinstance(value, str)]
    is_optional = problem.target is not None and not problem.target.is_required
    return is_optional and bool(texts) and "" not in texts


def _filler(problem: Problem, results: Sequence[object]) -> tuple[Json] | None:
    """Return the one constant that is wanted wherever a conversion gives nothing."""
    fills: list[Json] = [
        wanted
        for given, wanted in zip(results, problem.wanted, strict=True)
        if (given is MISSING or given is None)
        and wanted is not MISSING
        and not equal(given, wanted)
    ]
    return (fills[0],) if distinct_count(fills) == 1 else None


def _with_condition(
    problem: Problem, expression: Expression, *, extra: float, own: tuple[str, ...]
) -> tuple[Expression, Expression | None, float] | None:
    results = [value_of(expression, example.bindings) for example in problem.examples]
    pairs = list(zip(results, problem.wanted, strict=True))
    if all(equal(result, wanted) for result, wanted in pairs):
        return expression, None, extra
    if any(not equal(result, wanted) and wanted is not MISSING for result, wanted in pairs):
        return None
    shown = [wanted is not MISSING for wanted in problem.wanted]
    for one in separating(problem.conditions, shown, target=problem.target, own=own):
        return expression, one.expression, extra + one.cost
    return None
