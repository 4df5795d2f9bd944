"""Units that stand in names and descriptions, and the exact factor between two of them."""

from __future__ import annotations

import re
from fractions import Fraction

from agent.core.language.rewrite import replace_name
from agent.core.language.syntax import Arithmetic, Expression, Literal
from agent.core.matching.names import own_name, words
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import V, call

_UNITS: dict[str, tuple[str, Fraction]] = {
    unit: (dimension, Fraction(factor))
    for dimension, units in {
        "time": {
            "nanoseconds": "1/1000000000",
            "ns": "1/1000000000",
            "microseconds": "1/1000000",
            "us": "1/1000000",
            "milliseconds": "1/1000",
            "millisecond": "1/1000",
            "millis": "1/1000",
            "ms": "1/1000",
            "msec": "1/1000",
            "seconds": "1",
            "second": "1",
            "secs": "1",
            "minutes": "60",
            "minute": "60",
            "mins": "60",
            "hours": "3600",
            "hour": "3600",
            "days": "86400",
            "day": "86400",
        },
        "length": {
            "millimeters": "1/1000",
            "mm": "1/1000",
            "centimeters": "1/100",
            "cm": "1/100",
            "meters": "1",
            "metres": "1",
            "meter": "1",
            "kilometers": "1000",
            "kilometres": "1000",
            "km": "1000",
        },
        "mass": {
            "milligrams": "1/1000",
            "mg": "1/1000",
            "grams": "1",
            "gram": "1",
            "kilograms": "1000",
            "kg": "1000",
            "kilogram": "1000",
        },
        "volume": {
            "milliliters": "1/1000",
            "ml": "1/1000",
            "liters": "1",
            "litres": "1",
            "liter": "1",
        },
        "energy": {"wh": "1", "kwh": "1000", "mwh": "1000000"},
        "data": {
            "bytes": "1",
            "byte": "1",
            "kilobytes": "1000",
            "kb": "1000",
            "megabytes": "1000000",
            "mb": "1000000",
        },
        "share": {"percent": "1/100", "percentage": "1/100", "fraction": "1", "ratio": "1"},
        "money": {"cents": "1/100", "cent": "1/100", "pence": "1/100", "minor": "1/100"},
        "length/time": {
            "mps": "1",
            "kmh": "5/18",
            "kph": "5/18",
            "mph": "1397/3125",
            "knots": "463/900",
        },
    }.items()
    for unit, factor in units.items()
}

MILLISECONDS = _UNITS["ms"]

_DESCRIBED = re.compile(
    r"\b(?:in|as|of|unit:?|\()\s*([a-z]+)\b(?:\s+per\s+([a-z]+))?", re.IGNORECASE
)

_FIRST = re.compile(r"([A-Z][a-z]+s)\b")
"""A unit in the plural that a description begins with: `Seconds at the door`."""


def unit_of(field: FieldInfo) -> tuple[str, Fraction] | None:
    """Return the dimension and the size of a field's unit, from its name, else its description.

    None when nothing says one, or when the description says several.
    """
    raw = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", own_name(field.path))]
    named = [
        _UNITS[word] for word in (*raw[-1:], *words(own_name(field.path))[-1:]) if word in _UNITS
    ]
    if named:
        return named[0]
    said = [
        _described(one.lower(), per.lower()) for one, per in _DESCRIBED.findall(field.description)
    ]
    first = _FIRST.match(field.description)
    if first is not None:
        said.append(_described(first[1].lower(), ""))
    found = {unit for unit in said if unit is not None}
    return found.pop() if len(found) == 1 else None


def _described(one: str, per: str) -> tuple[str, Fraction] | None:
    """Return a unit, or the one of so much per something."""
    unit, other = _UNITS.get(one), _UNITS.get(per)
    if not per or unit is None:
        return unit
    return None if other is None else (f"{unit[0]}/{other[0]}", unit[1] / other[1])


def unit_conversion(source: FieldInfo, target: FieldInfo) -> Expression | None:
    """Return the conversion of `v` between two documented units, or None when none is needed.

    Money has no named main unit: `cents` against a number that is not an integer is hundredths.
    """
    given, wanted = _degrees(source), _degrees(target)
    if given and wanted and given != wanted:
        return DEGREES[given, wanted]
    equation = _equation(source, target)
    if equation is not None:
        return factor_conversion(equation)
    left, right = unit_of(source), unit_of(target)
    if left and left[0] == "money" and right is None and "number" in target.types:
        return call("scale", V, Literal(-2))
    if right and right[0] == "money" and left is None and "number" in source.types:
        return call("scale", V, Literal(2))
    if left is None or right is None or left[0] != right[0] or left[1] == right[1]:
        return None
    return factor_conversion(left[1] / right[1])


