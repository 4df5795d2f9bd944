from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.matching.names import words
from agent.core.matching.score import (
    name_similarity,
    type_similarity,
    words_similarity,
)

NAMES = st.sampled_from(
    ["id", "order_id", "customerName", "zip", "postal_code", "lines", "value", "price", "née", ""]
)
PATHS = st.lists(NAMES.filter(bool), min_size=1, max_size=3).map(
    lambda names: "/" + "/".join(names)
)


@given(NAMES, NAMES)
def test_words_similarity__any_names__symmetric_and_bounded(left: str, right: str) -> None:
    """Likeness lies between 0 and 1, is the same both ways, and is 1 for the same words."""
    a, b = words(left), words(right)
    assert 0.0 <= words_similarity(a, b) <= 1.0
    assert words_similarity(a, b) == pytest.approx(words_similarity(b, a))
    assert words_similarity(a, a) == (1.0 if a else 0.0)


@given(PATHS, PATHS)
def test_name_similarity__any_paths__bounded(left: str, right: str) -> None:
    """The likeness of two names never leaves 0 to 1, and a name is most like itself."""
    assert 0.0 <= name_similarity(left, right) <= 1.0
    assert name_similarity(left, left) == pytest.approx(1.0)


def test_name_similarity__synonyms__nearer_than_strangers() -> None:
    """Words that mean the same are nearer than words that do not."""
    assert name_similarity("/zip_code", "/postal_code") > name_similarity("/zip_code", "/status")


def test_name_similarity__generic_last_name__its_parent_speaks() -> None:
    """`price.value` is like `price`, and more like `prices.value` than like `person.value`."""
    assert name_similarity("/price/value", "/price") >= 0.75
    strange = name_similarity("/price/value", "/person/value")
    assert strange < name_similarity("/price/value", "/prices/value")


@pytest.mark.parametrize(
    ("source", "target", "least", "most"),
    [
        ("string", "string", 1.0, 1.0),
        ("integer", "number", 1.0, 1.0),
        ("number", "integer", 0.5, 0.99),
        ("string", "integer", 0.5, 0.9),
        ("boolean", "string", 0.5, 0.8),
        ("array", "string", 0.1, 0.7),
        ("object", "string", 0.0, 0.3),
    ],
)
def test_type_similarity__two_types__less_where_a_conversion_is_needed(
    source: str, target: str, least: float, most: float
) -> None:
    """Values that pass as they are score 1, and the harder the conversion the less."""
    assert least <= type_similarity(frozenset({source}), frozenset({target})) <= most
