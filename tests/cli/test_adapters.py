"""`driftmend verify` and `driftmend explain`: what an adapter is worth, and what made a target."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import CONTRACT, SOURCE, Ran, assert_refused

Driftmend = Callable[..., Ran]
Write = Callable[[str, Any], Path]


def test_verify__of_a_sound_adapter__is_proved(driftmend: Driftmend, adapter: Path) -> None:
    """An adapter that no payload can break is `proved`, exit 0, and has no confidence."""
    ran = driftmend("verify", adapter, "--json")
    assert ran.code == 0
    assert ran.json["verdict"] == "proved"
    assert ran.json["confidence"] is None
    assert ran.json["tried"] > 0


def test_verify__against_another_schema__is_refuted_with_a_payload(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """`--schema` replaces the embedded source schema; a breaking payload refutes, exit 1."""
    looser = {**SOURCE, "properties": {**SOURCE["properties"], "key": {"type": "string"}}}
    ran = driftmend("verify", adapter, "--schema", write("looser.json", looser), "--json")
    assert (ran.code, ran.json["verdict"]) == (1, "refuted")
    assert isinstance(ran.json["counterexample"]["payload"]["key"], str)
    assert ran.json["counterexample"]["violations"][0]["path"] == "/id"


def test_verify__against_another_contract__names_what_cannot_be_fed(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """`--contract` replaces the embedded contract; a field without a source is infeasible."""
    wider = {**CONTRACT, "required": ["id", "team"]}
    wider["properties"] = {**CONTRACT["properties"], "team": {"type": "string"}}
    path = write("wider.json", wider)
    ran = driftmend("verify", adapter, "--contract", path, "--json")
    assert (ran.code, ran.json["verdict"]) == (1, "infeasible")
    assert ran.json["unsatisfied"] == ["/team"]
    assert "/team" in driftmend("verify", adapter, "--contract", path).out


def test_verify__against_a_contract_with_invariants__names_the_one_that_breaks(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """A contract file carries its invariants; an output that breaks one refutes, exit 1."""
    clause = "x-driftmend-invariants"
    strict = write("strict.json", {**CONTRACT, clause: ["id == id", "id >= 0"]})
    ran = driftmend("verify", adapter, "--contract", strict, "--json")
    assert (ran.code, ran.json["verdict"]) == (1, "refuted")
    assert ran.json["counterexample"]["payload"]["key"] < 0
    assert ran.json["counterexample"]["violations"][0]["clause"] == f"/{clause}/1"
    assert "id >= 0 does not hold" in driftmend("verify", adapter, "--contract", strict).out


def test_verify__an_invariant_that_is_no_cel__is_unusable_input(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """The message names the file, the item and the column, exit 2."""
    broken = write("broken.json", {**CONTRACT, "x-driftmend-invariants": ["id >="]})
    ran = driftmend("verify", adapter, "--contract", broken)
    assert_refused(ran, code=2)
    assert "broken.json: /x-driftmend-invariants /0 is no invariant: column 6" in ran.err


def test_verify__with_pairs__compares_them(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """A paired sample that is not met refutes; one that is met counts as a pair."""
    pair = {"payload": {"key": 1, "full_name": "Ada"}, "expected": {"badges": {"id": 1}}}
    ran = driftmend("verify", adapter, "--samples", write("s.ndjson", json.dumps(pair)), "--json")
    assert (ran.code, ran.json["counterexample"]["kind"]) == (1, "pair")
    pair["expected"] = {"badges": {"id": 1, "name": "ADA"}}
    ran = driftmend("verify", adapter, "--samples", write("s.ndjson", json.dumps(pair)), "--json")
    assert (ran.code, ran.json["pairs"]) == (0, 1)


def test_explain__of_a_target__shows_rule_and_reads(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """The value of a target comes with the rule that made it and what that read."""
    path = write("payload.json", {"key": 1, "full_name": "Ada"})
    ran = driftmend("explain", adapter, path, "/name")
    assert ran.code == 0
    assert '/name = "ADA"' in ran.out
    assert "/rules/1" in ran.out
    assert 'reads /full_name = "Ada"' in ran.out


def test_explain__of_what_no_rule_makes__is_a_no(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """A target that no rule makes is nothing, exit 1."""
    ran = driftmend("explain", adapter, write("payload.json", {"key": 1}), "/nowhere")
    assert ran.code == 1
    assert "nothing" in ran.out


@pytest.mark.parametrize("target", ["name", "//", "/a~2b", "#/name", "/name/~"])
def test_explain__of_no_pointer__never_crashes(
    driftmend: Driftmend, adapter: Path, write: Write, target: str
) -> None:
    """A target that is no pointer is unusable, or names nothing."""
    ran = driftmend("explain", adapter, write("payload.json", {"key": 1}), target)
    assert ran.code in (0, 1, 2)
    assert "Traceback" not in ran.err
    assert "a fault" not in ran.err


def test_explain__of_a_payload_that_is_refused__says_where(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """A rule that fails on the payload is a no with its place."""
    ran = driftmend("explain", adapter, write("payload.json", {"key": 1, "full_name": 7}), "/name")
    assert_refused(ran, code=1)
    assert "/full_name" in ran.err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rules": [{"target": "/id", "value": "uppper(src.key)"}]}, "uppper"),
        ({"rules": [{"target": "/id", "value": "src.key +"}]}, "/rules/0"),
        ({"rules": [{"target": "/id", "value": "__import__('os')"}]}, "__import__"),
        ({"rules": [{"target": "id", "value": "src.key"}]}, "/rules/0"),
        ({"rules": [{"target": "/id", "valu": "src.key"}]}, "valu"),
        ({"rules": [{"target": "/id", "value": "src.key"}] * 2}, "/id"),
        ({"rules": {}}, "/rules"),
        ({"driftmend_adapter": 2}, "driftmend_adapter"),
        ({"source_schema": {"type": "objekt"}}, "objekt"),
        ({"source_schema": {"$ref": "#/$defs/none"}}, "$ref"),
        ({"contract": 7}, "contract"),
        ({"surplus": 1}, "surplus"),
    ],
)
def test_adapter__that_breaks_the_language__names_the_place(
    driftmend: Driftmend, adapter: Path, write: Write, change: dict[str, Any], said: str
) -> None:
    """An adapter outside the language is unusable, and the message says where and what."""
    path = write("bad.json", {**json.loads(adapter.read_text()), **change})
    ran = driftmend("verify", path)
    assert_refused(ran, code=2)
    assert ran.out == ""
    assert said in ran.err
