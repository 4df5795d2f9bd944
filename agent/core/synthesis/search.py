"""The simplest expression that explains every example of one target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from agent.core.keywords import is_number
from agent.core.language.absence import MISSING
from agent.core.language.rewrite import replace_name
from agent.core.language.syntax import Arithmetic, Call, Conditional, Expression
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import V, call, literal
from agent.core.synthesis.called_values import called_booleans
from agent.core.synthesis.conversions import (
    Conversion,
    completed_table,
    conversion,
    fixed_value,
)
from agent.core.synthesis.converters import PART_OF_TEXT, Candidate, choices, converters, is_related
from agent.core.synthesis.examples import (
    Example,
    Read,
    Solution,
    distinct_count,
    equal,
    is_present,
    value_of,
)
from agent.core.synthesis.predicates import separating
from agent.core.synthesis.scope import Column
from agent.core.synthesis.templates import Columns, templates
from agent.core.synthesis.totals import totals

PRIOR_WEIGHT = 5.0
"""How many units of cost a perfect name is worth against a hopeless one."""

CLOSE = 1.5
"""Two explanations nearer than this in rank are too close to call."""

GOOD = 2.0
"""An explanation ranked below this needs no search for longer ones."""

NAMED_PRIOR = 0.85
"""What it is worth that a value is called like the target that asks whether it is there."""

CONSTANT_COST = 4.0
CONSTANT_TEXT_COST = 2.0
MAX_READS = 150
CONDITION_READS = 40
CONVERTED_READS = 60
OPERANDS = 12
COALESCE_COST = 1.2
BY_NAMES_COST = 1.5
NAMED_FLOOR = 0.4


def solve(
    examples: Sequence[Example], columns: Columns, target: FieldInfo | None = None
) -> tuple[Solution, ...]:
    """Return expressions that explain all examples, best first; empty when none is found.

    `columns` are reads with what they give in each example, the likeliest first. Examples in which
    the target is absent count: an expression must be missing there.
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
        found.extend(_coalesced(problem))
        found.extend(templates(columns[:MAX_READS], wanted))
        found.extend(_booleans(problem))
        found.extend(_branches(problem))
        found.extend(_sums(problem))
        found.extend(totals(problem.columns, wanted))
    found.extend(called_booleans(columns[:CONDITION_READS], wanted, target))
    found.extend(_constant(problem))
    return tuple(sorted(found, key=lambda solution: (rank(solution), solution.paths)))


def rank(solution: Solution) -> float:
    """Return the order of preference: cost, less what the names are worth."""
    return solution.cost + PRIOR_WEIGHT * (1.0 - solution.prior)


@dataclass(frozen=True, slots=True)
class Problem:
    """The examples of one target, what each wants, and every read with its column of values."""

    examples: tuple[Example, ...]
    wanted: tuple[object, ...]
    columns: tuple[tuple[Read, tuple[object, ...]], ...]
    target: FieldInfo | None = None

    @property
    def conditions(self) -> list[Column]:
        """Return the reads that conditions may be about."""
        return [
            Column(read.expression, read.path, read.path, column, read.cost)
            for read, column in self.columns[:CONDITION_READS]
        ]

    def prior_of(self, path: str) -> float:
        """Return the matching score of a read."""
        return max((read.prior for read, _ in self.columns if read.path == path), default=0.0)

    def is_known(self, value: object) -> bool:
        """Return whether a constant is no text, or one that the contract names."""
        if not isinstance(value, str) or self.target is None:
            return not isinstance(value, str)
        return value in (self.target.enum or ()) or self.target.const == value


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
    for short, cost, reason in chain(found, called_for):
        made = completed_table(short, read.field, problem.target)
        whole = _complete(problem, read, made, column=column)
        if whole is not None:
            expression, when, extra = whole
            yield Solution(
                expression=expression,
                paths=(read.path,),
                cost=cost + extra + read.cost + _strangeness(problem, made),
                prior=read.prior,
                support=distinct_count([w for _, w in both]),
                reason=f"{reason}, in {len(both)} pairs",
                when=when,
                is_ambiguous=read.is_guess
                or (named is not None and reason == named.reason and named.is_ambiguous)
                or reason.startswith(PART_OF_TEXT)
                or (reason.startswith("a table") and not _covers(read, both)),
            )
            return


def _by_names(problem: Problem, read: Read) -> Conversion | None:
    """Return the conversion that types, formats, units and enums call for without any pair."""
    if problem.target is None or not read.field.types or read.prior < NAMED_FLOOR:
        return None
    return conversion(read.field, problem.target)


def _is_closed(field: FieldInfo | None) -> bool:
    return field is not None and field.enum is not None


def _strangeness(problem: Problem, conversion: Expression) -> float:
    """Return what a table costs whose texts the contract does not name."""
    if not isinstance(conversion, Call) or conversion.function != "lookup":
        return 0.0
    texts = [value for value in problem.wanted if isinstance(value, str)]
    return 0.0 if all(map(problem.is_known, texts)) else CONSTANT_TEXT_COST


