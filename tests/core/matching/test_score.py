from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.matching.names import words
from agent.core.matching.score import (
    cosines,
    enum_overlap,
    name_similarity,
    score,
    type_similarity,
    words_similarity,
)
from agent.core.schema import FieldInfo, make_schema

NAMES = st.sampled_from(
    ["id", "order_id", "customerName", "zip", "postal_code", "lines", "value", "price", "née", ""]
)
PATHS = st.lists(NAMES.filter(bool), min_size=1, max_size=3).map(
    lambda names: "/" + "/".join(names)
)


def field(name: str = "x", **more: Any) -> FieldInfo:
    """Return a field of a small schema."""
    found = make_schema({"type": "object", "properties": {name: more}}).field(f"/{name}")
    assert found is not None
    return found


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
    assert least <= type_similarity(field(type=source), field(type=target)) <= most


def test_enum_overlap__other_spelling__counts() -> None:
    """Enum values are compared as words; without two enums there is no overlap."""
    left, right = field(enum=["in_transit", "paid"]), field(enum=["IN-TRANSIT", "x", "y"])
    assert enum_overlap(left, right) == 0.5
    assert enum_overlap(left, field(type="string")) == 0.0


def test_score__same_path__sure() -> None:
    """The same path in both schemas is a near certain match, whatever the embedding says."""
    assert score(field(type="string"), field(type="string"), cosine=0.0).total >= 0.97


@given(st.floats(-1, 1), st.booleans(), PATHS, PATHS)
def test_score__any_input__bounded(cosine: float, in_context: bool, left: str, right: str) -> None:
    """A score never leaves 0 to 1."""
    one, other = field(left.replace("/", "_")), field(right.replace("/", "_"))
    assert 0.0 <= score(one, other, cosine=cosine, in_context=in_context).total <= 1.0


def test_cosines__nothing_on_one_side__empty_rows() -> None:
    """Without partners every row is empty, and no vectors give no rows."""
    assert cosines([[1.0, 0.0]], []) == [[]]
    assert cosines([], [[1.0]]) == []
    assert cosines([[1.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]]) == [[0.0, 1.0]]
