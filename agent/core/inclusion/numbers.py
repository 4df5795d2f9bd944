"""Numbers that satisfy bounds and multiples, as exact fractions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from agent.core.inclusion.formulas import Atom, High, Low, Multiple
from agent.core.inclusion.members import Members

MAX_TRIED: Final = 2_000
"""Most numbers that are looked at one by one."""


@dataclass(frozen=True, slots=True)
class _Range:
    """An interval, what its numbers are multiples of (0: anything), and what they are not."""

    low: Fraction | None
    high: Fraction | None
    is_open_low: bool
    is_open_high: bool
    step: Fraction
    not_multiples: tuple[Fraction, ...]

    def admits(self, number: Fraction) -> bool:
        if self.low is not None and (
            number < self.low or (self.is_open_low and number == self.low)
        ):
            return False
        if self.high is not None and (
            number > self.high or (self.is_open_high and number == self.high)
        ):
            return False
        if self.step and number % self.step:
            return False
        return all(number % step for step in self.not_multiples)

    @property
    def is_void(self) -> bool:
        if any(self.step and not self.step % step for step in self.not_multiples):
            return True
        if self.low is None or self.high is None:
            return False
        is_open = self.is_open_low or self.is_open_high
        return self.low > self.high or (self.low == self.high and is_open)


def number_members(atoms: Iterable[Atom], *, want: int) -> Members:
    """Return numbers that satisfy all atoms."""
    range_ = _range_of(atoms)
    if range_.is_void:
        return Members()
    seen: set[Fraction] = set()
    found: list[int | float] = []
    is_complete = True
    for number in _candidates(range_):
        if number is None:
            is_complete = False
        elif range_.admits(number) and number not in seen:
            written = _written(number)
            if written is None:
                is_complete = False
                continue
            if len(found) >= want:
                is_complete = False
                break
            seen.add(number)
            found.append(written)
    return Members(tuple(found), is_complete)


def _range_of(atoms: Iterable[Atom]) -> _Range:
    lows: list[tuple[Fraction, bool]] = []
    highs: list[tuple[Fraction, bool]] = []
    steps: list[Fraction] = []
    not_multiples: dict[Fraction, None] = {}
    for atom in atoms:
        match atom.body:
            case Low(bound=bound, is_open=is_open):
                if atom.holds:
                    lows.append((bound, is_open))
                else:
                    highs.append((bound, not is_open))
            case High(bound=bound, is_open=is_open):
                if atom.holds:
                    highs.append((bound, is_open))
                else:
                    lows.append((bound, not is_open))
            case Multiple(of=step) if atom.holds:
                steps.append(step)
            case Multiple(of=step):
                not_multiples[step] = None
            case _:
                raise TypeError(f"no atom about numbers: {atom}")
    low, is_open_low = max(lows, default=(None, False))
    high, is_closed_high = min(
        ((bound, not is_open) for bound, is_open in highs), default=(None, True)
    )
    return _Range(
        low, high, is_open_low, not is_closed_high, _common_multiple(steps), tuple(not_multiples)
    )


def _common_multiple(steps: Sequence[Fraction]) -> Fraction:
    """Return the least common multiple of fractions, 0 for none."""
    if not steps:
        return Fraction(0)
    denominator = math.lcm(*(step.denominator for step in steps))
    return Fraction(math.lcm(*(int(step * denominator) for step in steps)), denominator)


def _candidates(range_: _Range) -> Iterator[Fraction | None]:
    """Yield numbers to try, simple ones first; None says that there are others."""
    if range_.step:
        yield from _multiples(range_, range_.step)
    elif range_.low is not None and range_.low == range_.high:
        yield range_.low
    else:
        yield from _between(range_)
        yield None


def _multiples(range_: _Range, step: Fraction) -> Iterator[Fraction | None]:
    first = None if range_.low is None else math.ceil(range_.low / step)
    last = None if range_.high is None else math.floor(range_.high / step)
    if first is not None and last is not None and last - first < MAX_TRIED:
        # Those near zero come first, then by size.
        for count in sorted(range(first, last + 1), key=lambda one: (abs(one), one < 0)):
            yield count * step
        return
    if first is not None and (first > 0 or last is None):
        start, sign = first, 1
        if first <= 0:
            start = 0
    elif last is not None:
        start, sign = min(last, 0), -1
    else:
        start, sign = 0, 1
    for offset in range(MAX_TRIED):
        yield (start + sign * offset) * step
    yield None


def _between(range_: _Range) -> Iterator[Fraction]:
    """Yield numbers of an interval that is more than a point."""
    low, high = range_.low, range_.high
    if low is None and high is None:
        low, high = Fraction(-(10**6)), Fraction(10**6)
    elif low is None and high is not None:
        low = high - 10**6
    elif high is None and low is not None:
        high = low + 10**6
    assert low is not None
    assert high is not None
    yield from map(Fraction, (0, 1, -1, 2, 3, 10))
    yield low
    yield high
    start = math.ceil(low)
    for offset in range(-1, 40):
        yield Fraction(start + offset)
    yield Fraction(math.floor(high))
    yield from (Fraction(1, 2), Fraction(3, 2), Fraction(1, 10), Fraction(-1, 2))
    for places in range(1, 15):
        scale = Fraction(10**places)
        for bound, offset in ((low, 1), (high, -1), ((low + high) / 2, 0)):
            yield (math.floor(bound * scale) + offset) / scale
            yield (math.ceil(bound * scale) + offset) / scale


def _written(number: Fraction) -> int | float | None:
    """Return a number as JSON writes it, or None where no float's text is exactly it."""
    if number.denominator == 1:
        return int(number)
    try:
        written = float(number)
    except OverflowError:
        return None
    return written if Fraction(repr(written)) == number else None
