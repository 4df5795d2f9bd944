"""Scores of one consumer, with hand-made adapters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.core.contract import Contract
from agent.core.language.interpreter import run
from agent.core.language.syntax import ArrayDisplay, Call, Expression, Field, Literal, Name
from agent.core.proposing import ModelUsage, Task
from agent.core.schema import make_schema
from agent.core.verify.record import Verdict, Verification
from evals.cases import Case, load_case
from evals.scoring import Attempt, Outcome, Score, score_attempt, score_failure
from tests.evals.fakes import (
    CONTRACT,
    READ_N,
    READ_T,
    SOURCE,
    adapter_of,
    refusal,
    sure,
    write_case,
)

TILL = Contract("till", make_schema(CONTRACT))
TASK = Task(source="s", consumer="till", after=make_schema(SOURCE), contract=TILL)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A case with one feasible consumer."""
    return load_case(write_case(tmp_path, "one", heldout=(1, 2, 3, 4)))


@pytest.fixture
def infeasible(tmp_path: Path) -> Case:
    """A case with one infeasible consumer."""
    return load_case(write_case(tmp_path, "bad", infeasible=("till",)))


def score(
    case: Case,
    value: Expression = READ_N,
    *,
    target: str = "/count",
    verification: Verification | None = None,
) -> Score:
    """Return the score of a one-rule adapter."""
    attempt = Attempt(adapter_of(TASK, value, target=target), verification or sure(), seconds=1.5)
    return score_attempt(case, "till", attempt=attempt, contract=TILL, run=run)


def test_score__of_an_exact_adapter__is_solved(case: Case) -> None:
    """A feasible consumer is solved when every held-out payload is exact."""
    result = score(case)

    assert (result.outcome, result.reason) == (Outcome.SOLVED, "")
    assert (result.payloads, result.exact, result.valid) == (4, 4, 4)
    assert result.is_right
    assert not result.is_silent_wrong


def test_score__of_one_differing_payload__is_wrong_and_says_where(case: Case) -> None:
    """The reason names the first held-out payload and path that differ."""
    result = score(case, Call("min", (_array(READ_N, Literal(2)),)))

    assert result.outcome is Outcome.WRONG
    assert result.reason == "heldout/03: /count differs: 3 expected, 2 found"
    assert (result.exact, result.valid) == (2, 4)


def _array(*items: Expression) -> Expression:
    return ArrayDisplay(items)


@pytest.mark.parametrize(
    ("value", "target", "reason_kind"),
    [
        (Call("text", (READ_N,)), "/count", "another type: integer expected, string found"),
        (READ_T, "/count", "a field is missing"),
        (READ_N, "/total", "a field is missing"),
        (Call("number", (Literal("x"),)), "/count", "refused payload: number"),
        (Field(Name("src"), "gone"), "/count", "a field is missing"),
    ],
)
def test_score__of_wrong_outputs__groups_reasons_by_kind(
    case: Case, value: Expression, target: str, reason_kind: str
) -> None:
    """Failures of one sort share a reason kind, so that they can be counted."""
    result = score(case, value, target=target)

    assert (result.outcome, result.reason_kind) == (Outcome.WRONG, reason_kind)
    assert result.reason.startswith("heldout/01: ")
    assert (result.exact, result.valid) == (0, 0)


def test_score__of_a_wrong_adapter_that_asks_for_no_decision__is_silent_wrong(case: Case) -> None:
    """Wrong without asking is the one that must be zero; wrong after asking is not it."""
    sure_of_it = score(case, Literal(1))
    asking = score(case, Literal(1), verification=sure(is_decision_needed=True))

    assert sure_of_it.is_silent_wrong
    assert not asking.is_silent_wrong


def test_score__of_a_refusal_of_a_feasible_consumer__is_wrong(case: Case) -> None:
    """A feasible consumer is not solved by a partial table, however exact."""
    result = score(case, verification=refusal("/count"))

    assert result.outcome is Outcome.WRONGLY_REFUSED
    assert result.reason == "proposal infeasible: /count"


def test_score__of_a_refusal_that_names_the_fields__is_right(infeasible: Case) -> None:
    """An infeasible consumer is right when the verdict is infeasible and its fields are named."""
    result = score(infeasible, verification=refusal("/other", "/count"))

    assert result.outcome is Outcome.REFUSED
    assert result.is_right
    assert result.payloads == 0


def test_score__of_a_refusal_that_names_another_field__is_not_right(infeasible: Case) -> None:
    """Refusing for another reason is luck, not understanding."""
    result = score(infeasible, verification=refusal("/other"))

    assert result.outcome is Outcome.NOT_REFUSED
    assert result.reason_kind == "refused without naming the fields"
    assert not result.is_silent_wrong


def test_score__of_an_infeasible_consumer_that_gets_an_adapter__is_silent_wrong(
    infeasible: Case,
) -> None:
    """A confident adapter for an infeasible contract is wrong in silence."""
    result = score(infeasible)

    assert (result.outcome, result.is_silent_wrong) == (Outcome.NOT_REFUSED, True)


def test_score__of_a_refuted_adapter_with_exact_outputs__is_solved(case: Case) -> None:
    """Solved speaks about outputs; that it had to ask is counted apart."""
    refuted = Verification(Verdict.REFUTED, 0.4, decision_needed=True)

    result = score(case, verification=refuted)

    assert (result.outcome, result.is_decision_needed) == (Outcome.SOLVED, True)


def test_score__with_a_tolerance__compares_within_it(case: Case) -> None:
    """The case's own tolerance decides about numbers."""
    near = Call("scale", (Literal(1.0000001), Literal(0)))
    loose = replace(case, tolerance=1e-3, heldout=case.heldout[:1])

    assert score(loose, near).exact == 1
    assert score(replace(loose, tolerance=1e-9), near).exact == 0


def test_score__of_a_case_without_gold__is_failed_not_solved(case: Case) -> None:
    """Nothing to compare with is no success."""
    bare = replace(case, heldout=tuple(replace(one, expected=()) for one in case.heldout))

    result = score(bare)

    assert (result.outcome, result.is_silent_wrong) == (Outcome.FAILED, False)


def test_score__with_a_model__carries_what_it_cost(case: Case) -> None:
    """Calls, tokens and cost of a model come from the answer."""
    usage = ModelUsage("m", "f", calls=2, tokens_in=10, tokens_out=5, seconds=1.0, cost_usd=0.25)
    attempt = Attempt(adapter_of(TASK), sure(), seconds=1.0, usage=usage)

    result = score_attempt(case, "till", attempt=attempt, contract=TILL, run=run)

    assert (result.model_calls, result.model_tokens, result.model_cost_usd) == (2, 15, 0.25)


def test_score_failure__of_a_timeout__keeps_the_payloads_in_the_count(case: Case) -> None:
    """A consumer without a proposal counts as wrong on all its payloads, and is not silent."""
    result = score_failure(case, "till", kind="timeout", text="killed after 60 s")

    assert result.reason == "timeout: killed after 60 s"
    assert (result.payloads, result.exact) == (4, 0)
    assert not result.is_silent_wrong