_EQUATION = re.compile(
    r"\b1\s+(?P<one>[A-Za-z]+)\s*(?:=|is|are|equals)\s*(?P<many>\d[\d,_]*)\s+(?P<other>[A-Za-z]+)"
)


def _equation(source: FieldInfo, target: FieldInfo) -> Fraction | None:
    """Return the factor of an equation of units, as `1 dozen = 12 loaves`, that ties two fields."""
    match = _EQUATION.search(target.description) or _EQUATION.search(source.description)
    if match is None:
        return None
    one, other = match["one"].lower(), match["other"].lower()
    factor = Fraction(int(re.sub(r"[,_]", "", match["many"])))
    given, wanted = _unit_word(source, (one, other)), _unit_word(target, (one, other))
    if given == wanted or given is None or wanted is None or not factor:
        return None
    return factor if given == one else 1 / factor


def _unit_word(field: FieldInfo, units: tuple[str, str]) -> str | None:
    """Return which of two units a field is in: as its name or what is outside the equation says."""
    told = _EQUATION.sub(" ", field.description).lower()
    said = {*re.findall(r"[a-z]+", told), *words(own_name(field.path))}
    found = [
        unit
        for unit in units
        if any(word.startswith(unit) or unit.startswith(word) for word in said if len(word) >= 3)
    ]
    return found[0] if len(found) == 1 else None


_DEGREES = {
    **{"c": "c", "celsius": "c", "f": "f", "fahrenheit": "f"},
    **{"k": "k", "kelvin": "k", "kelvins": "k"},
}
_ZERO = Literal(273.15)
"""The kelvins of 0 degrees Celsius."""


def _fahrenheit(celsius: Expression) -> Expression:
    fifths = Arithmetic(Arithmetic(celsius, "*", Literal(9)), "/", Literal(5))
    return Arithmetic(fifths, "+", Literal(32))


def _celsius(fahrenheit: Expression) -> Expression:
    above = Arithmetic(fahrenheit, "-", Literal(32))
    return Arithmetic(Arithmetic(above, "*", Literal(5)), "/", Literal(9))


DEGREES = {
    ("c", "f"): _fahrenheit(V),
    ("c", "k"): Arithmetic(V, "+", _ZERO),
    ("f", "c"): _celsius(V),
    ("f", "k"): Arithmetic(_celsius(V), "+", _ZERO),
    ("k", "c"): Arithmetic(V, "-", _ZERO),
    ("k", "f"): _fahrenheit(Arithmetic(V, "-", _ZERO)),
}
"""Conversions of `v` from one scale of temperature to another."""


def _degrees(field: FieldInfo) -> str | None:
    """Return `c`, `f` or `k` for a temperature whose name or description says which degrees."""
    named = words(own_name(field.path))
    said = re.findall(r"[a-z]+", field.description.lower())
    if "temperature" in named or "temperature" in said:
        short = [_DEGREES[word] for word in named if word in _DEGREES]
        return (
            short[-1]
            if short
            else next((_DEGREES[w] for w in said if len(w) > 1 and w in _DEGREES), None)
        )
    return next((_DEGREES[w] for w in (*named, *said) if len(w) > 1 and w in _DEGREES), None)


MOST_FACTOR = 10_000
"""Parts of a fraction above this are those of a coincidence rather than of a unit."""


def factor_conversion(factor: Fraction) -> Expression | None:
    """Return `v` times a factor that has an exact decimal form, or is one through a whole number.

    `scale` for a power of ten, else `*` and `/`. A negative factor turns the sign first, so that
    debits can be cents too.
    """
    if factor < 0:
        turned, opposite = factor_conversion(-factor), Arithmetic(V, "*", Literal(-1))
        return None if turned is None else replace_name(turned, V.name, opposite)
    for power in range(-9, 10):
        if factor == Fraction(10) ** power:
            return call("scale", V, Literal(power)) if power else V
    many, parts = factor.numerator, factor.denominator
    if 1 not in (many, parts) and (max(many, parts) > MOST_FACTOR or not _is_decimal(factor)):
        return None
    times = V if many == 1 else Arithmetic(V, "*", Literal(many))
    return times if parts == 1 else Arithmetic(times, "/", Literal(parts))


def _is_decimal(factor: Fraction) -> bool:
    """Return whether a fraction can be written as a decimal that ends."""
    return (factor * 10**9).denominator == 1
