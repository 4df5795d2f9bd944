from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.language.interpreter import evaluate
from agent.core.language.printer import print_expression
from agent.core.schema import FieldInfo, make_schema
from agent.core.synthesis.units import factor_conversion, unit_conversion, unit_of


def field(name: str, type: str = "number", description: str = "", **more: Any) -> FieldInfo:
    """Return a field of a small schema."""
    node = {"type": type, "description": description, **more}
    found = make_schema({"type": "object", "properties": {name: node}}).field(f"/{name}")
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "description", "dimension"),
    [
        ("duration_ms", "", "time"),
        ("weightKg", "", "mass"),
        ("price_cents", "", "money"),
        ("size", "Size in bytes", "data"),
        ("size", "Size in bytes or in seconds", None),
        ("restS", "Seconds that the dough rests", "time"),
        ("rank", "Second of all", None),
        ("items", "", None),
        ("terms", "", None),
        ("", "", None),
    ],
)
def test_unit_of__name_or_description__the_one_that_it_says(
    name: str, description: str, dimension: str | None
) -> None:
    """The unit is the name's last word, else the only one that the description says."""
    unit = unit_of(field(name, description=description))
    assert (unit and unit[0]) == dimension


@pytest.mark.parametrize(
    ("source", "target", "printed"),
    [
        (field("wait_ms"), field("wait_seconds"), "scale(v, -3)"),
        (field("wait_seconds"), field("wait_ms"), "scale(v, 3)"),
        (field("wait_minutes"), field("wait_seconds"), "v * 60"),
        (field("wait_seconds"), field("wait_minutes"), "v / 60"),
        (field("price_cents", "integer"), field("price"), "scale(v, -2)"),
        (field("price"), field("price_cents", "integer"), "scale(v, 2)"),
        (field("wait_ms"), field("wait_ms"), None),
        (field("wait_ms"), field("size_bytes"), None),
        (field("wait_ms"), field("wait"), None),
        (field("price_cents", "integer"), field("price", "integer"), None),
        (
            field("flour", description="In sacks"),
            field("flour_kilo", description="In kilos (1 sack = 1,000 kilos)"),
            "scale(v, 3)",
        ),
        (
            field("flour_kilo", description="In kilos (1 sack = 25 kilos)"),
            field("flour", description="In sacks"),
            "v / 25",
        ),
        (field("speed_mps"), field("speed_kmh"), "v * 18 / 5"),
        (
            field("speed", description="In metres per second"),
            field("pace", description="In kilometres per hour"),
            "v * 18 / 5",
        ),
        (field("speed", description="In metres per second"), field("run_km"), None),
        (field("flour"), field("bran", description="1 sack = 25 kilos"), None),
    ],
)
def test_unit_conversion__two_units__exact_factor_or_none(
    source: FieldInfo, target: FieldInfo, printed: str | None
) -> None:
    """Two different units of one dimension convert exactly; nothing else is converted."""
    found = unit_conversion(source, target)
    assert (found and print_expression(found)) == printed


@given(st.integers(-6, 6), st.integers(-(10**6), 10**6))
def test_factor_conversion__power_of_ten__is_exact(power: int, value: int) -> None:
    """A power of ten is scaled on the decimal, so that no digit is lost."""
    expression = factor_conversion(Fraction(10) ** power)
    assert expression is not None
    made = evaluate(expression, {"v": value})
    assert Fraction(repr(made)) == Fraction(value) * Fraction(10) ** power


def test_factor_conversion__no_whole_number_either_way__none() -> None:
    """A factor such as 2/3 has no exact form and is not written."""
    assert factor_conversion(Fraction(2, 3)) is None
