"""Rules for how verdicts of diffs are measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.diff_paths import agreeing_paths, payload_path
from evals.diffing import BAR, FILES, contradictions_page, main, score_rows

DATA = Path("../shared/data/diff")


def row(expected: str | None, **given: Any) -> dict[str, Any]:
    """Return a row in which a text was shortened."""
    after = {"type": "string", "maxLength": 3}
    start = {"id": "r", "kind": "jsonschema-2020-12", "before": {"type": "string"}, "after": after}
    return {**start, "direction": "request", "expected": expected, **given}


@pytest.mark.parametrize(
    ("given", "is_equal", "is_right"),
    [
        (row("breaking"), True, True),
        (row("non-breaking"), False, True),
        (row("non-breaking", after={"type": "string", "format": "date"}), False, False),
        (row("breaking", kind="morse"), False, False),
    ],
    ids=["equal", "contradicted by a witness", "contradicted by the table", "an error"],
)
def test_score_rows__a_row__is_right_when_equal_or_contradicted_by_inclusion(
    given: Any, is_equal: bool, is_right: bool
) -> None:
    """Only a witness or a proof may contradict an expectation; an error is wrong."""
    (scored,) = score_rows([given])
    assert (scored.is_equal, scored.is_right) == (is_equal, is_right)


def test_score_rows__a_row_without_expectation__is_skipped() -> None:
    """A null is no gold."""
    assert list(score_rows([row(None)])) == []


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("", ""),
        (".foo.?", "/foo/*"),
        (".<additionalProperties>", "/*"),
        (".<anyOf:0>.1", "/*"),
        (".a.<oneOf:2>.b", "/a/b"),
    ],
)
def test_payload_path__their_syntax__is_a_pointer(theirs: str, ours: str) -> None:
    """Properties and items are steps into the payload, alternatives are none."""
    assert payload_path(theirs) == ours


@pytest.mark.parametrize(
    ("change", "path", "is_right"),
    [
        ("PropertyAdd", "/foo", True),
        ("PropertyAdd", "/foo/bar", False),
        ("TypeAdd", "/foo", False),
    ],
)
def test_agreeing_paths__what_came__stands_at_its_holder(
    change: str, path: str, is_right: bool
) -> None:
    """They name the object that got a property, we name the property."""
    expected = {"expected_paths": [""], "changes": [{"path": "", "change": change}]}
    assert agreeing_paths(expected, [{"check": "x", "path": path}]) is is_right


def test_contradictions_page__wrong_and_contradicted_rows__are_both_listed() -> None:
    """Nothing that differs from the gold is hidden."""
    rows = list(score_rows([row("non-breaking"), row("breaking", kind="morse"), row("breaking")]))
    page = contradictions_page({"file": rows})
    assert "witness `" in page
    assert "**wrong**" in page
    assert page.count("| r |") == 2


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/diff is absent")
def test_main__the_shared_rows__reach_the_bar(capsys: pytest.CaptureFixture[str]) -> None:
    """Every file reaches its share of right verdicts, and `sentry_json` its share of paths."""
    assert main([str(DATA)]) == 0
    assert "wrong" not in capsys.readouterr().out
    scored = list(score_rows(json.loads((DATA / "sentry_json.json").read_text())))
    placed = [one for one in scored if one.paths is not None]
    assert sum(bool(one.paths) for one in placed) / len(placed) >= 0.9
    assert BAR == 0.92
    assert len(FILES) == 4


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/diff is absent")
def test_docs__contradictions__name_every_row_that_differs() -> None:
    """Every verdict that is not the expected one is listed in docs/, and no other."""
    page = Path("docs/diff-contradictions.md").read_text(encoding="utf-8")
    listed = {line.split("|")[1].strip() for line in page.splitlines() if line.count("|") >= 5}
    differing = {
        scored.id
        for name in FILES
        for scored in score_rows(json.loads((DATA / f"{name}.json").read_text()))
        if not scored.is_equal
    }
    assert listed - {"row", "---"} == differing
