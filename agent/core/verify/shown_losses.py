"""Which losses the pairs show: where what is expected keeps less than its payload, it may be lost.

A pair says what a consumer gets. Where pairs that an adapter meets hold a value that lost
something on the way, whoever gave them has answered whether that may be. Whether it is lost in the
right way is another question, which the confidence in the rule answers.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import time

from agent.core import paths
from agent.core.language.absence import MISSING, Instant, Value
from agent.core.language.bounds import Budget
from agent.core.language.document import Adapter
from agent.core.language.evaluator import Evaluator, Fault
from agent.core.language.explain import expressions_of, let_of
from agent.core.language.interpreter import run
from agent.core.language.rows import Visit
from agent.core.language.scopes import Scope
from agent.core.language.scoping import children
from agent.core.language.syntax import (
    ArrayComprehension,
    Call,
    Comparison,
    Conditional,
    Expression,
    Logic,
    Name,
    ObjectComprehension,
)
from agent.core.values import Json
from agent.core.verify.lossy import DAYS, TABLES, Loss, Narrowing

_MIDNIGHT = re.compile(r"^[^T ]+$|[T ]00:00(:00(\.0+)?)?(?![:.\d])")
"""A text of a day alone, or of its first moment."""

_NARROWED = tuple[Value, Value]
"""A value that stood to be narrowed, and what was kept of it."""


def shown_losses(
    adapter: Adapter, losses: Sequence[Loss], payloads: Iterable[Json]
) -> frozenset[Loss]:
    """Return the losses whose every narrowing costs something somewhere in the payloads.

    The payloads are those of pairs, all of which the adapter meets.
    """
    if not losses:
        return frozenset()
    seen: dict[tuple[Loss, Narrowing], list[_NARROWED]] = defaultdict(list)
    for payload in payloads:
        visits: list[Visit] = []
        run(adapter, payload, observer=visits.append)
        for visit in (one for one in visits if not one.outcome):
            evaluator = Evaluator(Budget(payload))
            concerned = [loss for loss in losses if _writes(visit, loss.target)]
            for expression, scope in _reached_by(visit, evaluator) if concerned else ():
                for loss in concerned:
                    for narrowing in loss.narrowings:
                        if narrowing.kept == expression:
                            wholes = _value(narrowing.whole, scope, evaluator)
                            kept = _value(narrowing.kept, scope, evaluator)
                            seen[loss, narrowing] += zip(wholes, kept, strict=False)
    return frozenset(
        loss for loss in losses if all(_is_shown(one, seen[loss, one]) for one in loss.narrowings)
    )


def _writes(visit: Visit, target: str) -> bool:
    written, wanted = paths.parse(visit.target), paths.parse(target)
    return len(written) == len(wanted) and all(
        token in (paths.ANY, other) for token, other in zip(wanted, written, strict=True)
    )


def _reached_by(visit: Visit, evaluator: Evaluator) -> Iterator[tuple[Expression, Scope]]:
    with suppress(Fault):  # what follows a loop again may be beyond the bound of work
        for expression in expressions_of(visit):
            yield from _reached(expression, visit.scope, evaluator)


def _reached(
    expression: Expression, scope: Scope, evaluator: Evaluator
) -> Iterator[tuple[Expression, Scope]]:
    """Yield the parts of an expression that surely had a part in its value, with their scopes."""
    yield expression, scope
    match expression:
        case Name():
            binding = let_of(expression, scope)
            if binding is not None:
                yield from _reached(binding.expression, binding.scope, evaluator)
        case Conditional(condition=condition, then=then, otherwise=otherwise):
            for taken in _value(condition, scope, evaluator):
                yield from _reached(then if taken else otherwise, scope, evaluator)
        case Call(arguments=(first, *_)):
            yield from _reached(first, scope, evaluator)
        case ArrayComprehension(item=item, loops=loops):
            for over in _value(loops[0].over, scope, evaluator):
                for inner in evaluator.scopes_of(loops, over, scope) if over is not None else ():
                    yield from _reached(item, inner, evaluator)
        case ObjectComprehension() | Logic() | Call():
            return
        case _:
            for part in children(expression):
                yield from _reached(part, scope, evaluator)


def _value(expression: Expression, scope: Scope, evaluator: Evaluator) -> list[Value]:
    """Return the value of an expression, or none where it is missing or fails."""
    try:
        value = evaluator.evaluate(expression, scope)
    except Fault:
        return []
    return [] if value is MISSING else [value]


def _is_shown(narrowing: Narrowing, values: Sequence[_NARROWED]) -> bool:
    if _has_cases(narrowing.kept):
        kept: dict[str, set[str]] = defaultdict(set)
        for whole, part in values:
            kept[repr(part)].add(repr(whole))
        return any(len(wholes) > 1 for wholes in kept.values())
    is_day = isinstance(narrowing.kept, Call) and narrowing.kept.function in DAYS
    return any(_is_less(whole, part, is_day=is_day) for whole, part in values)


def _has_cases(kept: Expression) -> bool:
    """Return whether an expression only tells some values apart."""
    is_table = isinstance(kept, Call) and kept.function in TABLES
    return is_table or isinstance(kept, (Conditional, Comparison))


def _is_less(whole: Value, part: Value, *, is_day: bool) -> bool:
    if isinstance(whole, list):
        return len(whole) > (len(part) if isinstance(part, list) else 1)
    if isinstance(whole, Instant):
        return whole.moment.time() != time()
    if is_day:
        return isinstance(whole, str) and not _MIDNIGHT.search(whole)
    return bool(whole != part)
