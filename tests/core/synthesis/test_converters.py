from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.language.printer import print_expression
from agent.core.synthesis.converters import converters
from agent.core.synthesis.examples import holds
from tests.core.language.trees import PAYLOADS

PAIRS: list[tuple[str, list[tuple[Any, Any]]]] = [
    ("v", [("a", "a"), (1, 1), ([1], [1])]),
    ("lower(v)", [("Ab", "ab"), ("CD", "cd")]),
    ("integer(v)", [("12", 12), ("-3", -3)]),
    ("number(v)", [("1.5", 1.5), ("-3", -3)]),
    ("text(v)", [(12, "12"), (-3, "-3")]),
    ("scale(v, -2)", [(1250, 12.5), (199, 1.99)]),
    ("v * 60", [(1, 60), (3, 180)]),
    ("v + 1", [(0, 1), (7, 8)]),
    ("part(v, ' ', 0)", [("Ada Lovelace", "Ada"), ("Alan Turing", "Alan")]),
    ("part(v, '@', 1)", [("a@b.c", "b.c"), ("x.y@z.d", "z.d")]),
    ("part(v, ',', -1)", [("a,b", "b"), ("c", "c"), ("d,e,f", "f")]),
    ("format('id:{}', v)", [("a", "id:a"), ("b", "id:b")]),
    ("slice(v, 3)", [("id:a", "a"), ("id:bc", "bc")]),
    ("iso_date(v)", [("2024-01-31T23:00:00Z", "2024-01-31"), ("2024-02-01T00:00Z", "2024-02-01")]),
    (
        "iso_datetime(from_epoch(v, unit='s'))",
        [(0, "1970-01-01T00:00:00Z"), (86400, "1970-01-02T00:00:00Z")],
    ),
    (
        "iso_date(parse_date(v, pattern='%d/%m/%Y', assume_zone='UTC'))",
        [("31/01/2024", "2024-01-31"), ("01/02/2024", "2024-02-01")],
    ),
    ("replace_pattern(v, '^([0-9]+)$', '\\\\1.0')", [("2", "2.0"), ("1.1", "1.1"), ("3", "3.0")]),
    ("[v]", [("a", ["a"]), ("b", ["b"])]),
    ("first(v)", [([1, 2], 1), ([3], 3)]),
    ("count(v)", [(["a", "b"], 2), (["c"], 1)]),
    ("join(', ', v)", [(["a", "b"], "a, b"), (["c"], "c")]),
    ("split(v, ',')", [("a,b", ["a", "b"]), ("c", ["c"])]),
    ("default(split(non_empty(v), ','), [])", [("a,b", ["a", "b"]), ("", [])]),
    (
        "format('{}.{}', slice(pad(text(v), 3, '0'), 0, -2), slice(pad(text(v), 3, '0'), -2))",
        [(250, "2.50"), (0, "0.00"), (1205, "12.05")],
    ),
    ("v * 18 / 5", [(10, 36), (22.5, 81)]),
    ("scale(v * -1, -2)", [(4990, -49.9), (5, -0.05)]),
    ("[x.name for x in v]", [([{"name": "a"}, {"name": "b"}], ["a", "b"]), ([], [])]),
    ("[integer(x) for x in v]", [(["1", "2"], [1, 2]), (["7"], [7])]),
    ("'Y' if v else 'N'", [(True, "Y"), (False, "N")]),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "pairs"), PAIRS, ids=[printed for printed, _ in PAIRS])
def test_converters__pairs_of_one_conversion__it_is_found(
    printed: str, pairs: list[tuple[Any, Any]]
) -> None:
    """Each kind of conversion is found from a few pairs that show it."""
    assert printed in [print_expression(expression) for expression, _, _ in converters(pairs)]


@given(st.lists(st.tuples(PAYLOADS, PAYLOADS), min_size=1, max_size=4))
def test_converters__any_pairs__only_what_holds_on_all(pairs: list[tuple[Any, Any]]) -> None:
    """Whatever the pairs are, nothing is offered that misses one of them, and nothing breaks."""
    for expression, cost, reason in converters(pairs):
        assert holds(expression, pairs)
        assert cost >= 0
        assert reason


def tables(pairs: list[tuple[Any, Any]], **more: bool) -> list[str]:
    """Return the tables among the conversions of pairs."""
    found = [print_expression(expression) for expression, _, _ in converters(pairs, **more)]
    return [printed for printed in found if printed.startswith("lookup")]


def test_converters__values_that_never_come_back__no_table() -> None:
    """A table learned from unrepeated texts would only recite the pairs."""
    pairs = [("a", "zeta"), ("b", "mu"), ("c", "pi")]
    assert tables(pairs) == []
    assert tables(pairs, is_closed=True) == ["lookup(v, {'a': 'zeta', 'b': 'mu', 'c': 'pi'})"]
    assert tables(pairs + pairs) != []


def test_converters__integer_codes__table_with_integer_keys() -> None:
    """A table over integers keeps them integers."""
    pairs = [(1, "open"), (2, "paid"), (1, "open"), (2, "paid")]
    assert tables(pairs) == ["lookup(v, {1: 'open', 2: 'paid'})"]


def test_converters__one_given_value_with_two_outcomes__no_table() -> None:
    """A value that is sometimes this and sometimes that has no entry in a table."""
    assert tables([("a", "x"), ("a", "y"), ("b", "x"), ("b", "x")], is_closed=True) == []


def test_converters__few_texts_change__a_table_of_exceptions() -> None:
    """Where some texts change and others pass, only the ones that change are in the table."""
    pairs = [("ebb", "ebb"), ("flood", "flood"), ("slack", "still")]
    shown = [print_expression(expression) for expression, _, _ in converters(pairs)]
    assert "lookup(v, {'slack': 'still'}, otherwise=v)" in shown


def test_converters__long_text_changes__is_no_code_of_a_table() -> None:
    """Hashes and sentences do not come again: a table of them would only recite the pairs."""
    pairs = [("ebb", "ebb"), ("flood", "flood"), ("the water stands still today", "slack")]
    assert not any("otherwise" in print_expression(made) for made, _, _ in converters(pairs))


def test_converters__one_text_passes__is_no_reason_to_pass_others() -> None:
    """One text that stays the same does not say that unseen ones do."""
    pairs = [("ebb", "ebb"), ("slack", "still")]
    shown = [print_expression(expression) for expression, _, _ in converters(pairs)]
    assert not any("otherwise" in one for one in shown)


def test_converters__respelt_within_a_constant__written_so() -> None:
    """A text that is respelt inside of a longer one is found with its spelling."""
    pairs = [("PilotBoard", "port.pilotboard.v1"), ("TugMeet", "port.tugmeet.v1")]
    shown = [print_expression(expression) for expression, _, _ in converters(pairs)]
    assert "format('port.{}.v1', lower(v))" in shown
