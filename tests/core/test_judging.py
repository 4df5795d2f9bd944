"""Rules for what a diff means, and for what decided it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from agent.core.contract import payload_validator
from agent.core.diff import compare
from agent.core.flow import Versions
from agent.core.judging import Judgement, judge
from agent.core.schema import make_schema
from tests.core.small_schemas import OBJECTS, PAYLOADS

TEXT = {"type": "string"}


def record(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    """Return an open object schema."""
    return {"type": "object", "properties": properties, "required": required or []}


def judged(before: Any, after: Any, direction: str, policy: str = "declared") -> Judgement:
    """Return the judgement of two schema documents."""
    versions = Versions(make_schema(before), make_schema(after))
    diff = compare(versions.before, versions.after)
    return judge(diff, versions, direction=direction, policy=policy)


@pytest.mark.parametrize(
    ("before", "after", "direction", "verdict", "decider"),
    [
        (record(a=TEXT), record(["a"], a=TEXT), "request", "breaking", "inclusion"),
        (record(a=TEXT), record(["a"], a=TEXT), "response", "non-breaking", "inclusion"),
        (record(a=TEXT), record(["a"], a=TEXT), "none", "breaking", "inclusion"),
        (record(a=TEXT), record(a=TEXT, b=TEXT), "request", "non-breaking", "inclusion"),
        (record(a=TEXT, b=TEXT), record(a=TEXT), "response", "breaking-possible", "policy"),
        (record(a=TEXT, b=TEXT), record(a=TEXT), "request", "non-breaking", "inclusion"),
        (record(mail=TEXT), record(email=TEXT), "request", "breaking-possible", "policy"),
        (record(["a"], a=TEXT), record(), "response", "breaking", "inclusion"),
        ({"enum": ["x"]}, {"enum": ["x", "y"]}, "event", "breaking", "inclusion"),
        (TEXT, {**TEXT, "format": "date"}, "request", "breaking", "policy"),
        (TEXT, {**TEXT, "default": "x"}, "request", "non-breaking", "inclusion"),
        (TEXT, {**TEXT, "title": "T"}, "request", "unchanged", "inclusion"),
        (TEXT, {"anyOf": [TEXT, TEXT]}, "response", "unchanged", "inclusion"),
    ],
)
def test_judge__a_change__has_a_verdict_and_says_what_decided(
    before: Any, after: Any, direction: str, verdict: str, decider: str
) -> None:
    """Payload questions are decided by inclusion; annotations and habits by the table."""
    found = judged(before, after, direction)
    assert (found.verdict, found.decided_by) == (verdict, decider)


def test_judge__an_optional_property_under_both_policies__breaks_under_strict_alone() -> None:
    """Strictly an old payload may carry the new name in any form; declared, it does not occur."""
    pair = record(a=TEXT), record(a=TEXT, b=TEXT)
    assert judged(*pair, "request", "declared").verdict == "non-breaking"
    strict = judged(*pair, "request", "strict")
    assert (strict.verdict, strict.decided_by) == ("breaking", "inclusion")
    assert strict.has_witness


@pytest.mark.parametrize("direction", ["request", "response"])
def test_judge__a_witness__is_sent_by_one_side_and_refused_by_the_other(direction: str) -> None:
    """A witness is valid under one version and not under the other."""
    before, after = record(["a"], a=TEXT), record(["a"], a={"type": "integer"})
    found = judged(before, after, direction)
    sender, taker = (before, after) if direction == "request" else (after, before)
    assert found.has_witness
    assert payload_validator(make_schema(sender)).is_met(found.witness)
    assert not payload_validator(make_schema(taker)).is_met(found.witness)


def test_judge__a_witness_and_no_breaking_check__makes_the_suspects_breaking() -> None:
    """What a witness shows is never listed as harmless alone."""
    before = {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 5}]}
    found = judged(before, {"oneOf": before["oneOf"][:1]}, "request")
    assert found.verdict == "breaking"
    assert any(weighed.level == "breaking" for weighed in found.changes)


@pytest.mark.parametrize(
    ("is_open", "flag", "direction", "verdict"),
    [
        (True, "readOnly", "request", "non-breaking"),
        (False, "readOnly", "request", "breaking"),
        (True, "readOnly", "response", "non-breaking"),
        (True, "writeOnly", "response", "breaking-possible"),
        (False, "writeOnly", "request", "non-breaking"),
    ],
)
def test_judge__a_field_that_one_side_no_longer_has__is_like_one_removed(
    is_open: bool, flag: str, direction: str, verdict: str
) -> None:
    """A request has no read-only field and a response no write-only one."""
    before = {**record(a=TEXT), "additionalProperties": is_open}
    after = {**record(a={**TEXT, flag: True}), "additionalProperties": is_open}
    found = judged(before, after, direction)
    assert found.verdict == verdict
    assert any(weighed.change.check.startswith("became-") for weighed in found.changes)


@given(OBJECTS, OBJECTS, PAYLOADS)
@settings(deadline=None, max_examples=150)
def test_judge__harmless_by_proof__no_payload_is_refused(
    before: Any, after: Any, payload: Any
) -> None:
    """What is strictly proved harmless for writers refuses no payload that was taken before."""
    found = judged(before, after, "request", "strict")
    is_harmless = found.verdict in ("unchanged", "non-breaking")
    if is_harmless and payload_validator(make_schema(before)).is_met(payload):
        assert payload_validator(make_schema(after)).is_met(payload)


@given(OBJECTS, OBJECTS)
@settings(deadline=None, max_examples=150)
def test_judge__strict__never_finds_less_than_declared(before: Any, after: Any) -> None:
    """What breaks without undeclared properties breaks with them."""
    if judged(before, after, "response", "declared").has_witness:
        assert judged(before, after, "response", "strict").verdict == "breaking"


def test_judge__other_invariants__are_never_called_harmless() -> None:
    """Inclusion reads no CEL, so a change of invariants stays with the table."""
    after = record(a=TEXT) | {"x-driftmend-invariants": ["has(output.a)"]}
    found = judged(record(a=TEXT), after, "request")
    assert (found.verdict, found.decided_by) == ("breaking-possible", "policy")
