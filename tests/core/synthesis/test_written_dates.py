"""Dates as texts: how known values are written."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.interpreter import evaluate
from agent.core.language.printer import print_expression
from agent.core.schema import FieldInfo, make_schema
from agent.core.synthesis.conversions import Conversion, conversion
from agent.core.synthesis.written_dates import date_format, day_patterns
from tests.core.verify.making import TEXT


def field(schema: dict[str, Any]) -> FieldInfo:
    """Return the one field of an object."""
    found = make_schema({"type": "object", "properties": {"picked": schema}}).field("/picked")
    assert found is not None
    return found


def shown(*values: str) -> FieldInfo:
    """Return a text field with known values."""
    return field({**TEXT, "examples": list(values)})


def converted(source: FieldInfo, wanted: str) -> Conversion:
    """Return what makes a date of a format of a text."""
    made = conversion(source, field({**TEXT, "format": wanted}))
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(("2021-05-06", "2021-05-07"), "date", id="days"),
        pytest.param(("2021-05-06T10:00:00Z",), "date-time", id="moments"),
        pytest.param(("2021-05-06", "soon"), "", id="one is none"),
        pytest.param((), "", id="nothing known"),
    ],
)
def test_date_format__known_values__say_it(values: tuple[str, ...], expected: str) -> None:
    """A text whose known values are all dates of a format has that format."""
    assert date_format(shown(*values)) == expected


def test_day_patterns__known_values__those_that_all_have() -> None:
    """One value may leave two patterns open that another one decides."""
    assert day_patterns(shown("03/04/2021")) == ("%d/%m/%Y", "%m/%d/%Y")
    assert day_patterns(shown("03/04/2021", "23/04/2021")) == ("%d/%m/%Y",)
    assert day_patterns(shown("red")) == ()
    assert day_patterns(shown()) is None


@pytest.mark.parametrize(
    ("values", "wanted", "output"),
    [
        pytest.param(("20210506",), "date", "2021-05-06", id="without separators"),
        pytest.param(("06 May 2021",), "date", "2021-05-06", id="with the name of a month"),
        pytest.param(("06.05.2021",), "date-time", "2021-05-06T00:00:00Z", id="as a moment"),
        pytest.param(
            ("Thu May 06 10:00:00 +0200 2021",), "date-time", "2021-05-06T08:00:00Z", id="a zone"
        ),
        pytest.param(("2021-05-06T10:00:00Z",), "date", "2021-05-06", id="the day of a moment"),
    ],
)
def test_conversion__text_written_as_a_date__is_read_by_its_pattern(
    values: tuple[str, ...], wanted: str, output: str
) -> None:
    """The pattern of the known values makes a date of the format that the contract wants."""
    made = converted(shown(*values), wanted)
    assert evaluate(made.expression, {"v": values[0]}) == output


def test_conversion__two_patterns_fit__is_asked_about() -> None:
    """Day and month may be the other way round."""
    assert converted(shown("03/04/2021"), "date").is_ambiguous
    assert not converted(shown("23/04/2021"), "date").is_ambiguous


def test_conversion__known_values_are_no_dates__less_likely() -> None:
    """A colour hardly is a date, and is passed on as it is."""
    made = converted(shown("red"), "date")
    assert print_expression(made.expression) == "v"
    assert made.certainty < converted(shown(), "date").certainty
