"""What generated code calls: the language's own operations, in the forms that the compiler needs.

Everything here fails with an exception of `NOT_TAKEN` where the fast path does not know what to
do; then the reference interpreter decides.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Final

from agent.core.language.absence import MISSING, Instant, Missing, OperationFailed, Table, Value
from agent.core.language.bounds import MAX_DEPTH, require_scalar
from agent.core.language.functions import FUNCTIONS, Absence
from agent.core.language.functions.aggregates import sum_of

NOT_TAKEN: Final = (
    OperationFailed,
    TypeError,
    ValueError,
    AttributeError,
    LookupError,
    ArithmeticError,
    RecursionError,
)
"""What the fast path may fail with; none of it is told to anybody."""

WORK: Final = 4_000_000
"""Visits, and characters of text that is made, that one run of the fast path may spend."""

_LARGEST_COPY: Final = 2_000_000
_DAY_S: Final = 86_400
_MOST_DAYS: Final = 20_000


def check_texts(texts: Iterable[str]) -> None:
    """Return quietly when all are texts without half of a surrogate pair."""
    together = "".join(texts)
    if not together.isascii():
        together.encode()


def copy_value(value: Value, room: int = MAX_DEPTH) -> Value:
    """Return a copy that shares nothing with a value; what cannot be written fails."""
    return _copy(value, room, [_LARGEST_COPY])


def _copy(value: Value, room: int, left: list[int]) -> Value:
    left[0] -= 1
    if isinstance(value, (list, dict)) and (room <= 0 or left[0] < 0):
        raise OperationFailed("a value too deep or too large for the fast path")
    if isinstance(value, list):
        return [_copy(item, room - 1, left) for item in value]
    if isinstance(value, dict):
        check_texts(value)
        return {key: _copy(item, room - 1, left) for key, item in value.items()}
    if isinstance(value, (Instant, Table, Missing)):
        raise OperationFailed("a value that cannot be written")
    require_scalar(value)
    return value


def size_of(value: Value) -> int:
    """Return how many values and characters a value holds, as far as that is worth counting."""
    total, pending = 0, [value]
    while pending and total <= _LARGEST_COPY:
        item = pending.pop()
        total += 1
        if isinstance(item, str):
            total += len(item)
        elif isinstance(item, list):
            total += len(item)
            pending.extend(item)
        elif isinstance(item, dict):
            total += len(item)
            pending.extend(item.values())
    return total


def calling(name: str) -> Callable[..., Value]:
    """Return a function of the language that handles missing and null by its own rule."""
    function = FUNCTIONS[name]
    call = function.call
    if function.absence is Absence.OWN:
        return call

    def propagate(*given: Value, **named: Value) -> Value:
        arguments = (*given, *named.values())
        if any(argument is MISSING for argument in arguments):
            return MISSING
        if any(argument is None for argument in arguments):
            return None
        return call(*given, **named)

    return propagate


def total(numbers: list[Any]) -> Any:
    """Return the sum of numbers, exactly as `sum` gives it."""
    if set(map(type, numbers)) == {float}:
        found = math.fsum(numbers)
        if math.isfinite(found):
            return found
    return sum_of(numbers)


class _Days(dict[int, str]):
    """Printed dates by days since 1970, kept for the days that were asked for."""

    def __missing__(self, day: int) -> str:
        printed = datetime.fromtimestamp(day * _DAY_S, UTC).date().isoformat()
        if len(self) >= _MOST_DAYS:
            self.clear()
        self[day] = printed
        return printed


DAYS: Final = _Days()
MINUTES: Final = tuple(f"T{minute // 60:02}:{minute % 60:02}:" for minute in range(1440))
SECONDS: Final = tuple(f"{second:02}Z" for second in range(60))
"""The parts of a printed time of `n` seconds: of `n // 86400`, `n % 86400 // 60` and `n % 60`."""
