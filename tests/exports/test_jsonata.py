"""What JSONata alone makes hard: singletons, numbers, letters, UTF-16, functions as values."""

from __future__ import annotations

import random
import sys
import unicodedata
from collections import Counter
from typing import Any

import pytest

from agent.exports.check import Outcome, compare
from agent.exports.jsonata import Jsonata
from tests.exports.adapters import engine_of, make_adapter

KNOWN = [
    chr(code)
    for code in range(1, sys.maxunicode + 1)
    if not 0xD800 <= code < 0xE000 and unicodedata.category(chr(code)) not in ("Cn", "Co")
]


def outcomes(rules: list[dict[str, Any]], payloads: list[Any], **head: Any) -> Counter[Outcome]:
    """Return the outcomes of an adapter's export on some payloads; none differs."""
    adapter = make_adapter(rules, **head)
    found = compare(adapter, Jsonata().export(adapter), engine_of("jsonata"), payloads)
    assert [item for item in found if item.outcome is Outcome.DIFFERED] == []
    return Counter(item.outcome for item in found)


def value(expression: str) -> list[dict[str, Any]]:
    """Return the rules that write one expression."""
    return [{"target": "/v", "value": expression}]


@pytest.mark.parametrize(
    "expression",
    [
        "src",
        "[x for x in src]",
        "[[x] for x in src]",
        "[[src], []]",
        "[{'a': [x]} for x in src]",
        "{'a': {'b': [src]}}",
        "concat(src, [src])",
        "flatten([src, [src]])",
        "slice(src, 0, 1)",
        "[[src], 1][1:]",
        "zip(src, src)",
        "[pair for pair in zip(src, src)]",
        "[{'a': {'b': x, 'c': [y]}} for x in src for y in src]",
        "distinct([src, src, [src]])",
        "group_by([{'k': 'a', 'v': src}], 'k', value='v')",
        "from_entries([{'key': 'a', 'value': src}], on_dup='collect')",
        "[first(src), last([src]), only([src]), at([src], -1)]",
        "enumerate(src)",
        "[entries(x) for x in [{'a': src}]]",
        "merge({'a': src}, {'b': [src]})",
        "[src == [], src == [[]], src == {'length': 0}, {'length': 0} == src]",
    ],
)
def test_array__of_none_or_one__stays_what_it_is(expression: str) -> None:
    """Empty arrays, arrays of one and arrays within arrays are neither unwrapped nor flattened."""
    payloads: list[Any] = [
        [],
        [1],
        [[]],
        [[1]],
        [[[1]]],
        [None],
        [{}],
        [[], [1]],
        ["a"],
        [{"a": []}],
    ]
    assert outcomes(value(expression), payloads)[Outcome.AGREED] == len(payloads)
    assert outcomes([{"target": "", "value": expression}], payloads)[Outcome.AGREED] == len(
        payloads
    )


def test_rows__over_root_arrays__write_every_item() -> None:
    """A payload that is an array, also an empty one, is read and written as one."""
    rules = [{"target": "", "each": "src", "as": "x", "rules": [{"target": "/a/b", "value": "x"}]}]
    payloads: list[Any] = [[], [1], [[1], []], [None, {}], [[[]]]]
    assert outcomes(rules, payloads) == {Outcome.AGREED: len(payloads)}


@pytest.mark.parametrize("expression", ["src.a", "at(src.a, 'x')", "at(first(src.l), 'x')", "src"])
def test_object__that_looks_like_a_function__fails(expression: str) -> None:
    """JSONata takes some objects for functions of its own: they are neither called nor passed."""
    looks: list[dict[str, Any]] = [{"_jsonata_lambda": True}, {"_jsonata_function": True}]
    looks += [{**look, **more} for look in looks for more in ({"length": 1}, {"thunk": True})]
    payloads: list[Any] = [{"a": look, "l": [look]} for look in looks]
    payloads += [{**look, "a": look, "l": [look]} for look in looks]
    adapter = make_adapter(value(expression))
    found = compare(adapter, Jsonata().export(adapter), engine_of("jsonata"), payloads)
    assert [item.gave.error for item in found if item.gave.error is None] == []


@pytest.mark.parametrize("function", ["upper", "lower", "title", "snake", "camel", "kebab"])
def test_case__of_every_letter__agrees_or_refuses(function: str) -> None:
    """Letters alone and between letters have the case that the reference knows, or are refused."""
    sigma = "Σ" if function in ("upper", "lower") else "S"
    chars = KNOWN[:2000] + KNOWN[2000::60]
    payloads = [f"{c} a{sigma}{c}b {c}{sigma} {c}'{c}A1bCD{c}e{c}FGh" for c in chars]
    found = outcomes(value(f"{function}(src)"), payloads)
    assert found[Outcome.AGREED] > 120


