"""The report as text, JSON, a page, and a gate."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.values import Json
from agent.errors import InvalidDocument
from evals.page import render_page, write_report
from evals.report import compare_with_baseline, render_text, report_to_json
from evals.runner import Report
from evals.scoring import Outcome, Score

GOOD = Score(
    family="shop",
    case="one",
    consumer="till",
    is_feasible=True,
    outcome=Outcome.SOLVED,
    payloads=2,
    exact=2,
    valid=2,
    verdict="tested",
    confidence=0.97,
    is_decision_needed=False,
)
BAD = replace(
    GOOD,
    case="two",
    outcome=Outcome.WRONG,
    exact=0,
    reason="heldout/01: /x\x1b[31m<script> is missing",
    reason_kind="a field is missing",
    is_decision_needed=True,
)
SILENT = replace(BAD, case="three", is_decision_needed=False)


def report(*scores: Score, is_unpaired: bool = False) -> Report:
    """Return a report over scores."""
    return Report(
        scores=scores,
        is_unpaired=is_unpaired,
        model="off",
        memory="off",
        timeout_s=60.0,
        seconds=1.0,
    )


def test_report_to_json__of_scores__survives_a_round_trip() -> None:
    """The document is plain JSON with counts, rates, reasons and every score."""
    document = json.loads(json.dumps(report_to_json(report(GOOD, BAD)), allow_nan=False))

    assert document["all"]["solved"] == 1
    assert document["all"]["solved_share"] == 0.5
    assert document["families"]["shop"]["payload_accuracy"] == 0.5
    assert document["reasons"][0]["kind"] == "a field is missing"
    assert [one["case"] for one in document["scores"]] == ["one", "two"]


def test_render_text__of_scores__shows_families_all_and_reasons() -> None:
    """The text has rows per family and for all, and reasons; control characters do not act."""
    text = render_text(report(GOOD, BAD))

    assert "shop" in text
    assert "a field is missing" in text
    assert "\x1b" not in text


def test_render_page__with_hostile_reasons__escapes_them() -> None:
    """Nothing from a payload becomes markup, and the page loads nothing from elsewhere."""
    page = render_page(report(GOOD, BAD))

    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page


def test_write_report__into_a_new_folder__writes_both_files(tmp_path: Path) -> None:
    """`report.json` is what `--baseline` reads, `index.html` is for people."""
    data, page = write_report(report(GOOD, BAD), str(tmp_path / "a" / "b"))

    assert compare_with_baseline(report(GOOD, BAD), json.loads(Path(data).read_text())) == ()
    assert Path(page).read_text().startswith("<!doctype html>")


def test_baseline__of_the_same_scores__is_green() -> None:
    """Nothing got worse."""
    assert compare_with_baseline(report(GOOD, SILENT), report_to_json(report(GOOD, SILENT))) == ()


def test_baseline__when_solved_drops__is_red_and_names_what_was_lost() -> None:
    """Fewer solved consumers are a regression."""
    baseline = report_to_json(report(GOOD, replace(GOOD, case="two")))

    (regression,) = compare_with_baseline(report(GOOD, BAD), baseline)

    assert regression.startswith("solved dropped from 2 to 1 of 2; lost: shop/two till")


def test_baseline__when_one_is_lost_and_another_won__is_green() -> None:
    """The gate is on the count: an exchange is no drop."""
    baseline = report_to_json(report(GOOD, BAD))
    now = report(replace(BAD, case="one"), replace(GOOD, case="two"))

    assert compare_with_baseline(now, baseline) == ()


@pytest.mark.parametrize("case", ["two", "new"])
def test_baseline__when_silent_wrong_grows__is_red(case: str) -> None:
    """One more silently wrong consumer is a regression, in a known case or a new one."""
    baseline = report_to_json(report(GOOD, BAD))

    (regression,) = compare_with_baseline(report(GOOD, replace(SILENT, case=case)), baseline)

    assert regression.startswith("silently wrong grew from 0 to 1; new: shop/" + case)


def test_baseline__with_more_cases__compares_those_in_common() -> None:
    """A run over part of the suite is compared over that part."""
    baseline = report_to_json(report(GOOD, replace(GOOD, case="elsewhere")))

    assert compare_with_baseline(report(GOOD), baseline) == ()


@pytest.mark.parametrize(
    "baseline",
    [
        [],
        {},
        {"driftmend_eval": 2, "scores": []},
        {**report_to_json(report(GOOD)), "scores": [{}]},
        {**report_to_json(report(GOOD)), "scores": 3},
        report_to_json(report(GOOD, is_unpaired=True)),
        report_to_json(report(BAD)),
    ],
)
def test_baseline__that_cannot_be_compared__is_an_error(baseline: Json) -> None:
    """A gate that could not be evaluated never reads as green."""
    with pytest.raises(InvalidDocument, match="baseline"):
        compare_with_baseline(report(GOOD), baseline)
