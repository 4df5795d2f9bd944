"""The reference interpreter: what an adapter means, payload by payload."""

from __future__ import annotations

from collections.abc import Mapping

from agent.core.language.absence import OperationFailed, Value
from agent.core.language.bounds import Budget
from agent.core.language.document import Adapter
from agent.core.language.evaluator import Evaluator, Fault
from agent.core.language.places import Places
from agent.core.language.rows import Observer, Pick, RuleTable
from agent.core.language.scopes import Scope, Whole
from agent.core.language.scoping import SOURCE
from agent.core.language.syntax import Expression
from agent.core.values import Json
from agent.errors import PayloadRefused


def run(
    adapter: Adapter,
    payload: Json,
    *,
    observer: Observer | None = None,
    picks: tuple[Pick, ...] = (),
) -> Json:
    """Return the output of an adapter for one payload, which it shares nothing with.

    `observer` is told of every row that ran, in order. With `picks` only these rows and items run:
    enough to name the fault of one of them, within the work that a small payload may cost.

    Raises:
        PayloadRefused: a rule failed, or a bound was passed; it names the target path, the source
            path with indexes, the operation and what was found.
    """
    scope = Scope({SOURCE: Whole(payload)})
    try:
        # Measuring a payload costs more than running one row of it.
        budget = Budget(None if picks else payload)
        table = RuleTable(adapter, budget, observer=observer, picks=picks)
    except OperationFailed as failure:
        raise PayloadRefused(found=failure.found, help=failure.help) from failure
    try:
        return table.run(scope.with_names(adapter.let))
    except Fault as fault:
        raise _refusal(fault, payload, table.target) from fault
    except OperationFailed as failure:
        target = table.target
        raise PayloadRefused(target=target, found=failure.found, help=failure.help) from failure
    except RecursionError as error:
        raise PayloadRefused(target=table.target, found="nesting too deep to follow") from error


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
        raise _refusal(fault, bindings.get(SOURCE), "") from fault
    except OperationFailed as failure:
        raise PayloadRefused(found=failure.found, help=failure.help) from failure
    except RecursionError as error:
        raise PayloadRefused(found="nesting too deep to follow") from error


def _refusal(fault: Fault, payload: Json, target: str) -> PayloadRefused:
    return PayloadRefused(
        found=fault.failure.found,
        target=target,
        source=Places(payload).first(fault.blamed, fault.scope),
        operation=fault.operation,
        help=fault.failure.help,
    )
