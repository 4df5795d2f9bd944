"""What a value of the adapter language may be beside JSON: missing, a date, a table.

`OperationFailed` stands here too: how functions and operators refuse their operands.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias


class Missing(enum.Enum):
    """The type of `MISSING`; an enum, so that `is MISSING` narrows types."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing.MISSING
"""There is no such field. Never emitted, never null, and never a field of an object."""

Value: TypeAlias = Any
"""A JSON value, `MISSING`, an `Instant` or a `Table`."""


class OperationFailed(Exception):
    """A function or operator refused its operands: what was `found`, and what would `help`.

    `culprits` are the very values at fault, where that is known: an operand, or something in it.
    The interpreter turns it into `PayloadRefused`, which also names the places.
    """

    def __init__(self, found: str, help: str = "", *, culprits: tuple[Value, ...] = ()) -> None:
        super().__init__(found, help)
        self.found = found
        self.help = help
        self.culprits = culprits

    def __str__(self) -> str:
        return f"{self.found}; {self.help}" if self.help else self.found


class BoundPassed(OperationFailed):
    """The run would go beyond a bound of work, depth or size; no operand is to blame."""


@functools.total_ordering
@dataclass(frozen=True, slots=True, eq=False)
class Instant:
    """A point in time, to the microsecond: what `parse_date` gives and no payload may hold.

    `moment` is an aware datetime and keeps its zone, for the functions that print it; two
    instants are equal when they are the same point in time, whatever their zones. (Python itself
    compares wall clocks within one zone, which is wrong in the hour that a clock repeats.)
    """

    moment: datetime

    def __post_init__(self) -> None:
        if self.moment.utcoffset() is None:
            raise ValueError("an Instant needs an aware datetime")

    def in_utc(self) -> datetime:
        """Return the moment as an aware datetime in UTC."""
        return self.moment.astimezone(UTC)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Instant) and self.in_utc() == other.in_utc()

    def __lt__(self, other: Instant) -> bool:
        return self.in_utc() < other.in_utc()

    def __hash__(self) -> int:
        return hash(self.in_utc())


class Table:
    """Values by scalar key, for `at`, `lookup` and `switch`; never emitted.

    `True`, `1` and `'1'` are three keys, `1` and `1.0` are one, and null may be a key. A repeated
    key: the last wins. With `is_lazy` the values are zero-argument functions, called when found.
    """

    __slots__ = ("_values", "is_lazy")

    def __init__(self, entries: Iterable[tuple[Value, Value]], *, is_lazy: bool = False) -> None:
        self._values = {scalar_key(key): (key, value) for key, value in entries}
        self.is_lazy = is_lazy

    def __contains__(self, key: Value) -> bool:
        return scalar_key(key) in self._values

    def __len__(self) -> int:
        return len(self._values)

    def keys(self) -> Iterator[Value]:
        """Return the keys in order of first writing."""
        return (key for key, _ in self._values.values())

    def find(self, key: Value) -> Value:
        """Return the value at `key`, or `MISSING`."""
        entry = self._values.get(scalar_key(key))
        if entry is None:
            return MISSING
        return entry[1]() if self.is_lazy else entry[1]


def scalar_key(value: Value) -> tuple[str, Value]:
    """Return a dictionary key under which two scalars meet only when JSON calls them equal.

    Raises:
        OperationFailed: `value` is not null, a boolean, a number or a text.
    """
    match value:
        case None:
            return ("null", None)
        case bool():
            return ("boolean", value)
        case int() | float():
            return ("number", value)
        case str():
            return ("text", value)
        case _:
            raise OperationFailed(
                "a key that is no scalar", "use a text, a number, a boolean or None as the key"
            )
