"""Tables from given values to wanted ones that pairs teach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.core.language.syntax import Call, Conditional, Expression, ObjectDisplay
from agent.core.synthesis.build import V, call, literal, table
from agent.core.synthesis.examples import distinct_count, holds
from agent.core.values import Json, json_type

Pairs = Sequence[tuple[object, object]]
Candidate = tuple[Expression, float, str]
"""Expression over `v`, its cost, and what it does in words."""

LOOKUP_COST = 2.0
MAX_TABLE = 40
MIN_PASSED = 2
"""Different texts that pass unchanged, so that one may think that others do."""

LONGEST_CODE = 24
"""Letters of a text that may be a code: longer ones are hashes, addresses or sentences."""

MAX_OPEN_TABLE = 8
"""Entries of a table over values that no enum lists."""


def choices(pairs: Pairs, *, is_closed: bool = False) -> Iterator[Candidate]:
    """Yield the tables that hold on all pairs, where values may stand for others."""
    if may_recur(pairs, is_closed=is_closed):
        for expression, cost, reason in whole_tables(pairs):
            if holds(expression, pairs):
                yield expression, cost, reason
    yield from exceptions(pairs)


def may_recur(pairs: Pairs, *, is_closed: bool) -> bool:
    """Return whether given values come back: out of a closed set, or often enough to be a code."""
    if is_closed or {json_type(value) for value, _ in pairs} == {"boolean"}:
        return True
    distinct = distinct_count([given for given, _ in pairs])
    return distinct <= MAX_OPEN_TABLE and len(pairs) >= distinct + 2


def whole_tables(pairs: Pairs) -> Iterator[Candidate]:
    """Yield a table (or a condition, for booleans) from each given value to the wanted one."""
    known: dict[tuple[str, object], object] = {}
    for given, wanted in pairs:
        if isinstance(given, (list, dict)) or isinstance(wanted, (list, dict)):
            return
        known.setdefault((json_type(given), given), wanted)
    if not 2 <= len(known) <= MAX_TABLE or distinct_count(list(known.values())) < 2:
        return
    repeated = len(pairs) > len(known)
    cost = LOOKUP_COST + (0.0 if repeated else 1.0) + len(known) / 20
    if all(kind == "boolean" for kind, _ in known):
        yes, no = known[("boolean", True)], known[("boolean", False)]
        yield Conditional(V, literal(yes), literal(no)), 1.5, "one value each for true and false"
    elif all(kind == "string" for kind, _ in known):
        entries = {str(given): wanted for (_, given), wanted in known.items()}
        yield call("lookup", V, table(entries)), cost, f"a table of {len(known)} values"
    elif all(kind == "integer" for kind, _ in known):
        shown = ObjectDisplay(tuple((literal(g), literal(w)) for (_, g), w in known.items()))
        yield call("lookup", V, shown), cost, f"a table of {len(known)} values"


def exceptions(pairs: Pairs) -> Iterator[Candidate]:
    """Yield a table of the few texts that change; all others pass as they are."""
    changed: dict[str, Json] = {}
    passed: set[str] = set()
    for given, wanted in pairs:
        if not isinstance(given, str) or not isinstance(wanted, str):
            return
        if given == wanted:
            passed.add(given)
        elif changed.setdefault(given, wanted) != wanted:
            return
    if passed & changed.keys() or len(passed) < MIN_PASSED or not changed:
        return
    if any(len(one) > LONGEST_CODE for one in changed):
        return
    if len(changed) <= MAX_OPEN_TABLE:
        made = Call("lookup", (V, table(changed)), (("otherwise", V),))
        yield made, LOOKUP_COST + 0.5 + len(changed) / 5, f"a table of {len(changed)} exceptions"
