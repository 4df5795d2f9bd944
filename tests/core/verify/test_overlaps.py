"""Rules of one target whose conditions may hold together."""

from __future__ import annotations

import pytest

from agent.core.verify.overlaps import find_overlaps
from tests.core.verify.making import TEXT, array, make_adapter, obj, value

SOURCE = obj("", s=TEXT, n={"type": "integer"}, lines=array(obj("", s=TEXT)))


@pytest.mark.parametrize(
    ("first", "second", "is_apart"),
    [
        ("src.s == 'a'", "src.s == 'b'", True),
        ("src.s == 'a'", "src.s != 'a'", True),
        ("src.n > 3", "src.n <= 3", True),
        ("src.n in [1]", "src.n not in [1]", True),
        ("present(src.s)", "not present(src.s)", True),
        ("src.s == 'a' and src.n > 1", "src.s == 'b' and src.n > 1", True),
        ("src.n == 1", "src.n == True", True),
        ("src.n == 1", "src.n == 1.0", False),
        ("src.s == 'a'", "src.n == 1", False),
        ("src.n > 3", "src.n > 5", False),
        ("src.s == 'a' or src.n > 1", "src.s == 'b'", False),
    ],
)
def test_overlaps__of_two_conditions__are_found_unless_their_form_excludes_them(
    first: str, second: str, is_apart: bool
) -> None:
    """Only conditions that can never hold together are quiet."""
    rules = [value("/x", "src.s", when=first), value("/x", "src.s", when=second)]
    adapter = make_adapter(rules, source=SOURCE, contract=obj("", x=TEXT))
    assert (find_overlaps(adapter) == ()) == is_apart


def test_overlaps__inside_a_loop__name_the_item_target() -> None:
    """Rules within blocks are compared among themselves."""
    inner = [value("/x", "l.s", when="src.n > 1"), value("/x", "l.s", when="src.n > 2")]
    loop = {"target": "/rows", "each": "src.lines", "as": "l", "rules": inner}
    adapter = make_adapter([loop], source=SOURCE, contract=obj("", rows=array(obj("", x=TEXT))))
    (found,) = find_overlaps(adapter)
    assert (found.target, found.rule, found.later) == (
        "/rows/*/x", "/rules/0/rules/0", "/rules/0/rules/1",
    )  # fmt: skip
