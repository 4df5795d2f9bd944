"""Join and meet of numbers and of texts."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction

from agent.core.shapes.facts import Fact, holds
from agent.core.shapes.parts import (
    MAX_VALUES,
    Form,
    Numbers,
    Texts,
    is_float,
    make_numbers,
    make_texts,
)


def join_numbers(left: Numbers, right: Numbers) -> Numbers:
    """Return numbers that hold both; many listed ones become a range."""
    values = None
    if left.values is not None and right.values is not None:
        values = left.values | right.values
        values = None if len(values) > MAX_VALUES else values
    low, is_above_low = _lower(left, right)
    high, is_below_high = _higher(left, right)
    steps = (left.step, right.step)
    joined = Numbers(
        low,
        high,
        is_above_low=is_above_low,
        is_below_high=is_below_high,
        step=None if None in steps else math.gcd(*(step for step in steps if step)),
        forms=left.forms | right.forms,
        values=values,
        holes=frozenset(
            hole
            for hole in left.holes | right.holes
            if not left.admits(hole) and not right.admits(hole)
        ),
        facts=_common_facts(left, right),
    )
    return make_numbers(joined) or joined


def _lower(left: Numbers, right: Numbers) -> tuple[Fraction | None, bool]:
    if left.low is None or right.low is None:
        return None, False
    return min((left.low, left.is_above_low), (right.low, right.is_above_low))


def _higher(left: Numbers, right: Numbers) -> tuple[Fraction | None, bool]:
    if left.high is None or right.high is None:
        return None, False
    high, is_closed = max(
        (left.high, not left.is_below_high), (right.high, not right.is_below_high)
    )
    return high, not is_closed


def _common_facts(left: Numbers | Texts, right: Numbers | Texts) -> frozenset[Fact]:
    """Return the facts of both; a few listed values are asked for the facts of the other."""
    return frozenset(
        fact for fact in left.facts | right.facts if _knows(left, fact) and _knows(right, fact)
    )


def _knows(part: Numbers | Texts, fact: Fact) -> bool:
    if fact in part.facts:
        return True
    if part.values is None or len(part.values) > _ASKED:
        return False
    return all(holds(fact, written) for value in part.values for written in _ways(value))


def _ways(value: str | Fraction) -> tuple[str | int | float, ...]:
    """Return how a value may be written: a large float is written as another number."""
    if isinstance(value, str) or value.denominator != 1:
        return (value if isinstance(value, str) else float(value),)
    return (int(value), float(value)) if is_float(value) else (int(value),)


_ASKED = 64


def plain_number(value: Fraction) -> int | float:
    """Return a number as JSON would write it: an integer where it is one."""
    return int(value) if value.denominator == 1 else float(value)


def meet_numbers(left: Numbers, right: Numbers) -> Numbers | None:
    """Return the numbers that both hold, or None."""
    lows = [(part.low, part.is_above_low) for part in (left, right) if part.low is not None]
    highs = [(part.high, not part.is_below_high) for part in (left, right) if part.high is not None]
    low, is_above_low = max(lows, default=(None, False))
    high, is_closed = min(highs, default=(None, True))
    listed = [part.values for part in (left, right) if part.values is not None]
    steps = [part.step for part in (left, right) if part.step is not None]
    return make_numbers(
        Numbers(
            low,
            high,
            is_above_low=is_above_low,
            is_below_high=not is_closed,
            step=math.lcm(*steps) if steps else None,
            forms=left.forms & right.forms,
            values=frozenset.intersection(*listed) if listed else None,
            holes=left.holes | right.holes,
            facts=left.facts | right.facts,
        )
    )


def join_texts(left: Texts, right: Texts) -> Texts:
    """Return texts that hold both; many listed ones become a range of lengths."""
    values = None
    if left.values is not None and right.values is not None:
        values = left.values | right.values
        values = None if len(values) > MAX_VALUES else values
    lengths = (left.longest, right.longest)
    joined = Texts(
        shortest=min(left.shortest, right.shortest),
        longest=None
        if None in lengths
        else max(length for length in lengths if length is not None),
        values=values,
        facts=_common_facts(left, right),
    )
    return make_texts(joined) or joined


def meet_texts(left: Texts, right: Texts) -> Texts | None:
    """Return the texts that both hold, or None."""
    listed = [part.values for part in (left, right) if part.values is not None]
    lengths = [part.longest for part in (left, right) if part.longest is not None]
    return make_texts(
        Texts(
            shortest=max(left.shortest, right.shortest),
            longest=min(lengths, default=None),
            values=frozenset.intersection(*listed) if listed else None,
            facts=left.facts | right.facts,
        )
    )


def minus_number(part: Numbers, value: Fraction) -> Numbers | None:
    """Return the numbers but one."""
    if part.values is not None:
        values = part.values - {value}
        return make_numbers(
            Numbers(forms=part.forms, values=values, facts=part.facts) if values else _NONE
        )
    return make_numbers(replace(part, holes=part.holes | {value}))


_NONE = Numbers(forms=Form(0))


def minus_text(part: Texts, value: str) -> Texts | None:
    """Return the texts but one; of texts that are not listed only `''` can be taken away."""
    if part.values is not None:
        return make_texts(Texts(values=part.values - {value}, facts=part.facts))
    if value == "":
        return make_texts(Texts(max(part.shortest, 1), part.longest, None, part.facts))
    return part
