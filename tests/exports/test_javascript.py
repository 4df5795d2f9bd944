"""What JavaScript alone makes hard: keys, letters, zones, numbers."""

from __future__ import annotations

import random
import sys
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agent.exports.check import Outcome, compare
from agent.exports.javascript import JavaScript
from tests.exports.adapters import engine_of, make_adapter

MOST_NEWER = 60
"""Of 140,000 letters: what Unicode gave another case after version 14, up to 17."""


def outcomes(rules: list[dict[str, Any]], payloads: list[Any], **head: Any) -> set[Outcome]:
    """Return the outcomes of an adapter's export on some payloads."""
    adapter = make_adapter(rules, **head)
    exported = JavaScript().export(adapter)
    found = compare(adapter, exported, engine_of("javascript"), payloads)
    assert [item for item in found if item.outcome is Outcome.DIFFERED] == []
    return {item.outcome for item in found}


def value(expression: str) -> list[dict[str, Any]]:
    """Return the rules that write one expression."""
    return [{"target": "/v", "value": expression}]


def test_key__named_proto__is_a_field_like_any_other() -> None:
    """`__proto__` is read, written and copied as a field, and no prototype changes."""
    payload = {"__proto__": {"x": 1}, "constructor": 2}
    rules = [
        {"target": "/__proto__/y", "value": "src['__proto__'].x"},
        {"target": "/missing", "value": "src.toString"},
        {"target": "/c", "copy": "src"},
    ]
    contract = {"properties": {"c": {"properties": {"__proto__": {}, "constructor": {}}}}}
    assert outcomes(rules, [payload, {}], contract=contract) == {Outcome.AGREED}


def test_keys_like_numbers__when_their_order_is_lost__refuse() -> None:
    """`entries` of a payload's object with such keys fails; of one made by rules it is exact."""
    payload = {"o": {"b": 1, "2": 2, "1": 3}, "l": [{"k": 2}, {"k": 1}]}
    assert outcomes(value("entries(src.o)"), [payload]) == {Outcome.REFUSED}
    assert outcomes(value("entries(group_by(src.l, 'k'))"), [payload]) == {Outcome.AGREED}


@pytest.mark.parametrize("function", ["upper", "lower", "title", "snake", "camel", "collapse"])
def test_case__of_every_letter__differs_only_where_unicode_grew(function: str) -> None:
    """Each code point alone and between letters agrees, but for letters that are newer."""
    codes = (code for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    known = [chr(code) for code in codes if unicodedata.category(chr(code)) not in ("Cn", "Co")]
    words = [f"{char} aΣ{char}b {char}Σ" for char in known]
    adapter = make_adapter([{"target": "", "each": "src", "as": "s", "value": f"{function}(s)"}])
    exported = JavaScript().export(adapter)
    payloads = [words[at : at + 5_000] for at in range(0, len(words), 5_000)]
    found = compare(adapter, exported, engine_of("javascript"), payloads)
    pairs = [
        (wanted, gave)
        for item in found
        for wanted, gave in zip(item.wanted.output, item.gave.output, strict=True)
    ]
    different = [pair for pair in pairs if pair[0] != pair[1]]
    assert len(different) <= MOST_NEWER
    assert exported.unfaithful or not different


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "America/New_York", "Africa/Casablanca", "Asia/Kathmandu"]
)
def test_zone__over_the_centuries__is_the_references(zone: str) -> None:
    """Clocks, abbreviations and skipped times agree in every year of the language."""
    rng = random.Random(7)
    moments = [
        datetime(1900, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(105_000_000))
        for _ in range(400)
    ] + [datetime(rng.randrange(2, 9999), 7, 1, 2, 30, tzinfo=UTC) for _ in range(50)]
    payloads = [{"d": moment.strftime("%Y-%m-%dT%H:%M:%SZ").zfill(20)} for moment in moments]
    printed = value(f"format_date(to_zone(src.d, '{zone}'), '%Y-%m-%d %H:%M:%S %z %Z')")
    assert outcomes(printed, payloads) == {Outcome.AGREED}
    local = [{"d": payload["d"][:-1]} for payload in payloads]
    read = value(f"iso_datetime(parse_date(src.d, assume_zone='{zone}'))")
    assert outcomes(read, local) == {Outcome.AGREED}


def test_numbers__of_every_size__print_and_round_as_in_the_reference() -> None:
    """Shortest decimals, rounding and scaling agree on floats of every size."""
    rng = random.Random(5)
    floats = [rng.uniform(-1, 1) * 10.0 ** rng.randrange(-12, 15) for _ in range(500)]
    floats += [n / 8 for n in range(-20, 20) if n % 8] + [0.1, 1e-7, 1.005, 2.675, 5e-324]
    payloads = [{"x": x} for x in floats if not x.is_integer()]
    modes = ["half_even", "half_up", "floor", "ceil"]
    rounded = ", ".join(f"round(src.x, {n}, mode='{m}')" for m in modes for n in (0, 2, 5, -1))
    expression = f"[text(src.x), text(src.x * 2), src.x // 0.3, src.x % 0.7, {rounded}]"
    assert outcomes(value(expression), payloads) <= {Outcome.AGREED, Outcome.REFUSED}
    assert outcomes(value("sum(src.l)"), [{"l": floats[i::20]} for i in range(20)]) == {
        Outcome.AGREED
    }


def test_arithmetic__of_a_float_and_no_number__refuses() -> None:
    """A boolean is no number beside a float either, in whichever place it stands."""
    payloads = [{"a": True}, {"a": "1"}, {"a": [1]}, {"a": 2}]
    for expression in ("2.5 + src.a", "src.a + 2.5", "2.5 / src.a", "src.a // 2.5", "2.5 * src.a"):
        assert outcomes(value(expression), payloads) == {Outcome.AGREED}
