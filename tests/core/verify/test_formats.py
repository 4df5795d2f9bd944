"""Texts of formats: ordinary ones, random ones, and those of no format."""

from __future__ import annotations

import random

import jsonschema
import pytest

from agent.core.schema import make_schema
from agent.core.verify.formats import FORMATS, text_of_format
from agent.core.verify.generate import payloads

CHECKED = ("date", "email", "ipv4", "ipv6", "idn-email")
"""Formats that jsonschema judges without further packages."""


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_format__drawn_at_random__follows_the_seed(name: str) -> None:
    """Every format has random texts, and the same seed gives the same one."""
    text = text_of_format(name, random.Random(3))
    assert isinstance(text, str)
    assert text == text_of_format(name, random.Random(3))


@pytest.mark.parametrize("name", CHECKED)
def test_format__of_any_seed__is_one_for_a_validator(name: str) -> None:
    """What is written for a format has it."""
    judge = jsonschema.Draft202012Validator(
        {"format": name}, format_checker=jsonschema.FormatChecker()
    )
    texts = [text_of_format(name, random.Random(seed)) for seed in range(50)]
    assert all(judge.is_valid(text) for text in (*texts, *FORMATS[name]))


def test_format__that_nobody_knows__has_no_text() -> None:
    """An unknown format is left to the ordinary texts."""
    assert text_of_format("x-customer-number", random.Random(0)) is None


def test_payloads__of_a_date__are_mostly_dates_and_sometimes_not() -> None:
    """`format` is an annotation: random texts follow it, boundary texts also do not."""
    document = {"type": "string", "format": "date"}
    found = list(payloads(make_schema(document), seed=0, limit=150))
    judge = jsonschema.Draft202012Validator(document, format_checker=jsonschema.FormatChecker())
    dates = [one for one in found if judge.is_valid(one)]
    assert len(dates) > len(found) // 3
    assert {"", "2024-02-30"} <= set(found)
