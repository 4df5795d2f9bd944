"""What a model of 1.5 billion parameters really said, replayed; and prompts with their scores."""

from __future__ import annotations

import json

from agent.core.proposing import Answer
from agent.proposers.language_model import LanguageModel
from agent.proposers.model_choosing import Choosing
from agent.proposers.model_endpoint import Endpoint
from agent.proposers.model_patience import Patience
from agent.proposers.model_prompt import Writing
from evals.model.scores import scores
from tests.proposers.cassette import FILE, replays
from tests.proposers.fake_endpoint import FakeEndpoint
from tests.proposers.model_story import SO_FAR, TASK, by_name, note_on, rule_at

CHOOSING = Choosing(by_name)


def ask(fake: FakeEndpoint, *, timeout_s: float = 20.0) -> Answer:
    """Return what comes of asking with two votes."""
    endpoint = Endpoint(base_url=fake.base_url, name="recorded", api_key="", max_tokens=64)
    endpoint.prepare()
    patience = Patience(timeout_s=timeout_s, max_calls=8, max_retries=0)
    return LanguageModel(endpoint, patience=patience, form=CHOOSING, votes=2).propose(TASK, SO_FAR)


def test_propose__with_recorded_completions__gives_the_rules_that_they_gave() -> None:
    """What two votes agreed on is proposed; where they did not, the field stays open."""
    with FakeEndpoint(replays(json.loads(FILE.read_text("utf-8")))) as fake:
        answer = ask(fake)
    assert answer.usage is not None
    assert answer.usage.failures == (), "a prompt changed: python -m tests.proposers.cassette"
    name = rule_at(answer, "/customer/name")
    assert name is not None
    assert name.startswith("require(src.cust_nm,")
    assert note_on(answer, "/customer/name").is_ambiguous
    assert rule_at(answer, "/lines/*/sku") is None
    assert answer.usage.tokens_in > answer.usage.tokens_out > 0


def test_prompts__as_they_are__have_a_score() -> None:
    """A prompt change shows its score: the last one recorded is of the prompts as they are."""
    for style, form in (("choose", CHOOSING), ("write", Writing())):
        recorded = [one for one in scores() if one.style == style]
        assert recorded, style
        assert recorded[-1].prompt == form.fingerprint, (
            f"the prompts of {style!r} changed: measure them with "
            f"`make eval-model SUITES=… MODEL_ARGS='--style {style} --record'` and commit the score"
        )
