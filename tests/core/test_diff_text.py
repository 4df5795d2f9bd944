"""Rules for how a diff is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.core.diff import compare, diff_from_json, diff_to_json
from agent.core.diff_text import render_json, render_markdown, render_text
from agent.core.schema import make_schema

TEXT: dict[str, Any] = {"type": "string"}


def record(required: list[str], **properties: Any) -> dict[str, Any]:
    """Return an object schema."""
    return {"type": "object", "properties": properties, "required": required}


BEFORE = make_schema(record(["qty", "gone"], qty={"type": "integer"}, gone=TEXT))
AFTER = make_schema(record(["quantity"], quantity={"type": "integer"}, extra=TEXT))
DIFF = compare(BEFORE, AFTER)


def test_render_text__some_changes__says_verdict_places_and_confidence() -> None:
    """Text names the verdict and the reader, then one entry per change."""
    text = render_text(DIFF, direction="response")
    assert text.splitlines()[0] == "breaking for consumers that read responses (declared policy)"
    assert "!! field-renamed: /qty -> /quantity (confidence 0.90)" in text
    assert "!! field-removed: /gone" in text
    assert " + field-added: /extra" in text


def test_render_text__no_changes__is_the_verdict_alone() -> None:
    """Two equal versions give one line."""
    text = render_text(compare(BEFORE, BEFORE), direction="request")
    assert text == "unchanged for producers that write requests (declared policy)\n"


def test_render_markdown__some_changes__is_a_table() -> None:
    """Markdown is a verdict line and a table with as many cells in every row."""
    rows = [row for row in render_markdown(DIFF).splitlines() if row.startswith("|")]
    assert len(rows) == 2 + len(DIFF.changes)
    assert {row.count("|") for row in rows} == {5}


@pytest.mark.parametrize("render", [render_text, render_markdown])
def test_render__hostile_names__are_inert(render: Any) -> None:
    """Names with escapes, markup and line ends cannot act on a terminal or a page."""
    name = "x\x1b[2J\u202e\n| <img src=x onerror=alert(1)> `"
    hostile = make_schema(record([name], **{name: TEXT}, a={"enum": ["<b>\x07", "z"]}))
    shown = render(compare(BEFORE, hostile))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\x07" not in shown
    if render is render_markdown:
        assert "<img" not in shown
        assert "<b>" not in shown
        assert {row.count("|") for row in shown.splitlines() if row.startswith("|")} == {5}


def test_render_json__some_changes__has_the_documented_shape() -> None:
    """The JSON document has the keys of `driftmend diff`, null for a side that is not there."""
    document = render_json(DIFF, direction="response", policy="declared")
    assert document["before"] == BEFORE.fingerprint
    assert document["after"] == AFTER.fingerprint
    assert (document["direction"], document["policy"]) == ("response", "declared")
    assert (document["verdict"], document["decided_by"]) == ("breaking", "policy")
    assert document["changes"][0] == {
        "check": "field-added",
        "path": "/extra",
        "before_path": None,
        "after_path": "/extra",
        "severity": "non-breaking",
        "detail": "The optional field /extra (string) was added.",
        "confidence": 1.0,
    }
    assert json.loads(json.dumps(document)) == document


def test_render__one_change_of_a_shared_definition__is_shown_once() -> None:
    """A definition that is used twice and loses a field is one finding with two places."""

    def shop(**address: Any) -> Any:
        use = {"$ref": "#/$defs/Address"}
        return record([], bill=use, ship=use) | {"$defs": {"Address": record([], **address)}}

    diff = compare(make_schema(shop(street=TEXT, zip=TEXT)), make_schema(shop(street=TEXT)))
    assert len(diff.changes) == 2
    (shown,) = render_json(diff)["changes"]
    assert (shown["path"], shown["also"]) == ("/bill/zip", ["/ship/zip"])
    assert "The same at 1 more place" in render_text(diff)


def test_diff_to_json__any_diff__reads_back_equal() -> None:
    """Nothing is lost between a diff and its JSON text."""
    assert diff_from_json(json.loads(json.dumps(diff_to_json(DIFF)))) == DIFF
