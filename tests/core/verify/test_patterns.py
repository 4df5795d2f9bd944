"""Texts written for patterns, and schema nodes settled, under hostile input too."""

from __future__ import annotations

import random
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.verify.nodes import NoValueError, settle
from agent.core.verify.patterns import (
    LONG_NUMBER,
    no_numbers_matching,
    text_matching,
    texts_matching,
)
from agent.core.verify.spelling import is_found


@pytest.mark.parametrize(
    "pattern",
    [
        "^[a-z]{2,3}(-[A-Z]{2})?$",
        r"^\+[1-9]\d{1,14}$",
        "^#([a-fA-F0-9]{6})$",
        r"^\w{3}$",
        "^[A-Z]{2}",
        "^(foo|bar)-\\1$",
        "[^/]+/[^/]+",
        "^(?:red|green)?$",
        "",
        "^[\ud7ff-\ue000]$",
        "(?!x)",
        "^a{3,90}$",
    ],
)
def test_texts__for_a_simple_pattern__match_it(pattern: str) -> None:
    """Whatever is written is found by the pattern, and holds no lone surrogate."""
    texts = texts_matching(pattern)
    assert texts
    for text in texts:
        assert re.search(pattern, text)
        text.encode("utf-8")


@pytest.mark.parametrize(
    "pattern", ["^(?=x)y", "(", "a{100000}", "(((((a{99}){99}){99}){99}){99})"]
)
def test_texts__for_a_hard_pattern__are_none_at_once(pattern: str) -> None:
    """What cannot be written is given up quickly."""
    began = time.process_time()
    assert texts_matching(pattern) == ()
    assert time.process_time() - began < 1


@given(pattern=st.text(alphabet="ab[]()|*+?{}1,2^$\\dw.-", max_size=12))
def test_texts__for_any_pattern__come_without_an_error(pattern: str) -> None:
    """Law: no pattern makes the generator fail."""
    texts = texts_matching(pattern)
    assert len(texts) <= 6
    assert all(is_found(pattern, text) for text in texts)


@pytest.mark.parametrize(
    "pattern",
    [
        r"\p{L}+",
        r"^\p{Lu}{2}\P{Lu}$",
        r"^[\p{L}\d]{2}$",
        r"^\cC$",
        r"^[^]$",
        r"^(?<y>\d)x$",
        r"^.{2,32}#(?!0000)[0-9]{4}$",
        r"^\p{Lu}{3}-(?=\d)\d+$",
        r"^\u{1F600}$",
    ],
)
def test_texts__for_what_only_ecma_script_writes__are_found_by_the_engine(pattern: str) -> None:
    """Control and property escapes, named groups and look-arounds have texts of their own."""
    texts = texts_matching(pattern)
    assert texts
    assert all(is_found(pattern, text) for text in texts)


def test_texts__for_a_repetition_with_an_end__reach_it() -> None:
    """The longest text that a bounded repetition admits comes, beside the shortest."""
    lengths = {len(text) for text in texts_matching("^a{2,40}$")}
    assert {2, 40} <= lengths


def test_random_text__for_a_pattern__matches_and_follows_the_seed() -> None:
    """A random text is found by its pattern; the same seed gives the same one."""
    texts = [text_matching("^[a-z]{3,9}$", random.Random(seed)) for seed in range(20)]
    assert len(set(texts)) > 10
    assert all(text and is_found("^[a-z]{3,9}$", text) for text in texts)
    assert texts[7] == text_matching("^[a-z]{3,9}$", random.Random(7))


def first(_: str, __: int) -> int:
    """Pick the first arm."""
    return 0


def test_settle__of_an_all_of_that_doubles__gives_up() -> None:
    """An `allOf` that doubles 25 levels costs a bounded number of steps."""
    definitions: dict[str, Any] = {"d0": {"type": "string"}}
    for number in range(1, 26):
        part = {"$ref": f"#/$defs/d{number - 1}", "title": str(number)}
        definitions[f"d{number}"] = {"allOf": [part, {"allOf": [dict(part)]}]}
    began = time.process_time()
    settled = settle({"$defs": definitions}, {"$ref": "#/$defs/d25"}, first)
    assert settled.node["type"] == "string"
    assert time.process_time() - began < 1


def test_settle__of_a_contradiction__has_no_value() -> None:
    """`false` anywhere means that nothing can be written."""
    with pytest.raises(NoValueError):
        settle({}, {"allOf": [{"type": "string"}, False]}, first)


def test_settle__of_all_of__asks_for_everything() -> None:
    """Bounds narrow, requirements add up, closed sides shut what they do not know."""
    node = {
        "allOf": [
            {"minimum": 1, "type": ["number", "null"], "required": ["a"]},
            {"minimum": 3, "type": "integer", "required": ["b"], "properties": {"b": True}},
            {"additionalProperties": False, "properties": {"a": {"type": "string"}}},
        ]
    }
    merged = settle({}, node, first).node
    assert merged["minimum"] == 3
    assert merged["type"] == ["integer"]
    assert set(merged["required"]) == {"a", "b"}
    assert merged["properties"]["b"] is False


def test_no_numbers__of_a_pattern_of_digits__are_what_a_number_is_not() -> None:
    """Leading zeros and forty digits are what rules that read numbers forget."""
    found = no_numbers_matching("^[0-9]+$")
    assert "00" in found
    assert any(len(text) >= LONG_NUMBER for text in found)
    assert no_numbers_matching("^[a-z]*$") == ()
