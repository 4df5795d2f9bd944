"""Numbers: reading them, rounding them, scaling them."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Final

from agent.core.language.functions.numbers import ROUNDINGS
from agent.core.language.types.arithmetic import BEYOND, within_64_bits
from agent.core.language.types.matching import all_match
from agent.core.language.types.rules.site import Rule, Site
from agent.core.language.types.rules.text import require_integer
from agent.core.language.types.typed import NEVER, Typed
from agent.core.language.types.values import LARGEST, SMALLEST
from agent.core.shapes.lattice import join, join_all
from agent.core.shapes.parts import Form, Numbers
from agent.core.shapes.scalars import meet_numbers
from agent.core.shapes.shape import (
    BOOLEAN,
    NOTHING,
    NUMBER,
    Parts,
    Shape,
    integers,
    numbers,
    of_parts,
)

_EXACT_DIGITS: Final = 15
"""Every decimal of so many digits is the shortest of some float."""


def _number(site: Site) -> Typed:
    shape = site.shape("s")
    parts = shape.parts
    if site.argument("decimal") is not None:
        mark = site.text("decimal")
        if mark is not None and not mark.shortest == mark.longest == 1:
            site.fail("decimal is no single mark")
        site.fail("not a number")
    read = _read_texts(parts) if site.argument("decimal") is None else None
    if parts != Parts(numbers=parts.numbers) and read is None:
        site.fail("not a number")
    found = of_parts(Parts(numbers=parts.numbers))
    return Typed(found if parts.texts is None else join(found, read or NUMBER))


def _read_texts(parts: Parts) -> Shape | None:
    """Return the numbers that texts surely hold, or None where some may hold none."""
    if parts.texts is None or parts != Parts(numbers=parts.numbers, texts=parts.texts):
        return None
    if all_match(parts.texts, _INTEGER_TEXT):
        low = 0 if all_match(parts.texts, "^[0-9]") else -_LARGEST_READ
        return integers(low, _LARGEST_READ)
    return NUMBER if all_match(parts.texts, _NUMBER_TEXT) else None


_INTEGER_TEXT: Final = "^-?(0|[1-9][0-9]{0,17})$"
_NUMBER_TEXT: Final = "^-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,300})?$"
_LARGEST_READ: Final = 10**18 - 1
"""Texts that are numbers by JSON's grammar, short enough for 64 bits and for a float."""


def _integer(site: Site) -> Typed:
    shape = site.shape("x")
    parts = shape.parts
    read = _read_texts(parts) if parts == Parts(texts=parts.texts) else None
    if read is not None and read is not NUMBER:
        return Typed(read)
    if parts != Parts(numbers=parts.numbers):
        site.fail("not a number")
    if parts.texts is not None:
        return Typed(integers(-(2**63), 2**63 - 1))
    part = parts.numbers
    if part is None:
        return NEVER
    if part.step is None:
        site.fail("not an integer")
    elif Form.FLOAT in part.forms and not _is_within(part, SMALLEST, LARGEST):
        site.fail(BEYOND)
    whole = replace(part, forms=Form.EITHER, facts=frozenset())
    return Typed(numbers(_or_none(within_64_bits(whole))))


def _or_none(part: Numbers | None) -> Numbers:
    return part or Numbers(forms=Form(0))


def _is_within(part: Numbers, low: Fraction, high: Fraction) -> bool:
    return part.low is not None and part.high is not None and low <= part.low and part.high <= high


def _boolean(site: Site) -> Typed:
    shape = site.shape("s")
    parts = shape.parts
    if not shape.is_json:
        site.fail("a table")
    has_lists = any(site.argument(name) is not None for name in ("true", "false"))
    for name in ("true", "false"):
        if site.argument(name) is not None:
            array = site.array(name)
            if array is not None and not site.shape(name).is_json:
                site.fail("a table")
    booleans = Parts(booleans=parts.booleans)
    if parts != booleans:
        site.fail("not a boolean")
    return Typed(of_parts(booleans) if parts == booleans and not has_lists else BOOLEAN)


