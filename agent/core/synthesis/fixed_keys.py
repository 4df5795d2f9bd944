"""Maps that have the same keys in every payload: `{"none": ["Rye"]}`, `{"app": "shop"}`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Final

from agent.core import paths
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import literal
from agent.core.synthesis.examples import Solution
from agent.core.synthesis.explanation import Explanation, Part
from agent.core.synthesis.scope import Scope

MAX_KEYS: Final = 4
SHORTEST: Final = 3
"""Letters of the shortest text that a longer key may be made of."""

KEY_COST: Final = 1.5
ONCE_COST: Final = 3.0
"""What it costs more that only one example has a key: it may be any text."""

QUOTED_GAIN: Final = 1.0
"""What it is worth that the contract has the key in its description."""


def fixed_keys(
    wanted: Sequence[object],
    scope: Scope,
    *,
    named: frozenset[str],
    fields: Mapping[str, FieldInfo],
    said: str,
) -> dict[str, float] | None:
    """Return the keys that stand in no payload, with what each costs, or None.

    What a payload holds as a value, or as the key of a map, is rather read from there.
    """
    shown: dict[str, list[int]] = {}
    for row, value in enumerate(wanted):
        for key in value if isinstance(value, dict) else ():
            if key not in named:
                shown.setdefault(key, []).append(row)
    if not 0 < len(shown) <= MAX_KEYS:
        return None
    data = [set(_texts_of(scope.sources(row), fields)) for row in scope.rows]
    if any(all(_is_read(key, data[row]) for row in rows) for key, rows in shown.items()):
        return None
    return {
        key: KEY_COST
        + (ONCE_COST if len(rows) == 1 else 0.0)
        - (QUOTED_GAIN if key in said.replace(",", " ").split() else 0.0)
        for key, rows in shown.items()
    }


def _is_read(key: str, data: Set[str]) -> bool:
    """Return whether a key may be made of a text of the payload."""
    return any(len(one) >= SHORTEST and one in key for one in data) or key in data


def with_keys(made: Explanation, target: str, keys: Mapping[str, float]) -> Explanation:
    """Return a map with what its keys cost, and with the question that only pairs show them."""
    said = f"always the keys {', '.join(keys)}"
    solution = Solution(literal(list(keys)), (), KEY_COST, 0.6, 1, said, is_ambiguous=True)
    cost, parts = made.cost + sum(keys.values()), (*made.parts, Part(target, solution))
    return replace(made, cost=cost, parts=parts)


def _texts_of(
    sources: Iterable[tuple[str, object]], fields: Mapping[str, FieldInfo]
) -> Iterator[str]:
    """Yield the texts and the keys of maps of one example."""
    stack = list(sources)
    while stack:
        path, value = stack.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            stack += [(paths.items(path), item) for item in value]
        elif isinstance(value, dict):
            entries = fields.get(paths.items(path))
            if entries is not None and entries.in_map:
                yield from value
                stack += [(paths.items(path), item) for item in value.values()]
            else:
                stack += [(paths.child(path, key), item) for key, item in value.items()]
