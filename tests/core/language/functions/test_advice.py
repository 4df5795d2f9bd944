"""What refusals advise: every advised expression is legal and runs on what was refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from agent.core.language.absence import MISSING
from agent.core.language.interpreter import evaluate
from agent.core.language.parser import parse
from agent.errors import PayloadRefused

REFUSED: list[tuple[str, Any, str, Any]] = [
    ("number(src)", "", "number(non_empty(trim(x)))", MISSING),
    ("number(src)", "  ", "number(non_empty(trim(x)))", MISSING),
    ("number(src)", " 7", "number(trim(x))", 7),
    ("number(src)", "007", "number(extract(x, '0*([0-9].*)'))", 7),
    ("number(src)", "+1.50", "number(extract(x, '0*([0-9].*)'))", 1.5),
    ("number(src)", "000", "number(extract(x, '0*([0-9].*)'))", 0),
    ("number(src)", "12,5", "number(x, decimal=',')", 12.5),
    ("number(src)", "1.234,5", "number(replace(x, '.', ''), decimal=',')", 1234.5),
    ("number(src)", "1,234.5", "number(replace(x, ',', ''))", 1234.5),
    ("number(src)", "1 234", "number(replace(x, ' ', ''))", 1234),
    ("number(src)", "1'234", "number(replace(x, \"'\", ''))", 1234),
    ("integer(src)", "", "integer(non_empty(trim(x)))", MISSING),
    ("integer(src)", " 7", "integer(trim(x))", 7),
    ("integer(src)", "007", "integer(extract(x, '0*([0-9].*)'))", 7),
    ("integer(src)", "12,0", "integer(number(x, decimal=','))", 12),
    ("integer(src)", "1.234,0", "integer(number(replace(x, '.', ''), decimal=','))", 1234),
    ("integer(src)", "1.5", "round(number(x))", 2),
    ("integer(src)", 1.5, "round(x)", 2),
    ("to_epoch(src)", "", "parse_date(non_empty(trim(x)))", MISSING),
    ("to_epoch(src)", " 1970-01-01T00:00:01Z", "parse_date(trim(x))", 1),
    ("to_epoch(src)", "2024", "parse_date(x, pattern='%Y', assume_zone='UTC')", 1704067200),
    ("to_epoch(src)", "2024-05", "parse_date(x, pattern='%Y-%m', assume_zone='UTC')", 1714521600),
    ("to_epoch(src)", "1700000000", "from_epoch(integer(x))", 1700000000),
    ("to_epoch(src)", "1700000000000", "from_epoch(integer(x), unit='ms')", 1700000000),
    ("to_epoch(src)", 7, "from_epoch(x)", 7),
    ("to_epoch(src)", 1700000000000, "from_epoch(x, unit='ms')", 1700000000),
    ("to_epoch(src)", "2024-05-01", "parse_date(x, assume_zone='UTC')", 1714521600),
    ("to_epoch(src)", "86960523", "from_epoch(integer(x))", 86960523),
    (
        "to_epoch(src)",
        "2017-12-10 15:58:33 UTC",
        "parse_date(x, pattern='%Y-%m-%d %H:%M:%S %Z')",
        1512921513,
    ),
    (
        "to_epoch(src)",
        "Sun, 10 Dec 2017 15:58:33 GMT",
        "parse_date(x, pattern='%a, %d %b %Y %H:%M:%S %Z')",
        1512921513,
    ),
    ("to_epoch(from_epoch(src))", 10**15, "from_epoch(x, unit='us')", 10**9),
    ("count(src)", "a", "[x]", 1),
    ("sum(src)", {"a": 1}, "[e.value for e in entries(x)]", 1),
    ("only(src)", [5, 6], "first(x)", 5),
    ("zip(src.a, src.b)", {"a": [1], "b": [2, 3]}, "", [[1, 2]]),
    ("rename(src, {'a': 'b'})", {"a": 1, "b": 2}, "", {"b": 1}),
    ("upper(src)", [1, 2], "join(', ', ", "1, 2"),
    ("from_entries(src)", [{"key": None, "value": 1}], "", {}),
]
"""An expression, the payload that it refuses, what the message has to advise (`x` is the operand),
and what the whole then gives."""

WHOLE = {
    "[[x.value, at(b, x.index)] for x in enumerate(a)]": (
        "[[x.value, at(src.b, x.index)] for x in enumerate(src.a)]"
    ),
    'rename(omit(o, "b"), ...)': "rename(omit(src, 'b'), {'a': 'b'})",
    "join(', ', …)": "join(', ', src)",
    "[x for x in list if present(not_null(x['key']))]": (
        "from_entries([x for x in src if present(not_null(x['key']))])"
    ),
}
"""Advice that is a form to fill in, and how it is filled in here."""


def refusal(expression: str, payload: Any) -> PayloadRefused:
    """Return how an expression refuses a payload."""
    with pytest.raises(PayloadRefused) as caught:
        evaluate(parse(expression), {"src": payload})
    return caught.value


def followed(expression: str, advice: str) -> str:
    """Return the expression with the advice in the place of what it advises on."""
    operand = re.sub(r"\bx\b", "src", advice)
    call, _, rest = expression.partition("(")
    if operand.startswith((f"{call}(", "round(", "first(")):
        return operand
    if call == "to_epoch" and rest.startswith("from_epoch"):
        return f"to_epoch({operand})"
    return f"{call}({operand})"


@pytest.mark.parametrize(("expression", "payload", "advice", "wanted"), REFUSED)
def test_advice__when_followed__is_legal_and_runs(
    expression: str, payload: Any, advice: str, wanted: Any
) -> None:
    """What the help of a refusal says can be written, and gives a value for that payload."""
    refused = refusal(expression, payload)
    assert advice in refused.help
    whole = next((text for form, text in WHOLE.items() if form in refused.help), "")
    found = evaluate(parse(whole or followed(expression, advice)), {"src": payload})
    assert found is MISSING if wanted is MISSING else found == wanted


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("NaN", "JSON has no such number"),
        ("-Infinity", "JSON has no such number"),
        ("0x10", "it wants digits as in 12 or -1.5"),
        ("abc", "it wants digits as in 12 or -1.5"),
        ("1.2.3", "it wants digits as in 12 or -1.5"),
    ],
)
def test_number_advice__on_what_no_call_reads__advises_none(text: str, advice: str) -> None:
    """A text that no call makes a number of is not promised one."""
    for reader in ("number", "integer"):
        found = refusal(f"{reader}(src)", text).help
        assert found.startswith(advice)
        assert "(" not in found


@pytest.mark.parametrize(
    ("text", "pattern", "advice"),
    [
        ("2017-12-10T15:58:33Z", "%Y-%m-%d %H:%M:%S %Z", "leave pattern= out"),
        ("2017-12-10_15:58", "%Y-%m-%d %H:%M", 'after "2017-12-10" the pattern wants " "'),
        ("10.13", "%d.%m.%Y", 'after "10.13" the pattern wants "."'),
        ("10 Dez 2017", "%d %b %Y", 'after "10 " the pattern wants %b'),
        ("2017-12-10 or so", "%Y-%m-%d", 'after "2017-12-10" the pattern ends'),
        ("on 10.12.2017", "%d.%m.%Y", "at its start the pattern wants %d"),
    ],
)
def test_pattern_advice__says_where_the_text_leaves_it(
    text: str, pattern: str, advice: str
) -> None:
    """A pattern that does not fit names the place where it stops fitting."""
    found = refusal(f"parse_date(src, pattern='{pattern}') == 1", text).help
    assert found.startswith(advice)


def test_both_operands__are_named_in_the_message() -> None:
    """Where a pair does not fit, the message names both places, the field `source` the first."""
    refused = refusal("src.p * src.q", {"p": 2**62, "q": 3})
    assert (refused.source, refused.beside) == ("/p", ("/q",))
    assert "source /p and /q: *: " in str(refused)


def test_message__of_hostile_keys__shows_them_on_one_line() -> None:
    """A key of the payload cannot act on a terminal; the field `source` keeps it as it is."""
    refused = refusal("[number(e.value) for e in entries(src)]", {"a\n\u202e\u009b": "z"})
    assert refused.source == "/a\n\u202e\u009b"
    assert str(refused).startswith("target /, source /a[U+000A][U+202E][U+009B]: number: ")
    assert str(refused).isprintable()


def test_message__at_the_root__says_that_it_is_the_whole_payload() -> None:
    """The root is no field, and the message says so."""
    assert "source / (the whole payload): read of 'a'" in str(refusal("src.a", [1]))
