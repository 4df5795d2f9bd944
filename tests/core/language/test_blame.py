"""Naming faults of generated expressions: places are real, words are those of the first run."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest

from agent.core import paths
from agent.core.language.bounds import Budget
from agent.core.language.evaluator import Evaluator, Fault
from agent.core.language.interpreter import evaluate
from agent.core.language.placed import place_all, place_of
from agent.core.language.printer import print_expression
from agent.core.language.scopes import Scope, Whole
from agent.core.language.syntax import Expression
from agent.errors import PayloadRefused
from tests.core.language.types.soundness import generated

SCHEMAS = 40


def faults(seed: int) -> Iterator[tuple[Expression, Any, Fault]]:
    """Yield generated expressions with payloads that they refuse, most of another schema."""
    made = itertools.islice(generated(random.Random(seed)), SCHEMAS)
    for (_, ours, expressions), (_, theirs, _) in itertools.pairwise(made):
        for expression, payload in itertools.product(expressions, [*ours[:3], *theirs[:6]]):
            try:
                scope = Scope({"src": Whole(payload)})
                Evaluator(Budget(payload)).evaluate(expression, scope)
            except Fault as fault:
                yield expression, payload, fault


@pytest.mark.parametrize("seed", range(4))
def test_sources__of_generated_faults__are_places_of_the_payload(seed: int) -> None:
    """A source has no `*` and is there, unless nothing is there; the words stay the same."""
    seen = 0
    for expression, payload, fault in faults(seed):
        with pytest.raises(PayloadRefused) as caught:
            evaluate(expression, {"src": payload})
        refused, where = caught.value, f"{print_expression(expression)} on {payload!r}"
        assert refused.operation == fault.operation, where
        assert refused.reason.isprintable(), where
        assert refused.reason == fault.failure.found or not fault.failure.found.isprintable(), where
        for source in (refused.source, *refused.beside):
            place = "" if source == "/" else source
            there = [value for _, value in paths.find(payload, place)]
            assert there or refused.reason.startswith("nothing (missing)"), f"{where}: {refused}"
            assert paths.ANY not in paths.parse(place), f"{where}: {refused}"
        seen += 1
    assert seen > 20


def test_place_all__makes_an_equal_payload_that_knows_its_places() -> None:
    """The copy is equal, shares nothing, and each text, number and key says where it stands."""
    payload = {"a/b": [1, 1.5, "x", None, True, {"*": 2}]}
    placed = place_all(payload)
    assert (placed, repr(placed)) == (payload, repr(payload))
    assert placed["a/b"] is not payload["a/b"]
    assert [place_of(item) for item in placed["a/b"][:5]] == [
        *("/a~1b/0", "/a~1b/1", "/a~1b/2"),
        None,
        None,
    ]
    assert place_of(placed["a/b"][5]["*"]) == "/a~1b/5/~2"
    assert [place_of(key) for key in placed] == ["/a~1b"]
    assert place_of("x") is None
