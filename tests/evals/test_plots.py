"""Plots of a report."""

from __future__ import annotations

from xml.etree import ElementTree

from evals.plots import LENGTH, bars, reliability_diagram
from evals.reliability import reliability


def test_bars__of_shares__are_as_long_as_they_say_and_escaped() -> None:
    """Half a share is half as long; hostile labels stay text."""
    drawn = ElementTree.fromstring(
        bars([("<b>&", 0.5, "1 of 2"), ("all", 2.0, "3 of 2")], title="x")
    )

    lengths = [one.get("width") for one in drawn.iter("rect") if one.get("class") == "bar"]
    assert lengths == [f"{LENGTH / 2:.1f}", f"{LENGTH:.1f}"]
    assert next(one.text for one in drawn.iter("text")) == "<b>&"


def test_reliability_diagram__of_bins__has_a_dot_for_each_and_the_error() -> None:
    """Higher on the page means that more came true."""
    found = reliability([(0.9, True), (0.9, True), (0.2, False)])
    drawn = ElementTree.fromstring(reliability_diagram(found, title="rules"))

    heights = [float(one.get("cy", "nan")) for one in drawn.iter("circle")]
    assert heights[0] > heights[1]
    assert next(drawn.iter("figcaption")).text == "rules: error 0.133"


def test_reliability_diagram__of_nothing__says_so() -> None:
    """No statement, no dot."""
    drawn = ElementTree.fromstring(reliability_diagram(reliability([]), title="rules"))

    assert list(drawn.iter("circle")) == []
    assert next(drawn.iter("figcaption")).text == "rules: nothing to compare"
