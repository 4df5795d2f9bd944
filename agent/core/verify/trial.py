"""Running an adapter on one payload and judging what comes out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from agent.core import paths
from agent.core.contract import Contract, Violation, undeclared
from agent.core.language.bounds import Budget
from agent.core.language.document import Adapter
from agent.core.language.interpreter import run
from agent.core.values import Json, same_value
from agent.core.verify.record import Counterexample, CounterexampleKind
from agent.errors import PayloadRefused

UNDECLARED = "undeclared"
"""The clause of a field that the contract does not declare (DESIGN, section 5)."""

EXPECTED = "expected"
"""The clause of a place where an output differs from its paired sample."""

REFUSED = "refused"
"""The clause of a target whose rule refused the payload."""

MAX_DIFFERENCES = 20


@dataclass(frozen=True, slots=True)
class Failure:
    """A counterexample, and what tells its fault from other faults of the same adapter.

    `sources` are the concrete source paths that a refusing rule read, as far as they are known.
    """

    counterexample: Counterexample
    fault: tuple[str, str]
    sources: tuple[str, ...] = ()

    @property
    def is_refusal(self) -> bool:
        """Return whether a rule refused the payload, loudly, instead of breaking the contract."""
        return self.counterexample.kind is CounterexampleKind.REFUSED


def try_contract(
    adapter: Adapter, payload: Json, *, contract: Contract, budget: Budget | None = None
) -> Failure | None:
    """Return how `payload` is refused or breaks the contract, or None when it conforms.

    `budget` is one of this payload, for who wants to know what the run has spent.
    """
    try:
        output = run(adapter, payload, budget=budget)
    except PayloadRefused as refusal:
        return _refused(payload, refusal, kind=CounterexampleKind.REFUSED)
    violations = contract_violations(contract, output)
    if not violations:
        return None
    found = Counterexample(
        kind=CounterexampleKind.CONTRACT, payload=payload, output=output, violations=violations
    )
    return Failure(found, fault=(starred(violations[0].path), violations[0].clause))


def try_pair(
    adapter: Adapter, payload: Json, *, expected: Json, tolerance: float
) -> Counterexample | None:
    """Return how the output for `payload` differs from `expected`, or None when it is the same.

    A payload that is refused misses its pair too.
    """
    try:
        output = run(adapter, payload)
    except PayloadRefused as refusal:
        return _refused(payload, refusal, kind=CounterexampleKind.PAIR).counterexample
    violations = differences(expected, output, tolerance=tolerance)
    if not violations:
        return None
    return Counterexample(
        kind=CounterexampleKind.PAIR, payload=payload, output=output, violations=violations
    )


def _refused(payload: Json, refusal: PayloadRefused, *, kind: CounterexampleKind) -> Failure:
    why = Violation(path=refusal.target, clause=REFUSED, message=str(refusal))
    found = Counterexample(kind=kind, payload=payload, output=None, violations=(why,))
    sources = tuple(one for one in (refusal.source, *refusal.beside) if one not in ("", "/"))
    return Failure(found, fault=(starred(refusal.target), refusal.operation), sources=sources)


def starred(pointer: str) -> str:
    """Return a concrete target with `*` for every numeric token, as targets name items."""
    tokens = paths.parse(pointer)
    return paths.join(tuple(paths.ANY if token.isdecimal() else token for token in tokens))


def contract_violations(contract: Contract, output: Json) -> tuple[Violation, ...]:
    """Return how an output breaks a contract; a field that it does not declare breaks it too."""
    found = contract.violations(output)
    return found + tuple(
        Violation(path=path, clause=UNDECLARED, message=f"the contract does not declare {path}")
        for path in undeclared(contract.schema, output)
    )


def differences(expected: Json, output: Json, *, tolerance: float) -> tuple[Violation, ...]:
    """Return where an output differs from what was expected; nothing when they are the same.

    `same_value` decides and deepdiff names the places, at most `MAX_DIFFERENCES`.
    """
    if same_value(expected, output, tolerance=tolerance):
        return ()
    found = [
        Violation(path=path, clause=EXPECTED, message=_difference_text(path, wanted, got))
        for path, wanted, got in _differing_places(expected, output)
        if not _is_same(wanted, got, tolerance)
    ]
    if not found:
        found = [Violation("", EXPECTED, _difference_text("", expected, output))]
    return tuple(sorted(found, key=lambda one: one.path)[:MAX_DIFFERENCES])


_ABSENT = object()


def _differing_places(expected: Json, output: Json) -> list[tuple[str, Any, Any]]:
    """Return (path, expected, output) for every place that deepdiff reports."""
    from deepdiff import DeepDiff
    from deepdiff.helper import notpresent

    tree = DeepDiff(expected, output, view="tree")
    places = []
    for level in (level for levels in tree.values() for level in levels):
        pointer = ""
        for key in level.path(output_format="list"):
            pointer = paths.child(pointer, key)
        wanted = _ABSENT if level.t1 is notpresent else level.t1
        got = _ABSENT if level.t2 is notpresent else level.t2
        places.append((pointer, wanted, got))
    return places


def _is_same(wanted: Any, got: Any, tolerance: float) -> bool:
    if wanted is _ABSENT or got is _ABSENT:
        return wanted is got
    return same_value(wanted, got, tolerance=tolerance)


def _difference_text(path: str, wanted: Any, got: Any) -> str:
    return f"{path or '/'} should be {_shown(wanted)} and is {_shown(got)}"


def _shown(value: Any) -> str:
    if value is _ABSENT:
        return "absent"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}…"
