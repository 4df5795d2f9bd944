from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.fields import FieldInfo
from agent.core.matching.features import FEATURES, Meaning, feature_tables
from agent.core.matching.feeding_scores import score_tables
from agent.core.matching.names import matching_text, words
from agent.core.matching.score import words_similarity
from agent.core.matching.value_tables import known_values, overlap_table, shape_table
from agent.core.matching.weighing import fitted_weights, likelihoods, log_shares, strengths
from agent.core.matching.word_tables import likeness_table, rarity_table

WORDS = st.sampled_from(["customer", "client", "name", "id", "zip", "order", "orders", "adress"])
NAMES = st.lists(st.lists(WORDS, max_size=3).map(tuple), max_size=4)


def field(path: str, *, kind: str = "string", **more: object) -> FieldInfo:
    """Return a field of one type."""
    plain = FieldInfo(path, frozenset({kind}), is_required=False, is_nullable=False)
    return replace(plain, **more)  # type: ignore[arg-type]


def meaning(sources: list[FieldInfo], targets: list[FieldInfo]) -> Meaning:
    """Return cosines that say nothing."""
    nothing = np.zeros((len(sources), len(targets)))
    return Meaning(nothing, nothing)


@given(NAMES, NAMES)
def test_likeness_table__any_names__what_the_single_rule_says(
    left: list[tuple[str, ...]], right: list[tuple[str, ...]]
) -> None:
    """The table holds for every pair what `words_similarity` gives it alone."""
    table = likeness_table(left, right)
    assert table.shape == (len(left), len(right))
    for row, one in enumerate(left):
        for column, other in enumerate(right):
            assert table[row, column] == pytest.approx(words_similarity(one, other))


def test_rarity_table__a_word_in_every_text__counts_less_than_a_rare_one() -> None:
    """Two texts that share a rare word are nearer than two that share a common one."""
    texts = [words("source_value_iban"), words("source_value_city"), words("source_value_rank")]
    table = rarity_table(texts[:1], [words("iban_of_payer"), words("source_of_payer")])
    assert table[0, 0] == table[0, 1]
    table = rarity_table(texts, [words("iban_of_payer"), words("source_of_payer")])
    assert table[0, 0] > table[0, 1] > 0


def test_overlap_table__other_spelling__counts() -> None:
    """Known values are compared as words, as a share of the smaller set; none is no overlap."""
    left = [field("/a", enum=("in_transit", "paid")), field("/b")]
    right = [field("/c", examples=("IN-TRANSIT", "x", "y"))]
    assert overlap_table(left, right).tolist() == [[0.5], [0.0]]


def test_shape_table__values_of_one_shape__alike_though_none_is_shared() -> None:
    """Dates are like other dates and unlike numbers."""
    left = [field("/a", examples=("2024-01-31",))]
    right = [field("/b", examples=("1999-12-01",)), field("/c", examples=(7, 9.0))]
    assert shape_table(left, right).tolist() == [[pytest.approx(1.0), 0.0]]


def test_known_values__enum_examples_and_default__once_each_as_text() -> None:
    """Scalars count once, whole numbers are written without a point, booleans say nothing."""
    one = field("/a", enum=("x",), examples=("x", 2.0, True, {"y": 1}), default=3, has_default=True)
    assert known_values(one) == ("x", "2", "3")


def test_matching_text__values__only_telling_ones() -> None:
    """Values with letters are read, numbers are not."""
    assert matching_text(field("/a"), ("7", "red")).endswith("values red")
    assert "values" not in matching_text(field("/a"), ("7",))


def test_fitted_weights__as_shipped__nothing_speaks_against_itself() -> None:
    """There is a weight for every feature, and none is below 0."""
    weights = fitted_weights()
    assert len(weights.features) == len(FEATURES)
    assert min(*weights.features, weights.of_source, weights.of_target) >= 0


@given(st.lists(st.lists(st.floats(-9, 20), min_size=3, max_size=3), min_size=1, max_size=4))
def test_likelihoods__any_strengths__bounded_and_shares_never_above_one(
    rows: list[list[float]],
) -> None:
    """Likelihoods lie between 0 and 1, and rivals with nobody share one whole."""
    strength = np.array(rows)
    found = likelihoods(strength, fitted_weights())
    assert ((found >= 0) & (found <= 1)).all()
    for axis in (0, 1):
        shares = np.exp(log_shares(strength, 0.0, axis=axis)).sum(axis=axis)
        assert (shares <= 1 + 1e-9).all()


def test_likelihoods__a_rival_appears__less_likely() -> None:
    """A pair is less likely once another source speaks for the same target."""
    alone, contested = np.array([[9.0], [1.0]]), np.array([[9.0], [9.0]])
    weights = fitted_weights()
    assert likelihoods(alone, weights)[0, 0] > likelihoods(contested, weights)[0, 0]


def test_strengths__parent_stands_in_the_name__as_strong_as_the_same_name() -> None:
    """`/user/name` is to `user_name` far more than `/product/name` is."""
    sources, targets = [field("/user/name"), field("/product/name")], [field("/user_name")]
    tables = feature_tables(sources, targets, meaning(sources, targets))
    right, wrong = strengths(tables, fitted_weights())[:, 0]
    assert tables[0, 0, FEATURES.index("naming")] == 1.0
    assert right > wrong + 2


def test_score_tables__same_path__sure_unless_values_cannot_pass() -> None:
    """The same path in both schemas is near certain, whatever the embedding says."""
    sources = [field("/a"), field("/b", kind="object")]
    targets = [field("/a"), field("/b")]
    plain, near = score_tables(sources, targets, meaning(sources, targets))
    assert plain[0, 0] >= 0.97
    assert plain[1, 1] < 0.5
    assert (near >= plain).all()


def test_score_tables__same_name_below_matched_parents__sure() -> None:
    """The same name counts as the same path only where the parents are matched."""
    sources, targets = [field("/order/sku")], [field("/lines/*/sku")]
    plain, near = score_tables(sources, targets, meaning(sources, targets))
    assert plain[0, 0] < 0.97 <= near[0, 0]


def test_score_tables__no_fields__empty() -> None:
    """Without fields on one side there is nothing to score."""
    plain, near = score_tables([], [field("/a")], meaning([], [field("/a")]))
    assert plain.shape == near.shape == (0, 1)
