"""The language-free examples, in every language that exports have, in its real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.exports.check import Outcome
from agent.exports.languages import EXPORTERS
from tests.exports.adapters import engine_of
from tests.exports.carried import FILES, carried_functions, read_examples, walk

LEAST_AGREED = {"javascript": 900, "jq": 800, "jsonata": 950}
LEAST_FUNCTIONS = {"javascript": 82, "jq": 64, "jsonata": 71}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", EXPORTERS)
def test_examples__in_the_real_engine__are_never_silently_different(
    language: str, path: Path
) -> None:
    """An exported example agrees with the reference, or fails, or is marked for what differs."""
    for _, compared in walk(language, engine_of(language), read_examples(path)):
        assert compared.outcome is not Outcome.DIFFERED, compared


@pytest.mark.parametrize("language", EXPORTERS)
def test_examples__all_together__are_mostly_carried(language: str) -> None:
    """So many examples and functions at least are in the real engine what the reference says."""
    examples = [example for path in FILES for example in read_examples(path)]
    walked = walk(language, engine_of(language), examples)
    agreed = [compared for _, compared in walked if compared.outcome is Outcome.AGREED]
    assert len(agreed) >= LEAST_AGREED[language]
    assert len(carried_functions(walked)) >= LEAST_FUNCTIONS[language]
