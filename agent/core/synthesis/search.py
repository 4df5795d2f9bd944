"""The simplest expression that explains every example of one target."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from agent.core.language.absence import MISSING
from agent.core.language.rewrite import replace_name
from agent.core.language.syntax import Arithmetic, Call, Conditional, Expression, Literal
from agent.core.synthesis.build import V, call, equals, literal, negate
from agent.core.synthesis.converters import Candidate, choices, converters, is_related
from agent.core.synthesis.examples import (
    Example,
    Read,
    Solution,
    distinct_count,
    equal,
    is_present,
    value_of,
)

PRIOR_WEIGHT = 5.0
"""How many units of cost a perfect name is worth against a hopeless one."""

CLOSE = 0.75
"""Two explanations nearer than this in rank are too close to call."""

GOOD = 2.0
"""An explanation ranked below this needs no search for longer ones."""

CONSTANT_COST = 4.0
MAX_READS = 150
TEMPLATE_READS = 40
CONDITION_READS = 40
CONVERTED_READS = 60
OPERANDS = 12


def solve(examples: Sequence[Example], reads: Sequence[Read]) -> tuple[Solution, ...]:
    """Return expressions that explain all examples, best first; empty when none is found.

    Examples in which the target is absent count: an expression must be missing there.
    """
    if not any(is_present(example.expected) or example.expected is None for example in examples):
        return ()
    ordered = sorted(reads, key=lambda read: (-read.prior, read.path))[:MAX_READS]
    columns = [
        (read, tuple(value_of(read.expression, example.bindings) for example in examples))
        for read in ordered
    ]
    return solve_columns(examples, columns)


def solve_columns(examples: Sequence[Example], columns: Columns) -> tuple[Solution, ...]:
    """Return what `solve` does, for reads whose values are known, the likeliest first."""
    wanted = tuple(example.expected for example in examples)
    problem = Problem(tuple(examples), wanted, tuple(columns[:MAX_READS]))
    found = [
        solution
        for number, (read, column) in enumerate(problem.columns)
        for solution in _one_read(problem, read, column, is_near=number < CONVERTED_READS)
    ]
    if not found or min(map(rank, found)) > GOOD:
        found.extend(_templates(problem))
        found.extend(_booleans(problem))
        found.extend(_branches(problem))
        found.extend(_sums(problem))
    found.extend(_constant(problem))
    return tuple(sorted(found, key=lambda solution: (rank(solution), solution.paths)))


def rank(solution: Solution) -> float:
    """Return the order of preference: cost, less what the names are worth."""
    return solution.cost + PRIOR_WEIGHT * (1.0 - solution.prior)


Columns = Sequence[tuple[Read, tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Problem:
    """The examples of one target, what each wants, and every read with its column of values."""

    examples: tuple[Example, ...]
    wanted: tuple[object, ...]
    columns: tuple[tuple[Read, tuple[object, ...]], ...]


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
    for conversion, cost, reason in found:
        whole = _complete(problem, read.expression, conversion, column=column)
        if whole is not None:
            expression, when, extra = whole
            yield Solution(
                expression=expression,
                paths=(read.path,),
                cost=cost + extra + read.cost,
                prior=read.prior,
                support=distinct_count([w for _, w in both]),
                reason=f"{reason}, in {len(both)} pairs",
                when=when,
                is_ambiguous=reason.startswith("a table") and not _covers(read, both),
            )
            return


def _covers(read: Read, both: list[tuple[object, object]]) -> bool:
    """Whether the pairs show every value that the source declares."""
    shown = [given for given, _ in both]
    return read.field.enum is not None and all(
        any(equal(value, given) for given in shown)
        for value in read.field.enum
        if value is not None
    )


def _complete(
    problem: Problem, source: Expression, conversion: Expression, *, column: tuple[object, ...]
) -> tuple[Expression, Expression | None, float] | None:
    """Return the conversion made to agree where a side is absent, a condition, and the cost."""
    extra = 0.0
    unwanted = [g for g, w in zip(column, problem.wanted, strict=True) if w is MISSING]
    if any(value is None for value in unwanted):
        source, extra = call("not_null", source), extra + 0.3
    shown = [value for value in unwanted if is_present(value)]
    if shown and all(value in ("", [], {}) for value in shown):
        source, extra = call("non_empty", source), extra + 0.3
    expression = replace_name(conversion, V.name, source)
    filler = _filler(problem, column)
    if filler is not None:
        function = "default" if any(value is None for value in column) else "if_missing"
        expression, extra = Call(function, (expression, filler)), extra + 1.0
    return _with_condition(problem, expression, extra=extra)


def _filler(problem: Problem, column: tuple[object, ...]) -> Expression | None:
    """Return the one constant that stands wherever the read is absent and a value is wanted."""
    fills = [
        wanted
        for given, wanted in zip(column, problem.wanted, strict=True)
        if not is_present(given) and wanted is not MISSING and not equal(given, wanted)
    ]
    return literal(fills[0]) if distinct_count(fills) == 1 else None


def _with_condition(
    problem: Problem, expression: Expression, *, extra: float
) -> tuple[Expression, Expression | None, float] | None:
    results = [value_of(expression, example.bindings) for example in problem.examples]
    pairs = list(zip(results, problem.wanted, strict=True))
    if all(equal(result, wanted) for result, wanted in pairs):
        return expression, None, extra
    if any(not equal(result, wanted) and wanted is not MISSING for result, wanted in pairs):
        return None
    shown = [wanted is not MISSING for wanted in problem.wanted]
    for condition, cost in predicates(problem.columns, shown):
        return expression, condition, extra + cost
    return None


def predicates(columns: Columns, shown: Sequence[bool]) -> Iterator[tuple[Expression, float]]:
    """Yield conditions over single reads that are true exactly where `shown` is."""
    if all(shown) or not any(shown):
        return
    for read, column in columns[:CONDITION_READS]:
        source = read.expression
        if all(is_present(g) is s for g, s in zip(column, shown, strict=True)):
            yield call("present", source), 1.5
        if all(isinstance(g, bool) for g in column):
            if all(g is s for g, s in zip(column, shown, strict=True)):
                yield source, 1.2
            if all(g is not s for g, s in zip(column, shown, strict=True)):
                yield negate(source), 1.3
        yield from _by_value(source, column, shown)


def _by_value(
    source: Expression, column: tuple[object, ...], shown: Sequence[bool]
) -> Iterator[tuple[Expression, float]]:
    """Equality with the one value that stands on one side only."""
    scalar = (str, int, bool)
    for side, cost in ((True, 1.6), (False, 1.9)):
        here = [g for g, s in zip(column, shown, strict=True) if s is side]
        there = [g for g, s in zip(column, shown, strict=True) if s is not side]
        if not here or not isinstance(here[0], scalar) or distinct_count(here) != 1:
            continue
        if any(equal(here[0], other) for other in there):
            continue
        test = equals(source, here[0])
        yield (test if side else negate(test)), cost


def _templates(problem: Problem) -> Iterator[Solution]:
    """Two or more texts put together with constants between them."""
    columns, wanted = problem.columns, problem.wanted
    rows = [row for row, w in enumerate(wanted) if isinstance(w, str) and w]
    if len(rows) < 2 or len(rows) != sum(1 for w in wanted if is_present(w)):
        return
    texts = []
    for read, column in columns[:TEMPLATE_READS]:
        shown = [column[row] for row in rows]
        if all(isinstance(v, (str, int)) and not isinstance(v, bool) and str(v) for v in shown):
            texts.append((read, column))
    targets = [str(wanted[row]) for row in rows]
    for chosen in _covering(texts, rows, targets):
        pattern, parts = chosen
        expression = Call("format", (Literal(pattern), *(read.expression for read in parts)))
        yield Solution(
            expression=expression,
            paths=tuple(read.path for read in parts),
            cost=1.0 + 0.8 * len(parts),
            prior=sum(read.prior for read in parts) / len(parts) * 0.5 + 0.4,
            support=distinct_count(targets),
            reason=f"written as {pattern}, in {len(rows)} pairs",
        )
        return


def _covering(
    texts: list[tuple[Read, tuple[object, ...]]], rows: list[int], targets: list[str]
) -> Iterator[tuple[str, tuple[Read, ...]]]:
    """Yield a format pattern and its reads when the first target decomposes and all agree."""
    if distinct_count(targets) < 2:
        return
    row, target = rows[0], targets[0]
    spans = []
    for read, column in texts:
        value = str(column[row])
        if len(value) < 2 and value != target:
            continue
        at = target.find(value)
        if at >= 0:
            spans.append((at, at + len(value), read, column))
    spans.sort(key=lambda span: (-(span[1] - span[0]), -span[2].prior))
    taken: list[tuple[int, int, Read, tuple[object, ...]]] = []
    for span in spans:
        if all(span[1] <= other[0] or span[0] >= other[1] for other in taken):
            taken.append(span)
    taken.sort(key=lambda span: span[0])
    if len(taken) < 2 or "{" in target or "}" in target:
        return
    pattern, at = "", 0
    for start, end, _, _ in taken:
        pattern += target[at:start] + "{}"
        at = end
    pattern += target[at:]
    for index, other in zip(rows, targets, strict=True):
        values = [str(column[index]) for _, _, _, column in taken]
        if pattern.format(*values) != other:
            return
    yield pattern, tuple(read for _, _, read, _ in taken)


def _sums(problem: Problem) -> Iterator[Solution]:
    """A number computed from two others."""
    columns, wanted = problem.columns, problem.wanted
    if distinct_count(wanted) < 2 or not all(_is_number(value) for value in wanted):
        return
    numbers = [
        (read, column) for read, column in columns if all(_is_number(value) for value in column)
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


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _booleans(problem: Problem) -> Iterator[Solution]:
    """A boolean that a condition explains."""
    columns, wanted = problem.columns, problem.wanted
    if not all(isinstance(w, bool) for w in wanted):
        return
    by_path = {read.expression: read for read, _ in columns}
    for condition, cost in predicates(columns, [w is True for w in wanted]):
        read = next((by_path[e] for e in by_path if _mentions(condition, e)), None)
        if read is not None:
            yield Solution(condition, (read.path,), cost + 0.5, read.prior, 2, "a condition")


def _mentions(expression: Expression, part: Expression) -> bool:
    return expression == part or any(
        _mentions(child, part)
        for child in getattr(expression, "arguments", ())
        + tuple(
            getattr(expression, name) for name in ("left", "operand") if hasattr(expression, name)
        )
    )


def _branches(problem: Problem) -> Iterator[Solution]:
    """One of two constants, chosen by a condition."""
    columns, wanted = problem.columns, problem.wanted
    if (
        any(not isinstance(w, (str, int, float, bool)) for w in wanted)
        or distinct_count(wanted) != 2
    ):
        return
    yes = wanted[0]
    no = next(w for w in wanted if not equal(w, yes))
    by_path = {read.expression: read for read, _ in columns}
    for condition, cost in predicates(columns, [equal(w, yes) for w in wanted]):
        read = next((by_path[e] for e in by_path if _mentions(condition, e)), None)
        if read is not None:
            made = Conditional(condition, literal(yes), literal(no))
            yield Solution(
                made,
                (read.path,),
                cost + 1.5,
                read.prior,
                2,
                "one of two constants",
                is_ambiguous=True,
            )


def _constant(problem: Problem) -> Iterator[Solution]:
    """A constant that two or more pairs show and no field explains; this asks for a decision."""
    wanted = problem.wanted
    if len(wanted) >= 2 and all(equal(w, wanted[0]) for w in wanted) and wanted[0] is not MISSING:
        yield Solution(
            literal(wanted[0]),
            (),
            CONSTANT_COST,
            0.6,
            1,
            f"the same in {len(wanted)} pairs",
            is_ambiguous=True,
        )