def _covers(read: Read, both: list[tuple[object, object]]) -> bool:
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
    expression = replace_name(conversion, V.name, source)
    results = [value_of(expression, example.bindings) for example in problem.examples]
    filler = _filler(problem, results)
    if filler is not None:
        function = "default" if any(value is None for value in results) else "if_missing"
        expression, extra = Call(function, (expression, filler)), extra + 1.0
    return _with_condition(problem, expression, extra=extra, own=(read.path,))


def _filler(problem: Problem, results: Sequence[object]) -> Expression | None:
    """Return the one constant that is wanted wherever a conversion gives nothing."""
    fills = [
        wanted
        for given, wanted in zip(results, problem.wanted, strict=True)
        if (given is MISSING or given is None)
        and wanted is not MISSING
        and not equal(given, wanted)
    ]
    return literal(fills[0]) if distinct_count(fills) == 1 else None


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


def _coalesced(problem: Problem) -> Iterator[Solution]:
    """One read where it gives something, and another one elsewhere."""
    wanted = problem.wanted
    firsts = [
        (read, column)
        for read, column in problem.columns
        if any(is_present(value) for value in column)
        and all(not is_present(g) or equal(g, w) for g, w in zip(column, wanted, strict=True))
    ]
    for first, given in firsts[:OPERANDS]:
        open_rows = [
            not is_present(value) and w is not MISSING
            for value, w in zip(given, wanted, strict=True)
        ]
        if not any(open_rows):
            continue
        for second, column in problem.columns:
            rows = zip(column, wanted, open_rows, strict=True)
            if all(equal(value, want) for value, want, is_open in rows if is_open):
                made = Call("coalesce", (first.expression, second.expression))
                yield Solution(
                    made,
                    (first.path, second.path),
                    COALESCE_COST + first.cost + second.cost,
                    (first.prior + second.prior) / 2,
                    distinct_count(wanted),
                    f"{first.path}, else {second.path}",
                )


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
                if all(
                    equal(value_of(made, example.bindings), example.expected)
                    for example in problem.examples
                ):
                    yield Solution(
                        made,
                        (left.path, right.path),
                        2.0 + left.cost + right.cost,
                        (left.prior + right.prior) / 2 * 0.5 + 0.4,
                        distinct_count(wanted),
                        f"{left.path} {operator} {right.path}",
                    )


def _booleans(problem: Problem) -> Iterator[Solution]:
    """A boolean that a condition explains."""
    wanted = problem.wanted
    if not all(isinstance(w, bool) for w in wanted):
        return
    shown = [want is True for want in wanted]
    for one in separating(problem.conditions, shown, target=problem.target):
        prior = max(problem.prior_of(one.path), NAMED_PRIOR if one.is_named else 0.0)
        yield Solution(
            one.expression,
            (one.path,),
            one.cost + 0.5,
            prior,
            2,
            "a condition",
            is_ambiguous=not one.is_named,
        )


def _branches(problem: Problem) -> Iterator[Solution]:
    """One of two constants, chosen by a condition."""
    wanted = problem.wanted
    if (
        any(not isinstance(w, (str, int, float, bool)) for w in wanted)
        or distinct_count(wanted) != 2
    ):
        return
    yes = wanted[0]
    no = next(w for w in wanted if not equal(w, yes))
    shown = [equal(want, yes) for want in wanted]
    # A text that the contract does not name is rather a value that should be read.
    strange = sum(CONSTANT_TEXT_COST for one in (yes, no) if not problem.is_known(one))
    for one in separating(problem.conditions, shown, target=problem.target):
        yield Solution(
            Conditional(one.expression, literal(yes), literal(no)),
            (one.path,),
            one.cost + 1.5 + strange,
            problem.prior_of(one.path),
            2,
            "one of two constants",
            is_ambiguous=True,
        )


def _constant(problem: Problem) -> Iterator[Solution]:
    """A constant that pairs show and no field explains; this asks for a decision.

    Where the contract allows nothing else one pair is enough, and of a required field nothing is
    to be decided.
    """
    wanted = problem.wanted
    fixed = None if problem.target is None else fixed_value(problem.target)
    is_named = fixed is not None and equal(fixed[0], wanted[0])
    is_required = problem.target is not None and problem.target.is_required
    if wanted[0] is MISSING or not all(equal(w, wanted[0]) for w in wanted):
        return
    if is_named:
        text = "the contract allows only this value"
        yield Solution(literal(wanted[0]), (), 0.0, 1.0, 2, text, is_ambiguous=not is_required)
    elif len(wanted) >= 2:
        yield Solution(
            literal(wanted[0]),
            (),
            CONSTANT_COST + (0.0 if problem.is_known(wanted[0]) else CONSTANT_TEXT_COST),
            0.6,
            1,
            f"the same in {len(wanted)} pairs",
            is_ambiguous=True,
        )
