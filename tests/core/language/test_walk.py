from __future__ import annotations

from typing import Any

from agent.core.language.walk import places
from tests.core.verify.making import make_adapter, obj


def walked(rules: list[dict[str, Any]], **more: Any) -> list[tuple[str, str, dict[str, str]]]:
    """Return target, rule pointer and scope of every row."""
    adapter = make_adapter(rules, source=obj(), contract=obj(), **more)
    return [
        (place.target, place.rule, dict(place.scope))
        for place in places(adapter.rows, let=adapter.let)
    ]


def test_places__nested_rows__full_targets_and_pointers() -> None:
    """Every row comes with its whole target, its pointer, and the names that it may read."""
    inner = {"target": "/code", "value": "one.sku"}
    each = {"target": "/lines", "each": "c.items", "as": "one", "rules": [inner]}
    rules = [{"target": "/buyer", "with": "src.customer", "as": "c", "rules": [each]}]
    assert walked(rules) == [
        ("/buyer", "/rules/0", {"src": ""}),
        ("/buyer/lines", "/rules/0/rules/0", {"src": "", "c": "/customer"}),
        (
            "/buyer/lines/*/code",
            "/rules/0/rules/0/rules/0",
            {"src": "", "c": "/customer", "one": "/customer/items/*"},
        ),
    ]


def test_places__names_of_let__stand_for_what_they_read() -> None:
    """A name of a `let` stands for its source path; one that is computed stands for none."""
    rules = [{"target": "/x", "value": "code", "let": {"code": "home.code", "n": "count(src.a)"}}]
    ((_, _, scope),) = walked(rules, let={"home": "src.address"})
    assert scope == {"src": "", "home": "/address", "code": "/address/code"}


def test_places__let_of_an_each_reads_its_item__is_bound_within() -> None:
    """A name that reads the item is in reach of the rows within, and not of the row itself."""
    inner = {"target": "/sku", "value": "p.sku"}
    each = {"target": "/l", "each": "src.l", "as": "i", "let": {"p": "i.product"}, "rules": [inner]}
    outer, within = walked([each])
    assert outer[2] == {"src": ""}
    assert within[2] == {"src": "", "i": "/l/*", "p": "/l/*/product"}


def test_places__each_over_a_computed_array__its_name_has_no_path() -> None:
    """A name over what no read gives stands for no path, even when it hides one that does."""
    inner = {"target": "/k", "value": "e.key"}
    rules = [{"target": "/rows", "each": "entries(src.map)", "as": "e", "rules": [inner]}]
    assert walked(rules, let={"f": "src.other"})[1][2] == {"src": "", "f": "/other"}
