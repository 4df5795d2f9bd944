"""Engines: the ways to run a mapping that the benchmark compares."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from agent.core.values import Json, same_value

OfValues: TypeAlias = Callable[[Json], Json]
OfBytes: TypeAlias = Callable[[bytes], bytes]

GUARDED: Final = "guards its rules"
CHECKING: Final = "guards its rules; by bytes, checks payloads against the source schema"
NOT_CHECKING: Final = "trusts the payload, as the baseline does"
FLOATS: Final = "has one kind of number: 1.0 comes out as 1"
NULLS: Final = "writes null where a field is missing"
NO_DATES: Final = "does less: cannot print the date"
PYTHON_FUNCTIONS: Final = "calls functions written in Python for what it cannot say"
OWN_PROCESS: Final = "timed inside a process of its own"
OWN_OBJECTS: Final = "maps the objects of another runtime"

DATES: Final = frozenset({"opened_at", "placed_at"})

NOT_COMPARABLE: Final = frozenset({NULLS, NO_DATES, PYTHON_FUNCTIONS, OWN_OBJECTS})
"""Remarks that keep a time from being held against the others."""


@dataclass(frozen=True, slots=True)
class Engine:
    """One mapping in one engine.

    `left_out` are the fields of the output that the engine cannot make: it does less work.
    `remarks` say why its time cannot be held against the others'.
    """

    name: str
    of_values: OfValues | None = None
    of_bytes: OfBytes | None = None
    writes_nulls: bool = False
    left_out: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()

    def agrees(self, expected: Json, output: Json) -> bool:
        """Return whether an output is the expected one, as far as this engine can say it.

        1 and 1.0 are equal here: several engines know only one kind of number.
        """
        if isinstance(expected, dict):
            expected = {key: item for key, item in expected.items() if key not in self.left_out}
        if self.writes_nulls:
            expected, output = _without_nulls(expected), _without_nulls(output)
        return same_value(_as_floats(expected), _as_floats(output), tolerance=1e-12)


@dataclass(frozen=True, slots=True)
class Absent:
    """An engine that cannot be measured on a mapping, with the reason."""

    name: str
    reason: str


def disagreements(
    engine: Engine, cases: list[tuple[Json, bytes]], expected: list[Json], load: Callable[..., Json]
) -> Iterator[str]:
    """Yield what an engine got wrong before it is timed, by values and by bytes."""
    for number, ((payload, body), wanted) in enumerate(zip(cases, expected, strict=True)):
        if engine.of_values is not None and not engine.agrees(wanted, engine.of_values(payload)):
            yield f"payload {number}, by values"
        if engine.of_bytes is not None and not engine.agrees(wanted, load(engine.of_bytes(body))):
            yield f"payload {number}, by bytes"


def _without_nulls(value: Json) -> Json:
    match value:
        case dict():
            return {k: _without_nulls(item) for k, item in value.items() if item is not None}
        case list():
            return [_without_nulls(item) for item in value]
        case _:
            return value


def _as_floats(value: Json) -> Json:
    match value:
        case bool():
            return value
        case int() if math.isfinite(value) and abs(value) < 2**53:
            return float(value)
        case dict():
            return {key: _as_floats(item) for key, item in value.items()}
        case list():
            return [_as_floats(item) for item in value]
        case _:
            return value
