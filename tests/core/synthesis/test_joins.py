from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.core.language.printer import print_expression
from agent.core.synthesis.examples import Example, value_of
from agent.core.synthesis.joins import joins
from agent.core.synthesis.problem import Problem
from tests.core.synthesis.test_search import reads


def joined(pairs: Sequence[tuple[Any, Any]], *names: str) -> list[str]:
    """Return the joins that explain the pairs."""
    shown = tuple(Example({"src": payload}, expected) for payload, expected in pairs)
    columns = tuple(
        (read, tuple(value_of(read.expression, one.bindings) for one in shown))
        for read in reads(dict.fromkeys(names, 0.5))
    )
    wanted = tuple(one.expected for one in shown)
    return [print_expression(one.expression) for one in joins(Problem(shown, wanted, columns))]


def test_joins__parts_that_are_not_always_there__left_out() -> None:
    """A separator stands only between parts that are there."""
    pairs = [
        ({"rank": "Captain", "last": "Nemo"}, "Captain Nemo"),
        ({"last": "Ahab", "grade": "Sr."}, "Ahab Sr."),
    ]
    assert joined(pairs, "last", "rank", "grade") == ["join(' ', src.rank, src.last, src.grade)"]


def test_joins__two_separators__one_inside_the_other() -> None:
    """Parts that belong together are joined first."""
    pairs = [
        ({"last": "Ahab", "first": "Ezra"}, "Ahab, Ezra"),
        ({"last": "Hoorn", "first": "Jan", "of": "van"}, "van Hoorn, Jan"),
    ]
    assert joined(pairs, "last", "first", "of") == [
        "join(', ', non_empty(join(' ', src.of, src.last)), src.first)"
    ]


def test_joins__a_read_that_stands_for_all_others__comes_first() -> None:
    """A crew has one name, and its members have several."""
    pairs = [
        ({"last": "Ahab", "first": "Ezra"}, "Ezra Ahab"),
        ({"crew": "The Pequods"}, "The Pequods"),
    ]
    assert joined(pairs, "last", "first", "crew") == [
        "coalesce(src.crew, join(' ', src.first, src.last))"
    ]


def test_joins__parts_in_no_order_or_always_there__nothing() -> None:
    """Texts in which a read does not stand are not joined from it, and a format is no join."""
    crossed = [({"a": "x", "b": "y"}, "x y"), ({"a": "u", "b": "w"}, "w u"), ({"a": "t"}, "t")]
    assert joined(crossed, "a", "b") == []
    whole = [({"a": "x", "b": "y"}, "x y"), ({"a": "u", "b": "w"}, "u w")]
    assert joined(whole, "a", "b") == []