def _round(site: Site) -> Typed:
    part = site.number("x")
    if site.argument("places") is not None:
        require_integer(site, "places")
    places = site.integer("places") if site.argument("places") is not None else 0
    if places is None or abs(places) > 400:
        site.fail("places that make no sense")
    if site.choice("mode", "half_even") not in ROUNDINGS:
        site.fail("mode is none of its choices")
    if part is None:
        return NEVER
    low = None if part.low is None else _down(part.low, places)
    high = None if part.high is None else -_down(-part.high, places)
    found = [_rounded_integers(site, part, places, low, high)]
    if Form.FLOAT in part.forms and (places is None or places > 0):
        floats = Numbers(
            low, high, forms=Form.FLOAT, step=part.step if places is not None else None
        )
        found.append(numbers(floats))
    return Typed(join_all(found))


def _down(bound: Fraction, places: int | None) -> Fraction:
    """Return a bound moved down to what rounding may give."""
    bound = _shown(bound)
    if places is None or places < 0:
        scale = Fraction(10) ** (-places if places is not None else 400)
        return Fraction(math.floor(bound / scale) * scale)
    return Fraction(math.floor(bound))


def _shown(bound: Fraction) -> Fraction:
    """Return a bound moved down to the shortest decimal of any float near it.

    Functions that count in decimals take a float for the shortest decimal that reads back as it,
    which beyond 2**53 may be another whole number.
    """
    return bound - abs(bound) / 2**50 if abs(bound) > 2**53 or bound.denominator != 1 else bound


def _rounded_integers(
    site: Site, part: Numbers, places: int | None, low: Fraction | None, high: Fraction | None
) -> Shape:
    """Return the integers that come out: of integers, and of floats to no places."""
    from_floats = Form.FLOAT in part.forms and (places is None or places <= 0)
    from_integers = Form.INTEGER in part.forms
    if not from_floats and not from_integers:
        return NOTHING
    is_kept = from_integers and not from_floats and places is not None and places >= 0
    whole = Numbers(low, high, forms=Form.INTEGER)
    if not is_kept and not _is_within(whole, SMALLEST, LARGEST):
        site.fail(BEYOND)
    return numbers(_or_none(within_64_bits(whole)))


def _scale(site: Site) -> Typed:
    part = site.number("x")
    require_integer(site, "n")
    power = site.integer("n")
    if part is None:
        return NEVER
    if power is None or abs(power) > _LARGEST_POWER:
        site.fail("which no number holds exactly")
        return Typed(NUMBER)
    factor = Fraction(10) ** power
    low = None if part.low is None else _shown(part.low) * factor
    high = None if part.high is None else -_shown(-part.high) * factor
    scaled = Numbers(low, high, forms=Form.INTEGER)
    is_whole = power >= 0 and (part.step is not None or _has_few_places(part, power))
    if not is_whole and not (part.step is not None and _is_few_digits(part)):
        site.fail("which no number holds exactly")
    if not _is_within(scaled, SMALLEST, LARGEST):
        site.fail(BEYOND)
    whole = numbers(_or_none(within_64_bits(scaled)))
    return Typed(whole if is_whole else join(whole, _scaled_floats(low, high)))


_LARGEST_POWER: Final = 290
"""Beyond it a number of few digits may come near the ends of what floats hold."""


def _has_few_places(part: Numbers, places: int) -> bool:
    """Return whether every number, as it is written, has at most so many decimal places."""
    multiples = [fact.read() for fact in part.facts if fact.keyword == "multipleOf"]
    return any((Fraction(str(one)) * 10**places).denominator == 1 for one in multiples)


def _is_few_digits(part: Numbers) -> bool:
    limit = Fraction(10**_EXACT_DIGITS)
    return _is_within(part, -limit, limit)


def _scaled_floats(low: Fraction | None, high: Fraction | None) -> Shape:
    return numbers(
        Numbers(
            None if low is None else low - abs(low) / 2**50,
            None if high is None else high + abs(high) / 2**50,
            forms=Form.FLOAT,
        )
    )


def _abs(site: Site) -> Typed:
    part = site.number("x")
    if part is None:
        return NEVER
    if Form.INTEGER in part.forms and (part.low is None or part.low <= SMALLEST):
        site.fail(BEYOND)
    ends = [end for end in (part.low, part.high) if end is not None]
    high = max(map(abs, ends)) if len(ends) == 2 else None
    low = max(Fraction(0), part.low if part.low is not None else Fraction(0))
    if part.high is not None and part.high < 0:
        low = -part.high
    turned = Numbers(low, high, step=part.step, forms=part.forms)
    return Typed(numbers(_or_none(meet_numbers(turned, Numbers()))))


NUMBER_RULES: Final[dict[str, Rule]] = {
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "round": _round,
    "scale": _scale,
    "abs": _abs,
}
