"""The printer: one canonical text per tree."""

from __future__ import annotations

import pytest

from agent.core.language.parser import parse
from agent.core.language.printer import print_expression


@pytest.mark.parametrize(
    "text",
    [
        "src.a.b[0]['content-type'][-1][1:][:2][:]",
        "src['from']",
        "src['größe']",
        "src['']",
        "{'a': 1, src.k: [True, None, 1.0, -5]}",
        "default(src.a, 'x')",
        "round(src.a, 2, mode='half_up')",
        "1 if src.a else 2 if src.b else 3",
        "(1 if src.a else 2) if src.b else 3",
        "1 if (2 if src.a else True) else 3",
        "src.a or src.b and not src.c",
        "(src.a or src.b) and src.c",
        "not (src.a and src.b)",
        "(src.a and src.b) and src.c",
        "src.a == 1 and src.b not in [1, 2]",
        "(src.a == 1) == src.b",
        "(not src.a) == src.b",
        "1 - 2 - 3",
        "1 - (2 - 3)",
        "(1 + 2) * 3",
        "1 * 2 / 3 // 4 % 5",
        "1 * (2 / 3)",
        "-src.a * 2",
        "-(src.a * 2)",
        "--src.a",
        "1 - -2",
        "(-5).a",
        "(5)[0]",
        "'a'[1:]",
        "[x.a for x in src.a if x.b if x.c for y in x.d]",
        "{k: v for k, v in zip(src.a, src.b)}",
        "[x for x in (src.a if src.b else src.c)]",
        "[x for x in src.a if (1 if x else True)]",
        "[1 if x else 2 for x in src.a]",
        r"'it\'s \\ \n \t \r \x00 \u202e \U000e0001 é 😀'",
        "1e+300",
        "5e-324",
        "0.1",
        "[]",
        "{}",
    ],
)
def test_print__of_canonical_text__gives_it_back(text: str) -> None:
    """Parentheses stand only where needed, quotes are single, invisible characters escaped."""
    assert print_expression(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ('"it\'s"', r"'it\'s'"),
        ("((src.a))", "src.a"),
        ("src [ 'a' ]", "src.a"),
        ("1_000", "1000"),
        ("0x10", "16"),
        ("1.50", "1.5"),
        ("-0.0", "-0.0"),
        ("1<src.a<3", "1 < src.a and src.a < 3"),
        ("(1<src.a<3) and True", "(1 < src.a and src.a < 3) and True"),
        ("{'a':1,}", "{'a': 1}"),
        ("(src.a)if(src.b)else(src.c)", "src.a if src.b else src.c"),
        ("r'\\d'", r"'\\d'"),
    ],
)
def test_print__of_other_spellings__gives_the_canonical_one(text: str, canonical: str) -> None:
    """Whatever the spelling, a tree has one text."""
    assert print_expression(parse(text)) == canonical
