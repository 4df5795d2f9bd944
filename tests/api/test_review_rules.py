from __future__ import annotations

from agent.core.values import Json
from api.review_rules import rule_rows, rule_texts

ADAPTER: Json = {
    "rules": [
        {"target": "/id", "value": "src.id"},
        {"target": "/rest", "copy": "src.rest", "except": ["/secret"]},
        {
            "target": "/lines",
            "each": "src.items",
            "as": "item",
            "where": "item.qty > 0",
            "let": {"cents": "scale(item.price, 2)"},
            "rules": [{"target": "/sku", "value": "item.sku", "when": "present(item.sku)"}],
        },
        {"target": "/tags", "each": "src.tags", "value": "upper(item)"},
        {
            "target": "/to",
            "with": "src.address",
            "as": "a",
            "rules": [{"target": "/deep", "rules": [{"target": "/zip", "value": "a.zip"}]}],
        },
    ]
}


def test_rows__every_kind_of_row__are_flat_with_full_targets() -> None:
    """A reviewer sees each rule with the whole path that it writes, in one table."""
    rows = {row.target: row for row in rule_rows(ADAPTER, None, types={})}
    assert set(rows) == {"/id", "/rest", "/lines/*/sku", "/tags/*", "/to/deep/zip"}
    assert rows["/rest"].expression == "copy src.rest except /secret"
    assert rows["/to/deep/zip"].around == ("with a = src.address",)
    assert rows["/to/deep/zip"].pointer == "/rules/4/rules/0/rules/0"


def test_rows__inside_blocks__say_in_words_what_is_around_them() -> None:
    """The conditions of a block stand beside each of its rules."""
    rows = {row.target: row for row in rule_rows(ADAPTER, None, types={})}
    assert rows["/lines/*/sku"].around == (
        "let cents = scale(item.price, 2)",
        "for each item in src.items where item.qty > 0",
        "when present(item.sku)",
    )


def test_rows__of_a_map__show_its_key() -> None:
    """What names the fields of a map stands with the loop."""
    row = {"target": "/m", "each": "src.items", "key": "item.sku", "where": "item.ok", "value": "1"}
    (shown,) = rule_rows({"rules": [row]}, None, types={})
    assert shown.around == ("for each item in src.items by key item.sku where item.ok",)


def test_rows__with_confidences__come_least_certain_first() -> None:
    """What deserves a look stands on top; a rule without a confidence above all."""
    verification = {
        "rules": [
            {"target": "/id", "confidence": 0.9},
            {"target": "/rest", "confidence": 0.2},
            {"target": "/tags/*", "confidence": 0.5},
            {"target": "/to/deep/zip", "confidence": 0.4},
        ]
    }
    rows = rule_rows(ADAPTER, verification, types={})
    assert [row.target for row in rows] == [
        "/lines/*/sku",
        "/rest",
        "/to/deep/zip",
        "/tags/*",
        "/id",
    ]


def test_rows__findings_and_types__stand_with_their_target() -> None:
    """A finding about a contract field is read next to the rule that writes it."""
    finding = {"code": "lossy", "path": "/id", "message": "rounds", "severity": "warning"}
    rows = rule_rows(ADAPTER, {"findings": [finding]}, types={"/id": "string"})
    row = next(row for row in rows if row.target == "/id")
    assert row.findings == (("warning", "lossy", "rounds"),)
    assert row.target_type == "string"


def test_rows__no_adapter_yet__are_none() -> None:
    """A proposal that is being drafted has no rules."""
    assert rule_rows(None, None, types={}) == ()


def test_texts__two_rules_for_one_target__are_both_there() -> None:
    """Conditional rules for one target are told apart from either alone."""
    rules = [
        {"target": "/a", "value": "src.x", "when": "src.p"},
        {"target": "/a", "value": "src.y", "when": "not src.p"},
    ]
    assert rule_texts({"rules": rules}) == {"/a": "src.x; when src.p | src.y; when not src.p"}
