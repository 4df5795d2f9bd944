"""The reference interpreter: what an adapter means, payload by payload."""

from __future__ import annotations

from collections.abc import Mapping

from agent.core.language.absence import BoundPassed, OperationFailed, Value
from agent.core.language.blame import Blame
from agent.core.language.bounds import Budget
from agent.core.language.document import Adapter
from agent.core.language.evaluator import Evaluator, Fault
from agent.core.language.placed import place_all, place_fields
from agent.core.language.rows import Observer, Pick, RuleTable
from agent.core.language.scopes import Scope, Whole
from agent.core.language.scoping import SOURCE, children, expressions_within
from agent.core.language.syntax import Expression, Field, Name
from agent.core.values import Json
from agent.errors import PayloadRefused


def run(
    adapter: Adapter,
    payload: Json,
    *,
    observer: Observer | None = None,
    budget: Budget | None = None,
) -> Json:
    """Return the output of an adapter for one payload, which it shares nothing with.

    `observer` is told of every row that ran, in order; a `budget` of this payload tells afterwards
    what the run has spent.

    Raises:
        PayloadRefused: a rule failed, or a bound was passed; it names the target path, the source
            path with indexes, the operation and what was found.
    """
    scope = Scope({SOURCE: Whole(payload)})
    try:
        table = RuleTable(adapter, budget or Budget(payload), observer=observer)
    except OperationFailed as failure:
        raise PayloadRefused(found=failure.found, help=failure.help) from failure
    try:
        return table.run(scope.with_names(adapter.let))
    except Fault as fault:
        raise _named(fault, adapter, payload, target=table.target) from fault
    except OperationFailed as failure:
        target = table.target
        raise PayloadRefused(target=target, found=failure.found, help=failure.help) from failure
    except RecursionError as error:
        raise PayloadRefused(target=table.target, found="nesting too deep to follow") from error


def refusal_at(
    adapter: Adapter,
    payload: Json,
    picks: tuple[Pick, ...],
    *,
    fields: frozenset[str] | None = None,
    is_brief: bool = False,
) -> PayloadRefused | None:
    """Return the refusal of picked rows and items, or None where they refuse nothing.

    It costs a small part of a whole run, whose first refusal may be another. None also where more
    work would be needed than a small payload may cost. `fields` are those that the rows may read,
    None for all; with `is_brief` the place in the payload is not looked for.
    """
    placed = payload
    if not is_brief:
        placed = place_all(payload) if fields is None else place_fields(payload, fields)
    # Measuring the payload would cost more than running one row of it.
    table = RuleTable(adapter, Budget(None), picks=picks)
    try:
        table.run(Scope({SOURCE: Whole(placed)}).with_names(adapter.let))
    except Fault as fault:
        if isinstance(fault.failure, BoundPassed):
            return None
        if not is_brief:
            return _refusal(fault, placed, table.target)
        failure = fault.failure
        return PayloadRefused(
            found=failure.found, target=table.target, operation=fault.operation, help=failure.help
        )
    except (OperationFailed, RecursionError):
        return None
    return None


def fields_read(adapter: Adapter, number: int) -> frozenset[str] | None:
    """Return the fields of the payload that a row may read, or None for all of them."""
    fields: set[str] = set()
    pending = list(expressions_within((adapter.rows[number], adapter.let)))
    while pending:
        expression = pending.pop()
        if isinstance(expression, Field) and expression.of == Name(SOURCE):
            fields.add(expression.key)
        elif expression == Name(SOURCE):
            return None
        else:
            pending.extend(children(expression))
    return frozenset(fields)


def evaluate(expression: Expression, bindings: Mapping[str, Value]) -> Value:
    """Return the value of an expression whose names stand for `bindings`, or `MISSING`.

    Raises:
        PayloadRefused: an operation refused its operands, or a bound was passed.
    """
    scope = Scope({name: Whole(value) for name, value in bindings.items()})
    try:
        budget = Budget(list(bindings.values()))
        return Evaluator(budget).evaluate(expression, scope)
    except Fault as fault:
        raise _named_in(expression, fault, bindings) from fault
    except OperationFailed as failure:
        raise PayloadRefused(found=failure.found, help=failure.help) from failure
    except RecursionError as error:
        raise PayloadRefused(found="nesting too deep to follow") from error


def attempt(expression: Expression, bindings: Mapping[str, Value]) -> Value:
    """Return what `evaluate` returns, for a search that does not ask why an operation refused.

    Raises:
        OperationFailed, RecursionError: an operation refused its operands, or a bound was passed.
    """
    scope = Scope({name: Whole(value) for name, value in bindings.items()})
    return Evaluator(Budget(None)).evaluate(expression, scope)


def _named(fault: Fault, adapter: Adapter, payload: Json, *, target: str) -> PayloadRefused:
    """Return the refusal for a fault: the run is repeated on a payload that knows its places.

    A run that passed a bound is not repeated: no value is to blame, and it was long.
    """
    if isinstance(fault.failure, BoundPassed):
        return _refusal(fault, payload, target)
    placed = place_all(payload)
    try:
        table = RuleTable(adapter, Budget(placed))
        table.run(Scope({SOURCE: Whole(placed)}).with_names(adapter.let))
    except Fault as again:
        return _refusal(again, placed, table.target)
    except (OperationFailed, RecursionError):
        pass
    return _refusal(fault, payload, target)


def _named_in(
    expression: Expression, fault: Fault, bindings: Mapping[str, Value]
) -> PayloadRefused:
    """Return the refusal for a fault in one expression, as `_named` does for an adapter."""
    payload = bindings.get(SOURCE)
    placed = {**bindings, SOURCE: place_all(payload)}
    scope = Scope({name: Whole(value) for name, value in placed.items()})
    try:
        if not isinstance(fault.failure, BoundPassed):
            Evaluator(Budget(list(placed.values()))).evaluate(expression, scope)
    except Fault as again:
        return _refusal(again, placed[SOURCE], "")
    except (OperationFailed, RecursionError):
        pass
    return _refusal(fault, payload, "")


def _refusal(fault: Fault, payload: Json, target: str) -> PayloadRefused:
    try:
        source, *beside = Blame(payload).sources(fault) or ("",)
    except (OperationFailed, RecursionError):
        source, beside = "", []
    return PayloadRefused(
        found=fault.failure.found,
        target=target,
        source=source,
        beside=tuple(beside),
        operation=fault.operation,
        help=fault.failure.help,
    )
