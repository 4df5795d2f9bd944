from __future__ import annotations

from typing import Any

from agent.core.invariants.declaring import KEYWORD
from agent.core.proposing import Sample
from agent.core.verify.record import CounterexampleKind, Verdict
from tests.core.verify.making import INT, array, check, obj, value

CENTS = {"type": "integer", "minimum": 0, "maximum": 1_000_000}
SOURCE = obj("lines", total=INT, lines=array(obj("cents", cents=CENTS)))
CONTRACT = {
    **obj("total lines", total=INT, lines=array(obj("cents", cents=INT))),
    KEYWORD: ["total == lines.map(l, l.cents).sum()"],
}
LINES: dict[str, Any] = {
    "target": "/lines",
    "each": "src.lines",
    "as": "line",
    "rules": [value("/cents", "line.cents")],
}


def test_verify__an_output_that_breaks_an_invariant__is_refuted_and_shrunk() -> None:
    """The counterexample names the invariant, and is as small as one that shows it."""
    wrong = value("/total", "count(src.lines)")
    found = check([wrong, LINES], source=SOURCE, contract=CONTRACT)
    assert found.verdict is Verdict.REFUTED
    assert found.counterexample is not None
    assert found.counterexample.kind is CounterexampleKind.CONTRACT
    (violation,) = found.counterexample.violations
    assert violation.clause == f"/{KEYWORD}/0"
    assert found.counterexample.payload == {"lines": [{"cents": 0}]}


def test_verify__an_invariant_that_the_rules_make_hold__is_tested() -> None:
    """A total that is computed from the lines is their sum on every payload."""
    right = value("/total", "sum([line.cents for line in src.lines])")
    found = check([right, LINES], source=SOURCE, contract=CONTRACT)
    assert found.verdict is Verdict.TESTED


def test_verify__a_sample_that_breaks_an_invariant__is_refuted() -> None:
    """Samples are tried too, also where the search alone would find nothing."""
    contract = {**obj("total", total=INT), KEYWORD: ["total != 987654321"]}
    rules = [value("/total", "src.total")]
    source = obj("total", total=INT)
    assert check(rules, source=source, contract=contract).verdict is Verdict.TESTED
    sample = Sample({"total": 987654321}, {})
    found = check(rules, source=source, contract=contract, samples=[sample])
    assert found.verdict is Verdict.REFUTED


def test_verify__invariants_of_the_source__bind_nobody() -> None:
    """A contract is one consumer's; the source's schema says what it may send by its shape."""
    source = {**SOURCE, KEYWORD: ["total == 1"]}
    rules = [value("/total", "src.total if present(src.total) else 0"), LINES]
    contract = {key: part for key, part in CONTRACT.items() if key != KEYWORD}
    assert check(rules, source=source, contract=contract).verdict is Verdict.PROVED