def test_numbers__of_every_size__agree_or_refuse() -> None:
    """Texts, quotients, rounding and scaling are those of the shortest decimal, or are refused."""
    rng = random.Random(5)
    floats = [rng.uniform(-1, 1) * 10.0 ** rng.randrange(-12, 15) for _ in range(60)]
    floats += [round(x, rng.randrange(5)) for x in floats]
    floats += [n / 8 for n in range(-20, 20)] + [0.1 * n for n in range(-30, 30)]
    floats += [0.1, 1e-7, 1.005, 2.675, 5e-324, -0.0, 9.999999999999995, 0.30000000000000004]
    floats += [0.9999999999999999, 2.9999999999999996, -1.0000000000000002, 0.7999999999999999]
    floats += [2.4999999999999996, 2.5000000000000004, -0.24999999999999997, 0.35000000000000003]
    payloads = [{"x": x} for x in floats]
    modes = ["half_even", "half_up", "floor", "ceil"]
    for mode in modes:
        rounded = ", ".join(f"round(src.x, {n}, mode='{mode}')" for n in (0, 1, 2, 5, -1))
        assert outcomes(value(f"[{rounded}]"), payloads)[Outcome.AGREED] > len(payloads) * 0.9
    arithmetic = "[src.x * 3, src.x // 0.3, src.x % 0.7, -src.x // 3, src.x / 3, abs(src.x)]"
    assert outcomes(value(arithmetic), payloads) == {Outcome.AGREED: len(payloads)}
    for expression in ("text(src.x)", "scale(src.x, 2)", "scale(src.x, -3)", "round(src.x, 14)"):
        assert outcomes(value(expression), payloads)[Outcome.AGREED] > len(payloads) / 4
    sums = [{"l": floats[at::20]} for at in range(20)] + [
        {"l": [1e16, 1, -1e16]},
        {"l": [0.1] * 10},
    ]
    assert outcomes(value("sum(src.l)"), sums)[Outcome.AGREED] >= 20


def test_texts__beyond_utf_16__are_counted_in_code_points() -> None:
    """Positions count code points; an order that UTF-16 would change is refused."""
    payloads = [{"s": text} for text in ("", "a", "𝄞", "a𝄞b", "ß𝄞𝄞", "\uffff", "\ue000𝄞", "é́")]
    expression = (
        "[slice(src.s, 1), slice(src.s, -1), src.s[:1], src.s[-2:2], pad(src.s, 4, '𝄞'), "
        "pad(src.s, 3, '.', side='right'), trim(src.s, chars='𝄞a'), split(src.s, '𝄞'), "
        "part(src.s, '𝄞', -1), replace(src.s, '𝄞', 'ß'), starts_with(src.s, '𝄞'), "
        "ends_with(src.s, 'b'), contains(src.s, '𝄞'), src.s in ['𝄞'], '𝄞' in src.s]"
    )
    assert outcomes(value(expression), payloads) == {Outcome.AGREED: len(payloads)}
    found = outcomes(value("sort_by([src.s, '𝄞', '\uf000'])"), payloads)
    assert found == {Outcome.REFUSED: len(payloads)}
    assert outcomes(value("[src.s < '𝄞', max([src.s, 'b'])]"), payloads)[Outcome.AGREED] == 6


def test_white_space__at_the_ends__is_the_references() -> None:
    """The same characters count as white space as in the reference."""
    texts = [f"{char}a {char} b{char}" for char in KNOWN if unicodedata.category(char)[0] in "ZC"]
    found = outcomes(value("[trim(src), collapse(src)]"), [*texts, "", "  ", "a"])
    assert found == {Outcome.AGREED: len(texts) + 3}


def test_tables__with_keys_of_every_type__find_what_the_reference_finds() -> None:
    """Text, number, boolean and null are different keys; 1 and 1.0 are one."""
    payloads = [{"k": key} for key in ("1", 1, 1.0, True, "true", 0, -0.0, "a", None, [], {})]
    table = "{1: 'one', '1': 'text', True: 'yes', None: 'none', 'a': src.k, 0: 'zero'}"
    for expression in (
        f"lookup(src.k, {table}, otherwise='other')",
        f"switch(src.k, {table})",
        f"at({table}, src.k, otherwise='other')",
        f"src.k in {table}",
        "at(index_by([{'k': 1, 'v': 'a'}, {'k': '1', 'v': 'b'}, {'k': True}], 'k'), src.k)",
        "{x: 1 for x in [src.k] if is_text(x)}",
    ):
        assert outcomes(value(expression), payloads)[Outcome.AGREED] == len(payloads)
    assert outcomes(value("{1: 'one'}"), [{}]) == {Outcome.AGREED: 1}


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"^(\d{2})/(\d{2})$", ["01/02", "1/2", "01/02\n", "x01/02"]),
        (r"[()\[\]{}/\\]+", ["a(b", "]", "\\", "/", "none"]),
        (r"\\\(a(b)?\)", ["\\(a)", "\\(ab)", "(a)"]),
        (r"\s+|ß|x\{", [" ", "ß", "x{"]),
        (r"(?P<y>[0-9]{4})-(?:0|1)", ["2024-1", "2024-2"]),
    ],
)
def test_pattern__with_brackets_and_slashes__matches_as_re2_does(
    pattern: str, texts: list[str]
) -> None:
    """A pattern reaches JSONata's reader whole, whatever brackets and slashes it holds."""
    payloads = [{"s": text} for text in texts]
    called = f"(src.s, {pattern!r}"
    found = outcomes(value(f"[matches{called}), extract{called})]"), payloads)
    assert found == {Outcome.AGREED: len(payloads)}
    assert outcomes(value(f"replace_pattern{called}, '<\\\\0$1>')"), payloads) == found
