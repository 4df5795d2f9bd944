"""Rules for alternatives that both sides hold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.changes import Direction, Policy
from agent.core.contract import payload_validator
from agent.core.flow import Versions, ask
from agent.core.schema import make_schema
from agent.core.shared_arms import shared_arms, without_arms
from tests.core.small_schemas import OBJECTS, PAYLOADS

TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("sub", "super", "expected"),
    [
        ({"anyOf": [TEXT, {"const": 1}]}, {"anyOf": [{"type": "null"}, TEXT]}, {0}),
        ({"oneOf": [TEXT, {"const": 1}]}, {"anyOf": [TEXT, {"title": "T", "const": 1}]}, {0, 1}),
        ({"anyOf": [TEXT, {"const": 1}]}, {"oneOf": [TEXT, {"type": "null"}]}, set()),
        ({"anyOf": [TEXT], "minLength": 1}, {"anyOf": [TEXT, {"const": 1}]}, set()),
        (TEXT, {"anyOf": [TEXT, {"const": 1}]}, set()),
    ],
)
def test_shared_arms__two_schemas__are_those_of_plain_unions(
    sub: Any, super: Any, expected: set[int]
) -> None:
    """Only a plain `anyOf` takes whatever one of its alternatives takes."""
    assert shared_arms(make_schema(sub), make_schema(super)) == expected


def test_without_arms__all_of_them__is_nothing() -> None:
    """A union without alternatives takes no payload."""
    schema = without_arms(make_schema({"anyOf": [TEXT, {"const": 1}]}), frozenset({0, 1}))
    assert not payload_validator(schema).is_met("x")


def test_ask__one_more_of_many_alternatives__has_a_witness_of_the_new_one() -> None:
    """What came is found among many that stayed."""
    arms = [
        {"type": "object", "properties": {"kind": {"const": index}, f"f{index}": TEXT}}
        | {"required": ["kind", f"f{index}"]}
        for index in range(30)
    ]
    versions = Versions(make_schema({"anyOf": arms[:29]}), make_schema({"anyOf": arms}))
    answer = ask(versions, Direction.RESPONSE, Policy.DECLARED)
    assert answer.witness["kind"] == 29
    assert ask(versions, Direction.REQUEST, Policy.DECLARED).is_proved


UNIONS = st.tuples(
    st.sampled_from(["anyOf", "oneOf"]), st.lists(OBJECTS, min_size=1, max_size=3)
).map(lambda pair: {pair[0]: pair[1]})


@given(UNIONS, UNIONS, PAYLOADS)
@settings(deadline=None, max_examples=150)
def test_ask__strict_proofs_of_unions__hold_for_every_payload(
    before: Any, after: Any, payload: Any
) -> None:
    """Leaving shared alternatives out proves nothing that is not so."""
    versions = Versions(make_schema(before), make_schema(after))
    answer = ask(versions, Direction.REQUEST, Policy.STRICT)
    if answer.is_proved and payload_validator(versions.before).is_met(payload):
        assert payload_validator(versions.after).is_met(payload)
