"""Which reads and rules made one target, for one payload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.bounds import Budget
from agent.core.language.document import Adapter
from agent.core.language.evaluator import Evaluator, Fault
from agent.core.language.interpreter import run
from agent.core.language.places import Places
from agent.core.language.printer import print_expression
from agent.core.language.rows import Visit
from agent.core.language.scopes import Named, Scope
from agent.core.language.scoping import children, free_names
from agent.core.language.syntax import (
    ArrayComprehension,
    CopyRow,
    EachRow,
    Expression,
    GroupRow,
    Name,
    ObjectComprehension,
    Row,
    ValueRow,
    WithRow,
)
from agent.core.values import Json
from agent.errors import InvalidAdapter


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that had a part in a target.

    `rule` points into the adapter's document; `reads` are source paths with indexes, each with
    what stood there. A read that was missing is left out.
    """

    rule: str
    text: str
    reads: tuple[tuple[str, Json], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a target came about; `value` is None where nothing is present.

    With `*` in the target, `value` is the array of all values that it names.
    """

    target: str
    value: Json
    is_present: bool
    steps: tuple[Step, ...]


def explain(adapter: Adapter, payload: Json, target: str) -> Explanation:
    """Return which rules and reads made `target`, a concrete pointer or one with `*`.

    Rules that wrote what holds the target, the target itself, or parts of it are listed in the
    order in which they ran; so are those that could have written it and did not.

    Raises:
        PayloadRefused: a rule fails on the payload.
    """
    visits: list[Visit] = []
    output = run(adapter, payload, observer=visits.append)
    found = [value for _, value in paths.find(output, target)]
    is_many = paths.ANY in paths.parse(target)
    return Explanation(
        target=target,
        value=found if is_many and found else found[0] if found else None,
        is_present=bool(found),
        steps=_Explainer(payload, paths.parse(target)).explain(visits),
    )


class _Explainer:
    def __init__(self, payload: Json, target: tuple[str, ...]) -> None:
        self._payload = payload
        self._target = target
        self._places = Places(payload)

    def explain(self, visits: list[Visit]) -> tuple[Step, ...]:
        """Return the steps of the visits that touch the target, in the order of the document."""
        touching = [visit for visit in visits if _touches(visit.target, self._target)]
        steps: list[Step] = []
        for visit in sorted(touching, key=_position):
            step = self._step(visit)
            if step is not None and step not in steps:
                steps.append(step)
        return tuple(steps)

    def _step(self, visit: Visit) -> Step | None:
        row = visit.row
        if isinstance(row, GroupRow) and row.when is None:
            return None
        reads = [
            read for part in expressions_of(visit) for read in self._reads(part, visit.scope, set())
        ]
        if isinstance(row, CopyRow) and not visit.outcome and reads:
            reads = self._copied(visit, reads)
            if not reads:
                return None
        outcome = f"; it writes nothing: {visit.outcome}" if visit.outcome else ""
        return Step(visit.rule, _text_of(visit) + outcome, tuple(reads))

    def _copied(self, visit: Visit, reads: list[tuple[str, Json]]) -> list[tuple[str, Json]]:
        """Return the reads of a copy, the copied object narrowed to what the target took of it."""
        below = paths.join(self._target[len(paths.parse(visit.target)) :])
        (at, _), rest = reads[0], reads[1:]
        return [*paths.find(self._payload, at + below), *rest]

    def _reads(
        self, expression: Expression, scope: Scope, seen: set[int]
    ) -> Iterator[tuple[str, Json]]:
        place = self._places.of(expression, scope)
        if place is not None:
            yield from self._read(place, expression, scope)
        elif isinstance(expression, Name):
            binding = let_of(expression, scope)
            if binding is not None and id(binding) not in seen:
                seen.add(id(binding))
                yield from self._reads(binding.expression, binding.scope, seen)
        else:
            for part in _outer_parts(expression):
                yield from self._reads(part, scope, seen)

    def _read(self, place: str, expression: Expression, scope: Scope) -> Iterator[tuple[str, Json]]:
        try:
            value = Evaluator(Budget(self._payload)).evaluate(expression, scope)
        except Fault:
            # A branch that the rule did not take may read what is not there to be read.
            return
        if value is not MISSING:
            yield place, value


def _touches(target: str, asked: tuple[str, ...]) -> bool:
    return all(
        token == wanted or wanted == paths.ANY
        for token, wanted in zip(paths.parse(target), asked, strict=False)
    )


def _position(visit: Visit) -> tuple[tuple[int, ...], bool]:
    numbers = (int(token) for token in paths.parse(visit.rule) if token.isdecimal())
    return tuple(numbers), _is_item(visit)


def _is_item(visit: Visit) -> bool:
    """Return whether a visit is that of one item's `key` or `value`."""
    return visit.rule.endswith(("/key", "/value"))


def expressions_of(visit: Visit) -> list[Expression]:
    """Return the expressions that a visited row, or the part of it that was visited, evaluates."""
    row = visit.row
    if isinstance(row, EachRow) and _is_item(visit):
        own_part = row.key if visit.rule.endswith("/key") else row.value
        return [part for part in (own_part, row.where) if part is not None]
    own: list[Expression]
    match row:
        case ValueRow(value=value):
            own = [value]
        case EachRow(each=each):
            own = [each]
        case WithRow(over=over):
            own = [over]
        case CopyRow(copy=copy):
            own = [copy]
        case GroupRow():
            own = []
        case _:
            assert_never(row)
    return [*own, row.when] if row.when is not None else own


def _text_of(visit: Visit) -> str:
    row = visit.row
    if isinstance(row, EachRow) and _is_item(visit):
        word = paths.last(visit.rule)
        part = row.key if word == "key" else row.value
        return word if part is None else f"{word} {print_expression(part)}"
    when = "" if row.when is None else f" when {print_expression(row.when)}"
    return f"{_body_of(row)}{when}".strip()


def _body_of(row: Row) -> str:
    match row:
        case ValueRow(value=value):
            return f"value {print_expression(value)}"
        case EachRow(each=each, name=name, where=where):
            keyed = "" if row.key is None else f" key {print_expression(row.key)}"
            chosen = "" if where is None else f" where {print_expression(where)}"
            return f"each {print_expression(each)} as {name}{keyed}{chosen}"
        case WithRow(over=over, name=name):
            return f"with {print_expression(over)} as {name}"
        case CopyRow(copy=copy, excluded=excluded):
            left_out = f" except {', '.join(excluded)}" if excluded else ""
            return f"copy {print_expression(copy)}{left_out}"
        case GroupRow():
            return "rules"
        case _:
            assert_never(row)


def let_of(name: Name, scope: Scope) -> Named | None:
    """Return what a name of a `let` stands for, or None for any other name."""
    try:
        binding = scope.find(name.name)
    except InvalidAdapter:
        return None
    return binding if isinstance(binding, Named) else None


def _outer_parts(expression: Expression) -> Iterator[Expression]:
    """Yield the parts that have their meaning in the scope of `expression` itself."""
    if isinstance(expression, (ArrayComprehension, ObjectComprehension)):
        bound: frozenset[str] = frozenset()
        for loop in expression.loops:
            if not free_names(loop.over) & bound:
                yield loop.over
            bound |= frozenset(loop.names)
    else:
        yield from children(expression)
