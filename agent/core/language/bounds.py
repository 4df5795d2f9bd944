"""The bounds of one run: work, depth and size, and which values the language has at all.

Work counts steps, never seconds, so that a payload is refused or not whatever the machine does.
"""

from __future__ import annotations

import math
from typing import Final

from agent.core.language.absence import BoundPassed, Missing, OperationFailed, Value
from agent.core.language.functions.operands import describe, within_64_bits

MAX_DEPTH: Final = 512
"""Deepest nesting of a payload, of a value on the way, and of an output (TRUST S7)."""

MAX_SIZE: Final = 32 * 1024 * 1024
"""Largest value or output: one for each value in it, and one for each character of text."""

WORK_BASE: Final = 300_000
WORK_PER_SIZE: Final = 200
"""Steps of one run: the base, and so many more for each value and 64 characters of the payload."""

_TEXT_PER_STEP: Final = 64


class Budget:
    """What one run may still spend, and how large the values are that it has seen."""

    def __init__(self, payload: Value) -> None:
        self._known: dict[int, tuple[Value, int, int, int]] = {}
        _, steps, _ = self.measure(payload)
        self.bound = WORK_BASE + WORK_PER_SIZE * steps
        self._left = self.bound
        self._output_left = MAX_SIZE

    @property
    def spent(self) -> int:
        """Return the steps that were counted so far."""
        return self.bound - self._left

    def spend(self, steps: int = 1) -> None:
        """Count work; fail when the bound is passed."""
        self._left -= steps
        if self._left < 0:
            raise BoundPassed(
                f"work beyond the bound of {self.bound} steps for this payload",
                "join arrays with index_by and at, and name repeated work with `let`",
            )

    def spend_on(self, value: Value, *, is_deep: bool) -> None:
        """Count the work of a function or operator that walks through `value`."""
        match value:
            case str():
                self.spend(len(value) // _TEXT_PER_STEP)
            case list() | dict():
                self.spend(self.measure(value)[1] if is_deep else len(value))

    def spend_output(self, size: int) -> None:
        """Count what is written to the output; fail when it grows too large."""
        self._output_left -= size
        if self._output_left < 0:
            raise BoundPassed(f"an output beyond the bound of {MAX_SIZE} values and characters")

    def admit(self, value: Value) -> Value:
        """Return a new value, or fail when it is too deep or too large."""
        if isinstance(value, (list, dict)):
            self.measure(value)
        return value

    def measure(self, value: Value) -> tuple[int, int, int]:
        """Return size, steps to walk it, and depth of a value; each container is walked once."""
        return self._measure(value, MAX_DEPTH)

    def _measure(self, value: Value, room: int) -> tuple[int, int, int]:
        if isinstance(value, str):
            return 1 + len(value), 1 + len(value) // _TEXT_PER_STEP, 0
        if not isinstance(value, (list, dict)):
            return 1, 1, 0
        known = self._known.get(id(value))
        if known is not None:
            return known[1:]
        if room == 0:
            raise _too_deep()
        size, steps, depth = 1, 1, 0
        if isinstance(value, dict):
            size += _size_of_keys(value)
        for item in value.values() if isinstance(value, dict) else value:
            item_size, item_steps, item_depth = self._measure(item, room - 1)
            size, steps, depth = size + item_size, steps + item_steps, max(depth, item_depth)
        if depth >= MAX_DEPTH:
            raise _too_deep()
        if size > MAX_SIZE:
            raise BoundPassed(f"a value beyond the bound of {MAX_SIZE} values and characters")
        # The value itself is kept, so that its id stays its own for the whole run.
        self._known[id(value)] = (value, size, steps, depth + 1)
        return size, steps, depth + 1


def _size_of_keys(value: dict[str, Value]) -> int:
    try:
        return sum(map(len, value))
    except TypeError:
        raise OperationFailed("an object with a key that is no text") from None


def _too_deep() -> BoundPassed:
    return BoundPassed(f"nesting more than {MAX_DEPTH} deep")


def require_scalar(value: Value) -> None:
    """Fail when a scalar read from a payload is none of the language's."""
    match value:
        case str():
            if not value.isascii():
                _require_scalar_text(value)
        case None | bool() | Missing():
            pass
        case int():
            within_64_bits(value)
        case float():
            if not math.isfinite(value):
                raise OperationFailed(
                    f"{describe(value)}, which is no JSON number", culprits=(value,)
                )
        case list() | dict():
            pass
        case _:
            raise OperationFailed(
                f"a {type(value).__name__}, which is no JSON value", culprits=(value,)
            )


def _require_scalar_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise OperationFailed(
            f"{describe(text)}, a text with half of a surrogate pair", culprits=(text,)
        ) from None
