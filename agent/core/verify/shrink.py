"""Making a failing payload small, so that a reviewer sees only what matters."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agent.core.values import Json, canonical_text

MAX_CALLS = 600
"""Attempts before the payload is left as it is: shrinking is a courtesy, never a hang."""

CHARACTERS_PER_CALL = 500
"""An attempt on a payload of more characters counts as several: rules may loop within loops."""

MAX_DEPTH = 64
"""Parts that lie deeper stay as they are, so that the Python stack holds."""

_POWERS = (2, *(10**power for power in (1, 2, 3, 6, 9, 12, 15, 18)))
"""Sizes that a number may need for its fault, the smallest first."""

Accepts = Callable[[Json], bool]


def shrink(payload: Json, *, still_fails: Callable[[Json], bool]) -> Json:
    """Return a small payload on which `still_fails` holds, as it must for `payload`.

    Greedy and deterministic: whole parts go first, then scalars become simple, until nothing
    more can go or `MAX_CALLS` attempts are spent. The argument is left as it was.
    """
    accepts = _Budget(still_fails)
    current = payload
    before = -1
    while accepts.accepted > before and not accepts.is_spent:
        before = accepts.accepted
        current = _reduce(current, accepts, depth=0)
    return current


class _Budget:
    """Calls `still_fails` until the budget is spent, then accepts nothing more."""

    def __init__(self, still_fails: Accepts) -> None:
        self._still_fails = still_fails
        self._calls = 0
        self.accepted = 0

    @property
    def is_spent(self) -> bool:
        return self._calls >= MAX_CALLS

    def __call__(self, candidate: Json) -> bool:
        if self.is_spent:
            return False
        self._calls += 1 + len(canonical_text(candidate)) // CHARACTERS_PER_CALL
        is_failing = self._still_fails(candidate)
        self.accepted += is_failing
        return is_failing


def _reduce(value: Json, accepts: Accepts, *, depth: int) -> Json:
    """Return a smaller `value`; `accepts` tells whether the payload still fails with it inside."""
    if depth > MAX_DEPTH:
        return value
    if isinstance(value, dict):
        return _reduce_object(value, accepts, depth=depth)
    if isinstance(value, list):
        return _reduce_array(value, accepts, depth=depth)
    if isinstance(value, str):
        return _reduce_text(value, accepts)
    return next((simple for simple in _simpler_numbers(value) if accepts(simple)), value)


def _reduce_object(value: Json, accepts: Accepts, *, depth: int) -> Json:
    kept = dict(_drop_chunks(list(value.items()), lambda entries: accepts(dict(entries))))
    for key in list(kept):

        def accepts_part(part: Json, key: str = key, kept: Json = kept) -> bool:
            return accepts({**kept, key: part})

        kept = {**kept, key: _reduce(kept[key], accepts_part, depth=depth + 1)}
    return kept


def _reduce_array(value: Json, accepts: Accepts, *, depth: int) -> Json:
    kept = _drop_chunks(list(value), accepts)
    for index in range(len(kept)):

        def accepts_part(part: Json, index: int = index, kept: Json = kept) -> bool:
            return accepts([*kept[:index], part, *kept[index + 1 :]])

        smaller = _reduce(kept[index], accepts_part, depth=depth + 1)
        kept = [*kept[:index], smaller, *kept[index + 1 :]]
    return kept


def _drop_chunks(parts: list[Json], accepts: Accepts) -> list[Json]:
    """Return what stays when chunks go, the largest first (Zeller's ddmin without complements)."""
    size = len(parts)
    while size:
        start = 0
        while start < len(parts):
            rest = parts[:start] + parts[start + size :]
            if accepts(rest):
                parts = rest
            else:
                start += size
        size //= 2
    return parts


def _simpler_numbers(value: Json) -> Iterator[Json]:
    """Yield simpler numbers of the same type, the simplest first; none for null and booleans."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    sign = -1 if value < 0 else 1
    plain = (0, 1, -1) if isinstance(value, int) else (0.0, 1.0, 0.5)
    yield from (number for number in plain if abs(number) < abs(value))
    for power in _POWERS:
        if 1 < power < abs(value):
            yield type(value)(sign * power)


def _reduce_text(value: str, accepts: Accepts) -> str:
    for plain in ("", "a"):
        if len(plain) < len(value) and accepts(plain):
            return plain
    kept = _shortest(value, lambda length: value[:length], accepts)
    return _shortest(kept, lambda length: kept[len(kept) - length :], accepts)


def _shortest(value: str, part_of: Callable[[int], str], accepts: Accepts) -> str:
    """Return the shortest part that bisecting its length finds."""
    low, high = 1, len(value)
    while low < high:
        middle = (low + high) // 2
        if accepts(part_of(middle)):
            high = middle
        else:
            low = middle + 1
    return part_of(high) if high < len(value) else value
