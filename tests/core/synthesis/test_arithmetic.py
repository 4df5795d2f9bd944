"""Numbers that are computed from one number or from two."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.synthesis.test_search import best

NUMBER = {"type": "number"}


@pytest.mark.parametrize(
    ("pairs", "expression"),
    [
        ([(1, 100), (2.5, 250)], "scale(src.x, 2)"),
        ([(1, 4), (2, 5)], "src.x + 3"),
        ([(20, 293.15), (-1.5, 271.65)], "src.x + 273.15"),
        ([(293.15, 20), (271.65, -1.5)], "src.x - 273.15"),
        ([(10, 50), (-40, -40)], "src.x * 9 / 5 + 32"),
        ([(0, 255.372222222222), (212, 373.15)], "(src.x - 32) * 5 / 9 + 273.15"),
        ([(1, 5), (2, 7), (5, 13)], "src.x * 2 + 3"),
        ([(4, 0.25), (5, 0.2)], "1 / src.x"),
        ([(10, 90), (25, 75), (30, 70)], "src.x * -1 + 100"),
        ([("1.50", 150), ("0.25", 25)], "scale(number(src.x), 2)"),
        ([("4", 0.25), ("5.0", 0.2)], "1 / number(src.x)"),
    ],
)
def test_solve__of_one_number__finds_the_conversion(
    pairs: list[tuple[Any, Any]], expression: str
) -> None:
    """Factors, shifts, degrees, lines through three points and reciprocals are found."""
    shown = [({"x": given}, wanted) for given, wanted in pairs]
    assert best(shown, {"x": 0.5}) == expression


def test_solve__of_two_points__takes_no_line() -> None:
    """Every two points lie on a line; it would say nothing of a third."""
    assert best([({"x": 1}, 5), ({"x": 2}, 7), ({"x": 5}, 13)], {"x": 0.5}) == "src.x * 2 + 3"
    found = best([({"x": 1}, 5), ({"x": 2}, 8)], {"x": 0.5})
    assert "*" not in found


@pytest.mark.parametrize(
    ("pairs", "expression"),
    [
        ([(["2.50", "4"], 10.0), (["1.5", "3"], 4.5)], "number(src.a) * number(src.b)"),
        ([(["2.50", 4], -1.5), (["1.5", 1], 0.5)], "number(src.a) - src.b"),
        ([([8, 4], 2), ([9, 2], 4.5)], "src.a / src.b"),
        ([([8, None], 8), ([9, 2], 11)], "sum([src.a, not_null(src.b)])"),
        (
            [([None, None], 0), ([9, 2], 11), ([None, 4], 4), ([5, None], 5)],
            "sum([not_null(src.a), not_null(src.b)])",
        ),
    ],
)
def test_solve__of_two_numbers__finds_the_calculation(
    pairs: list[tuple[list[Any], Any]], expression: str
) -> None:
    """Texts of decimals are operands too, and what is null counts for nothing in a sum."""
    shown = [({"a": given[0], "b": given[1]}, wanted) for given, wanted in pairs]
    assert best(shown, {"a": 0.5, "b": 0.5}, {"a": {}, "b": {}}) == expression
