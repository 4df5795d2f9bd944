"""Generated adapters on generated payloads, in the real engines."""

from __future__ import annotations

import pytest

from agent.exports.check import Outcome
from agent.exports.languages import EXPORTERS
from tests.exports.adapters import engine_of
from tests.exports.fuzz import KINDS, run


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", EXPORTERS)
def test_export__of_generated_adapters__never_differs_silently(language: str, kind: str) -> None:
    """Whatever the rules, an export agrees with the reference, or fails, or is marked."""
    report = run(language, engine_of(language), kind=kind, pairs_wanted=400, seed=5)
    assert report.differed == []
    assert report.outcomes[Outcome.AGREED] > report.pairs * 0.9
