"""Small models choose: what they are shown, in which order, and what becomes of their votes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from agent.core.language.parser import parse
from agent.core.language.syntax import ValueRow
from agent.core.proposing import Alternative, Answer, RuleNote
from agent.proposers.language_model import LanguageModel
from agent.proposers.model_answers import Suggestion
from agent.proposers.model_choosing import Choosing
from agent.proposers.model_endpoint import Endpoint
from agent.proposers.model_forms import agreed, is_settled
from agent.proposers.model_patience import Means, Patience, Tokens
from tests.proposers.fake_endpoint import FakeEndpoint, Manner, says
from tests.proposers.model_story import (
    OPEN_NAME,
    OPEN_STATUS,
    SO_FAR,
    TASK,
    by_name,
    note_on,
    rule_at,
)

NAME_ONLY = replace(SO_FAR, unfed=(OPEN_NAME,))


def chooser(fake: FakeEndpoint, *, votes: int = 2, means: Means | None = None) -> LanguageModel:
    """Return a proposer that has a fake endpoint choose."""
    endpoint = Endpoint(base_url=fake.base_url, name="small", api_key="", max_tokens=64)
    endpoint.prepare()
    patience = Patience(timeout_s=10, max_calls=20, max_retries=0, means=means or Means())
    return LanguageModel(endpoint, patience=patience, form=Choosing(by_name), votes=votes)


def chooses(option: str) -> Manner:
    """Answer with an option."""
    return says(json.dumps({"option": option}))


def test_propose__two_votes_agree__the_option_becomes_a_rule() -> None:
    """What both votes name feeds the target, and waits for a person."""
    with FakeEndpoint(chooses("src.cust_nm")) as fake:
        answer = chooser(fake).propose(TASK, NAME_ONLY)
    rule = rule_at(answer, "/customer/name")
    assert rule is not None
    assert "src.cust_nm" in rule
    assert note_on(answer, "/customer/name").is_ambiguous
    assert len(fake.requests) == 2


def test_propose__votes_differ__the_field_stays_open() -> None:
    """Half of the votes is not enough."""
    with FakeEndpoint(chooses("src.cust_nm"), chooses("src.alt_id")) as fake:
        answer = chooser(fake).propose(TASK, NAME_ONLY)
    assert rule_at(answer, "/customer/name") is None


def test_propose__none_fits__is_asked_once() -> None:
    """Once no option can win, further votes are not paid for."""
    with FakeEndpoint(chooses("none")) as fake:
        answer = chooser(fake).propose(TASK, NAME_ONLY)
    assert answer.rows == SO_FAR.rows
    assert len(fake.requests) == 1


def test_prompt__of_each_vote__has_the_same_options_in_another_order() -> None:
    """The options of a vote are the form of its answer, and no payload value is among them."""
    task = replace(TASK, samples=())
    with FakeEndpoint(chooses("src.cust_nm")) as fake:
        chooser(fake).propose(task, NAME_ONLY)
    first, second = (
        request.body["response_format"]["json_schema"]["schema"]["properties"]["option"]["enum"]
        for request in fake.requests
    )
    assert first != second
    assert sorted(first) == sorted(second)
    assert first[-1] == second[-1] == "none"
    assert [request.body["temperature"] for request in fake.requests] == [0, 0]


@pytest.mark.parametrize("text", ["{}", "[]", '{"option": 3}', '{"option": "src.x"}', "no", ""])
def test_propose__an_answer_of_another_form__leaves_the_answer_so_far(text: str) -> None:
    """What was not offered cannot be chosen."""
    with FakeEndpoint(says(text)) as fake:
        answer = chooser(fake).propose(TASK, NAME_ONLY)
    assert replace(answer, usage=None) == NAME_ONLY
    assert answer.usage is not None
    assert answer.usage.failures


def ambiguous(confidence: float) -> Answer:
    """Return an answer whose rule for the name has an alternative."""
    note = RuleNote(
        "/customer/name",
        confidence,
        alternatives=(Alternative("src.cust_nm", 0.2),),
        is_ambiguous=True,
        proposer="matching",
    )
    row = ValueRow("/customer/name", parse("src.alt_id"))
    return replace(SO_FAR, rows=(*SO_FAR.rows, row), notes=(note,), unfed=())


def test_propose__an_unsure_rule__is_exchanged_for_the_chosen_alternative() -> None:
    """The model may choose among what the other proposers found possible."""
    with FakeEndpoint(chooses("src.cust_nm")) as fake:
        answer = chooser(fake).propose(TASK, ambiguous(0.3))
    rule = rule_at(answer, "/customer/name")
    assert rule is not None
    assert "src.cust_nm" in rule


def test_propose__a_rule_that_is_surer_than_the_model__stands() -> None:
    """A small model's opinion does not outrank what speaks for a rule already."""
    with FakeEndpoint(chooses("src.cust_nm")) as fake:
        answer = chooser(fake).propose(TASK, ambiguous(0.8))
    assert rule_at(answer, "/customer/name") == "src.alt_id"
    assert fake.requests == []


def test_propose__the_present_rule_is_chosen__changes_nothing() -> None:
    """Agreement needs no second vote."""
    with FakeEndpoint(chooses("src.alt_id")) as fake:
        answer = chooser(fake).propose(TASK, ambiguous(0.3))
    assert replace(answer, usage=None) == ambiguous(0.3)
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    "means",
    [Means(max_tokens=1500), Means(max_usd=0.0015, usd_read=1.0, usd_written=2.0)],
    ids=["tokens", "money"],
)
def test_propose__means_are_short__never_spends_more(means: Means) -> None:
    """A call that could cost more than is left is not made, and the answer so far comes back."""
    both = replace(SO_FAR, unfed=(OPEN_NAME, OPEN_STATUS))
    with FakeEndpoint(says('{"option": "none"}', tokens=(900, 20))) as fake:
        answer = chooser(fake, means=means).propose(TASK, both)
    assert answer.usage is not None
    spent = Tokens(answer.usage.tokens_in, answer.usage.tokens_out)
    assert means.lacking(spent) == ""
    assert answer.usage.cost_usd == pytest.approx(means.cost(spent))
    assert answer.usage.calls == 1
    assert "might be overspent" in answer.usage.failures[-1]
    assert answer.rows == SO_FAR.rows


def say(*values: str | None) -> list[list[Suggestion]]:
    """Return votes on one target."""
    return [[Suggestion("/t", value, "")] for value in values]


@pytest.mark.parametrize(
    ("votes", "of", "value"),
    [
        (say("a"), 1, ("a",)),
        (say("a", "b"), 2, ()),
        (say("a", "a"), 2, ("a",)),
        (say("a", "b", "a"), 3, ("a",)),
        (say(None, "a", None), 3, (None,)),
        (say("a"), 2, ()),
    ],
)
def test_agreed__votes__more_than_half_must_say_it(
    votes: list[list[Suggestion]], of: int, value: tuple[str | None, ...]
) -> None:
    """A majority of all votes, not of those that came in."""
    assert tuple(one.value for one in agreed(votes, of=of)) == value


@pytest.mark.parametrize(
    ("votes", "of", "settled"),
    [
        (say(), 2, False),
        (say(None), 2, True),
        (say("a"), 2, False),
        (say("a"), 3, False),
        (say("a", "a"), 3, True),
        (say(None, None), 3, True),
    ],
)
def test_is_settled__votes__stops_when_nothing_can_change(
    votes: list[list[Suggestion]], of: int, settled: bool
) -> None:
    """No call is paid for that cannot bring a value to a majority."""
    assert is_settled(votes, of=of) is settled
