"""Verdicts: what is wrong is refuted with a payload that shows it, what is right is tested."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.contract import Contract, payload_validator
from agent.core.language.interpreter import run
from agent.core.proposing import Evidence, EvidenceKind, RuleNote, Sample, Unfed
from agent.core.schema import make_schema
from agent.core.verify.proof import prove
from agent.core.verify.record import CounterexampleKind, Verdict, Verification
from agent.core.verify.trial import contract_violations
from agent.core.verify.verify import verify
from tests.core.verify.making import (
    BOOL,
    INT,
    NUMBER,
    TEXT,
    array,
    check,
    codes,
    enum,
    make_adapter,
    map_of,
    obj,
    value,
)

LINES = array(obj("sku price", sku=TEXT, price=NUMBER))


def note(target: str, confidence: float = 0.99, **more: Any) -> RuleNote:
    """Return a note on one rule."""
    return RuleNote(target=target, confidence=confidence, **more)


def loop(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a rule over the lines."""
    return {"target": "/rows", "each": "src.lines", "as": "line", "rules": list(rules), **more}


WRONG: dict[str, tuple[list[dict[str, Any]], Any, Any]] = {
    "an enum arm that the contract does not know": (
        [value("/s", "upper(src.s)")],
        obj("s", s=enum("new", "paid", "void")),
        obj("s", s=enum("NEW", "PAID")),
    ),
    "a table that maps one enum value wrongly": (
        [value("/s", "lookup(src.s, {'new': 'NEW', 'paid': 'PAID', 'void': 'VOIDED'})")],
        obj("s", s=enum("new", "paid", "void")),
        obj("s", s=enum("NEW", "PAID", "VOID")),
    ),
    "a required field from an optional one": (
        [value("/name", "src.name")],
        obj("", name=TEXT),
        obj("name", name=TEXT),
    ),
    "a required field below a parent that exists only sometimes": (
        [value("/who/id", "src.id"), value("/who/name", "src.user.name")],
        obj("id", id=INT, user=obj("name", name=TEXT)),
        obj("", who=obj("id name", id=INT, name=TEXT)),
    ),
    "null where the contract has none": (
        [value("/note", "src.note")],
        obj("note", note={"type": ["string", "null"]}),
        obj("", note=TEXT),
    ),
    "null items of an array": (
        [value("/tags", "src.tags")],
        obj("tags", tags=array({"type": ["string", "null"]})),
        obj("tags", tags=array(TEXT)),
    ),
    "an undeclared field under an open contract": (
        [value("/id", "src.id"), value("/extra", "src.id")],
        obj("id", id=INT),
        obj("id", id=INT),
    ),
    "an undeclared field inside a whole object": (
        [value("/user", "src.user")],
        obj("user", user=obj("id", id=INT, mail=TEXT)),
        obj("user", user=obj("id", id=INT)),
    ),
    "an undeclared field that an open source may send": (
        [value("/user", "src.user")],
        obj("user", user=obj("id", id=INT)),
        obj("user", user=obj("id", id=INT)),
    ),
    "a boolean for an integer": (
        [value("/n", "src.is_open")],
        obj("is_open", is_open=BOOL),
        obj("n", n=INT),
    ),
    "an integer for a boolean": (
        [value("/b", "src.n")],
        obj("n", n=enum(0, 1)),
        obj("b", b=BOOL),
    ),
    "a number for an integer": (
        [value("/n", "src.n")],
        obj("n", n=NUMBER),
        obj("n", n=INT),
    ),
    "a division that gives a fraction": (
        [value("/n", "src.cents / 100")],
        obj("cents", cents=INT),
        obj("n", n=INT),
    ),
    "a number beyond a bound": (
        [value("/n", "src.n")],
        obj("n", n={"type": "integer", "minimum": 0}),
        obj("n", n={"type": "integer", "minimum": 0, "maximum": 1_000_000}),
    ),
    "a number on an exclusive bound": (
        [value("/n", "src.n")],
        obj("n", n={"type": "number", "minimum": 0}),
        obj("n", n={"type": "number", "exclusiveMinimum": 0}),
    ),
    "a text that is too long": (
        [value("/t", "src.t")],
        obj("t", t={"type": "string", "maxLength": 20}),
        obj("t", t={"type": "string", "maxLength": 10}),
    ),
    "a text that may be empty": (
        [value("/t", "trim(src.t)")],
        obj("t", t={"type": "string", "minLength": 1}),
        obj("t", t={"type": "string", "minLength": 1}),
    ),
    "an array that may be empty": (
        [loop(value("/sku", "line.sku"))],
        obj("lines", lines=LINES),
        obj("rows", rows={**array(obj("sku", sku=TEXT)), "minItems": 1}),
    ),
    "the first item of an array that may be empty": (
        [value("/sku", "first(src.lines).sku")],
        obj("lines", lines=LINES),
        obj("sku", sku=TEXT),
    ),
    "the second item, which is not always there": (
        [value("/a", "src.lines[0].sku"), value("/b", "src.lines[1].sku")],
        obj("lines", lines={**LINES, "minItems": 1}),
        obj("a b", a=TEXT, b=TEXT),
    ),
    "an item field that is optional in the source": (
        [loop(value("/sku", "line.sku"))],
        obj("lines", lines=array(obj("", sku=TEXT))),
        obj("rows", rows=array(obj("sku", sku=TEXT))),
    ),
    "items that are filtered out": (
        [loop(value("/sku", "line.sku"), where="line.price > 0")],
        obj("lines", lines={**LINES, "minItems": 1}),
        obj("rows", rows={**array(obj("sku", sku=TEXT)), "minItems": 1}),
    ),
    "duplicates under uniqueItems": (
        [value("/tags", "src.tags")],
        obj("tags", tags=array(TEXT)),
        obj("tags", tags={**array(TEXT), "uniqueItems": True}),
    ),
    "one arm of a union": (
        [value("/iban", "src.pay.iban")],
        obj(
            "pay", pay={"oneOf": [obj("iban", iban=TEXT), obj("cash", cash=INT, iban={"not": {}})]}
        ),
        obj("iban", iban=TEXT),
    ),
    "a text arm of a union of types": (
        [value("/id", "src.id")],
        obj("id", id={"type": ["integer", "string"]}),
        obj("id", id=INT),
    ),
    "a branch behind a literal": (
        [value("/s", "'WRONG' if src.s == 'zaphod' else 'OK'")],
        obj("s", s=TEXT),
        obj("s", s=enum("OK")),
    ),
    "a branch behind a number": (
        [value("/s", "'LARGE' if src.n > 123456 else 'SMALL'")],
        obj("n", n=INT),
        obj("s", s=enum("SMALL")),
    ),
    "a branch of a switch without a default": (
        [value("/s", "switch(src.s, {'a': 'A', 'b': 'B'})")],
        obj("s", s=enum("a", "b", "c")),
        obj("s", s=enum("A", "B")),
    ),
    "a rule behind a condition that does not always hold": (
        [value("/s", "src.s", when="src.b")],
        obj("s b", s=TEXT, b=BOOL),
        obj("s", s=TEXT),
    ),
    "a merged key order of first and last name": (
        [value("/name", "join(' ', src.first, src.last)")],
        obj("first last", first=TEXT, last=TEXT),
        obj("name", name={"type": "string", "minLength": 3}),
    ),
    "map values that may be null": (
        [value("/m", "src.m")],
        obj("m", m={"type": "object", "additionalProperties": {"type": ["integer", "null"]}}),
        obj("m", m={"type": "object", "additionalProperties": INT}),
    ),
    "a fault that other rules hide by refusing odd texts": (
        [
            value("/at", "to_epoch(src.at)"),
            value("/price", "number(src.price)"),
            value("/day", "iso_date(src.day)"),
            value("/name", "src.name"),
        ],
        obj("at price day", at=TEXT, price=TEXT, day=TEXT, name=TEXT),
        obj("name", at=INT, price=NUMBER, day=TEXT, name=TEXT),
    ),
    "a null parent": (
        [{"target": "/who", "with": "src.who", "as": "w", "rules": [value("/id", "w.id")]}],
        obj("who", who={**obj("id", id=INT), "type": ["object", "null"]}),
        obj("", who=obj("id", id=INT)),
    ),
    "a copy of an open object that may hold a declared name with another type": (
        [{"target": "/meta", "copy": "src.meta"}],
        obj("meta", meta=obj("a", a=INT)),
        obj("meta", meta=obj("a", a=INT, debug=BOOL)),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_verify__with_a_subtly_wrong_adapter__refutes_it(name: str) -> None:
    """Every one of these faults is found, and shown on a valid payload that has it."""
    rules, source, contract = WRONG[name]
    found = check(rules, source=source, contract=contract)
    assert found.verdict is Verdict.REFUTED, name
    assert found.decision_needed
    shown = found.counterexample
    assert shown is not None
    assert shown.kind is CounterexampleKind.CONTRACT
    adapter = make_adapter(rules, source=source, contract=contract)
    assert payload_validator(make_schema(source)).is_met(shown.payload)
    assert run(adapter, shown.payload) == shown.output
    judge = Contract(consumer="billing", schema=make_schema(contract))
    assert contract_violations(judge, shown.output) == shown.violations != ()


RIGHT: dict[str, tuple[list[dict[str, Any]], Any, Any]] = {
    "a rename": ([value("/ID", "src.id")], obj("id", id=INT), obj("ID", ID=INT)),
    "a full enum table": (
        [value("/s", "lookup(src.s, {'new': 'NEW', 'paid': 'PAID'})")],
        obj("s", s=enum("new", "paid")),
        obj("s", s=enum("NEW", "PAID", "OTHER")),
    ),
    "an optional field to an optional one": (
        [value("/b", "src.a")],
        obj("", a=TEXT),
        obj("", b=TEXT),
    ),
    "a default for a missing or null field": (
        [value("/b", "default(src.a, 'none')")],
        obj("", a={"type": ["string", "null"]}),
        obj("b", b=TEXT),
    ),
    "a null that becomes absent": (
        [value("/note", "not_null(src.note)")],
        obj("note", note={"type": ["string", "null"]}),
        obj("", note=TEXT),
    ),
    "an integer for a number": ([value("/n", "src.n")], obj("n", n=INT), obj("n", n=NUMBER)),
    "rows of lines": (
        [loop(value("/sku", "line.sku"), value("/cost", "line.price"))],
        obj("lines", lines=LINES),
        obj("rows", rows=array(obj("sku cost", sku=TEXT, cost=NUMBER))),
    ),
    "a copy of declared fields from a closed object": (
        [{"target": "/user", "copy": "src.user"}],
        obj("user", user={**obj("id", id=INT, mail=TEXT), "additionalProperties": False}),
        obj("user", user=obj("id", id=INT)),
    ),
    "a union told apart": (
        [value("/id", "text(src.id)")],
        obj("id", id={"type": ["integer", "string"]}),
        obj("id", id=TEXT),
    ),
    "a parent that exists only with its fields": (
        [{"target": "/who", "with": "src.who", "as": "w", "rules": [value("/id", "w.id")]}],
        obj("", who=obj("id", id=INT)),
        obj("", who=obj("id", id=INT)),
    ),
    "a constant that the contract fixes": (
        [value("/v", "'2.0'"), value("/id", "src.id")],
        obj("id", id=INT),
        obj("v id", v={"const": "2.0"}, id=INT),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_verify__with_a_right_adapter__proves_it(name: str) -> None:
    """A right adapter is proved, and tried all the same."""
    rules, source, contract = RIGHT[name]
    found = check(rules, source=source, contract=contract)
    assert found.verdict is Verdict.PROVED, found.findings
    assert found.counterexample is None
    assert found.tried >= 2


@pytest.mark.parametrize("name", WRONG)
def test_verify__with_a_counterexample__shows_a_small_one(name: str) -> None:
    """The counterexample is shrunk: little remains besides what shows the fault."""
    rules, source, contract = WRONG[name]
    shown = check(rules, source=source, contract=contract).counterexample
    assert shown is not None
    assert len(str(shown.payload)) < 160


@pytest.mark.parametrize("name", WRONG)
def test_prove__of_a_wrong_adapter__leaves_something_open(name: str) -> None:
    """No adapter that some payload breaks is proved, whether or not a search finds the payload."""
    rules, source, contract = WRONG[name]
    adapter = make_adapter(rules, source=source, contract=contract)
    judge = Contract(consumer="billing", schema=make_schema(contract))
    assert not prove(adapter, after=make_schema(source), contract=judge).is_proved


def test_verify__with_a_rule_that_refuses__stays_tested_and_says_so() -> None:
    """A refusal is loud, so the verdict stays; the finding and the payload name it."""
    found = check(
        [value("/n", "number(src.t)"), value("/id", "src.id")],
        source=obj("t id", t=TEXT, id=INT),
        contract=obj("n id", n=NUMBER, id=INT),
    )
    assert found.verdict is Verdict.TESTED
    assert "may_refuse" in codes(found)
    shown = found.counterexample
    assert shown is not None
    assert (shown.kind, shown.output) == (CounterexampleKind.REFUSED, None)
    assert shown.payload == {"t": "", "id": 0}
    assert shown.violations[0].path == "/n"


def test_verify__with_a_table_that_misses_an_arm__flags_the_refusal() -> None:
    """`lookup` fails on an unknown key, so a missing enum arm may be refused."""
    found = check(
        [value("/s", "lookup(src.s, {'new': 'NEW'})")],
        source=obj("s", s=enum("new", "paid")),
        contract=obj("s", s=enum("NEW", "PAID")),
    )
    assert found.verdict is Verdict.TESTED
    assert found.counterexample is not None
    assert found.counterexample.payload == {"s": "paid"}
    assert "may_refuse" in codes(found)


def pair(payload: Any, expected: Any) -> Sample:
    """Return a paired sample of billing."""
    return Sample(payload=payload, expected=(("billing", expected),))


def test_verify__with_an_unmet_pair__refutes_and_names_the_paths() -> None:
    """A paired sample that differs refutes, and the violations list where."""
    found = check(
        [value("/a", "src.x"), value("/b", "src.y")],
        source=obj("x y", x=INT, y=INT),
        contract=obj("a b", a=INT, b=INT),
        samples=[
            pair({"x": 1, "y": 2}, {"a": 1, "b": 2}),
            pair({"x": 3, "y": 4}, {"a": 3, "b": 5}),
        ],
    )
    assert found.verdict is Verdict.REFUTED
    assert found.pairs == 2
    shown = found.counterexample
    assert shown is not None
    assert (shown.kind, shown.payload) == (CounterexampleKind.PAIR, {"x": 3, "y": 4})
    assert [(one.path, one.clause) for one in shown.violations] == [("/b", "expected")]


def test_verify__with_a_refused_pair__refutes() -> None:
    """A paired sample that is refused is not met."""
    found = check(
        [value("/n", "number(src.t)")],
        source=obj("t", t=TEXT),
        contract=obj("n", n=NUMBER),
        samples=[pair({"t": "12,50"}, {"n": 12.5})],
    )
    assert found.verdict is Verdict.REFUTED
    assert found.counterexample is not None
    assert found.counterexample.kind is CounterexampleKind.PAIR


def test_verify__with_a_pair_of_another_consumer__ignores_it() -> None:
    """What another consumer expects says nothing here."""
    sample = Sample(payload={"x": 1}, expected=(("shipping", {"z": 9}),))
    found = check(
        [value("/a", "src.x")], source=obj("x", x=INT), contract=obj("a", a=INT), samples=[sample]
    )
    assert (found.verdict, found.pairs) == (Verdict.PROVED, 0)


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [(1.0, Verdict.PROVED), (1.0000000001, Verdict.PROVED), (True, Verdict.REFUTED),
     (1.001, Verdict.REFUTED), ("1", Verdict.REFUTED), (None, Verdict.REFUTED)],
)  # fmt: skip
def test_verify__with_a_pair__compares_as_json(expected: Any, verdict: Verdict) -> None:
    """1 equals 1.0 and what lies within the tolerance, and neither true nor a text."""
    found = check(
        [value("/a", "src.x")],
        source=obj("x", x=INT),
        contract=obj("a", a={}),
        samples=[pair({"x": 1}, {"a": expected})],
    )
    assert found.verdict is verdict


def test_verify__with_a_sample_that_breaks_the_contract__refutes_on_it() -> None:
    """Samples are tried on the contract too, beyond what the search would write."""
    found = check(
        [value("/t", "src.t")],
        source=obj("t", t=TEXT),
        contract=obj("t", t={"type": "string", "not": {"const": "very special text"}}),
        samples=[Sample(payload={"t": "very special text"})],
    )
    assert found.verdict is Verdict.REFUTED


def test_verify__with_an_invalid_sample__says_so_and_goes_on() -> None:
    """A sample that the source schema does not allow is a finding, not a counterexample."""
    found = check(
        [value("/a", "src.x")],
        source=obj("x", x=INT),
        contract=obj("a", a=INT),
        samples=[Sample(payload={"x": "one"})],
    )
    assert found.verdict is Verdict.PROVED
    assert "invalid-sample" in codes(found)


def test_verify__with_a_required_field_that_nothing_feeds__is_infeasible() -> None:
    """The field is named, the question is put, and no value is made up."""
    found = check(
        [value("/id", "src.id")],
        source=obj("id", id=INT),
        contract=obj("id tax", id=INT, tax=NUMBER),
        unfed=[Unfed(path="/tax", is_required=True, question="Who computes the tax now?")],
    )
    assert found.verdict is Verdict.INFEASIBLE
    assert found.unsatisfied == ("/tax",)
    assert found.decision_needed
    assert any("Who computes the tax now?" in one.message for one in found.findings)


def test_verify__with_a_forgotten_required_field__is_infeasible_without_being_told() -> None:
    """A required field that no rule can write is found from the rules alone."""
    found = check(
        [{"target": "/rows", "each": "src.lines", "as": "l", "rules": [value("/sku", "l.sku")]}],
        source=obj("lines", lines=LINES),
        contract=obj("rows", rows=array(obj("sku qty", sku=TEXT, qty=INT))),
    )
    assert (found.verdict, found.unsatisfied) == (Verdict.INFEASIBLE, ("/rows/*/qty",))


BY_SKU = {"target": "/by", "each": "src.lines", "as": "l", "key": "l.sku"}


def test_verify__of_a_map_by_key__finds_what_its_items_lack() -> None:
    """A required field of a map's values is asked of the rows of the map."""
    contract = obj("by", by=map_of(obj("sku qty", sku=TEXT, qty=INT)))
    source = obj("lines", lines=array(obj("sku qty", sku=TEXT, qty=INT)))
    rows = [value("/sku", "l.sku")]
    found = check([{**BY_SKU, "rules": rows}], source=source, contract=contract)
    assert (found.verdict, found.unsatisfied) == (Verdict.INFEASIBLE, ("/by/*/qty",))
    rows.append(value("/qty", "l.qty"))
    found = check([{**BY_SKU, "rules": rows}], source=source, contract=contract)
    assert (found.verdict, found.unsatisfied) == (Verdict.PROVED, ())


def test_verify__of_a_map_by_key__may_feed_fields_that_are_named() -> None:
    """A key that is computed may be the name of a required field."""
    found = check(
        [{**BY_SKU, "rules": [value("/n", "l.qty")]}],
        source=obj("lines", lines=array(obj("sku qty", sku=enum("a"), qty=INT))),
        contract=obj("by", by={"type": "object", "properties": {"a": obj("n", n=INT)}}),
    )
    assert found.unsatisfied == ()


def test_verify__of_a_map_by_key__refutes_fields_that_no_value_declares() -> None:
    """What stands at the keys is held against what the map's values declare."""
    found = check(
        [{**BY_SKU, "rules": [value("/qty", "l.qty", when="l.sku == 'a' and l.sku == 'b'")]}],
        source=obj("lines", lines=LINES),
        contract=obj("", by=map_of(obj("", sku=TEXT))),
    )
    assert found.verdict is Verdict.REFUTED
    assert "undeclared" in codes(found)


def test_verify__with_a_required_object_that_nothing_feeds__names_its_fields() -> None:
    """Where a whole required object is unfed, its required fields are named instead."""
    found = check(
        [value("/id", "src.id")],
        source=obj("id", id=INT),
        contract=obj("id who", id=INT, who=obj("name mail", name=TEXT, mail=TEXT, fax=TEXT)),
    )
    assert found.unsatisfied == ("/who/name", "/who/mail")


def test_verify__with_an_unfed_field_in_an_optional_parent__is_feasible() -> None:
    """What is required inside a parent that the adapter does not create need not be fed."""
    found = check(
        [value("/id", "src.id")],
        source=obj("id", id=INT),
        contract=obj("id", id=INT, who=obj("name", name=TEXT)),
        unfed=[
            Unfed(path="/who/name", is_required=True, question=""),
            Unfed(path="/who", is_required=False, question=""),
        ],
    )
    assert (found.verdict, found.unsatisfied) == (Verdict.PROVED, ())
    assert "unfed" in codes(found)


def test_verify__with_an_unfed_field_that_a_rule_writes_after_all__is_feasible() -> None:
    """An amended rule outweighs what the proposer could not feed."""
    found = check(
        [value("/id", "src.id")],
        source=obj("id", id=INT),
        contract=obj("id", id=INT),
        unfed=[Unfed(path="/id", is_required=True, question="")],
    )
    assert found.verdict is Verdict.PROVED


def test_verify__with_infeasible_and_wrong__is_infeasible() -> None:
    """The order is infeasible, refuted, proved, tested."""
    found = check(
        [value("/n", "src.t")], source=obj("t", t=TEXT), contract=obj("n tax", n=INT, tax=INT)
    )
    assert found.verdict is Verdict.INFEASIBLE


def test_verify__with_an_undeclared_target_behind_a_dead_condition__refutes() -> None:
    """A rule that can emit an undeclared field is refuted, even if the search never sees it."""
    found = check(
        [value("/id", "src.id"), value("/x", "src.id", when="src.t == 'a' and src.t == 'b'")],
        source=obj("id t", id=INT, t=TEXT),
        contract=obj("id", id=INT),
    )
    assert found.verdict is Verdict.REFUTED
    assert "undeclared" in codes(found)


def test_verify__under_another_schema_than_the_embedded_one__follows_after() -> None:
    """`after` rules: a field that became optional there refutes."""
    contract = obj("a", a=INT)
    adapter = make_adapter([value("/a", "src.x")], source=obj("x", x=INT), contract=contract)
    found = verify(
        adapter,
        after=make_schema(obj("", x=INT)),
        contract=Contract(consumer="billing", schema=make_schema(contract)),
    )
    assert found.verdict is Verdict.REFUTED
    assert found.counterexample is not None
    assert found.counterexample.payload == {}


def checked(*notes: RuleNote, **more: Any) -> Verification:
    """Return the verification of a plain rename with these notes."""
    return check(
        [value("/a", "src.x"), value("/b", "src.y")],
        source=obj("x y", x=INT, y=INT),
        contract=obj("a b", a=INT, b=INT),
        notes=notes,
        **more,
    )


def test_confidence__of_sure_rules__asks_nobody() -> None:
    """A tested adapter of rules that are nearly certain needs no decision."""
    found = checked(note("/a", 0.99), note("/b", 0.98))
    assert found.confidence is not None
    assert 0.95 <= found.confidence <= 0.98
    assert not found.decision_needed


def test_confidence__of_an_unsure_rule__asks() -> None:
    """One doubtful rule makes the whole adapter doubtful, and says which."""
    found = checked(note("/a", 0.99), note("/b", 0.7))
    assert found.decision_needed
    assert [one.path for one in found.findings if one.code == "low-confidence"] == ["/b"]


def test_confidence__with_a_rule_that_nobody_vouches_for__stays_below_the_floor() -> None:
    """A rule without a note keeps the adapter under the floor."""
    found = checked(note("/a", 1.0, evidence=(Evidence(EvidenceKind.IN_FORCE, "unchanged"),)))
    assert found.confidence is not None
    assert found.confidence <= 0.94
    assert found.decision_needed


def test_confidence__of_a_hand_written_adapter__is_not_given() -> None:
    """Without notes there is no confidence, and a person decides."""
    found = checked()
    assert found.confidence is None
    assert found.decision_needed


def test_confidence__when_nothing_could_be_tried__stays_below_the_floor() -> None:
    """No payload, no trust: a schema that nothing satisfies cannot be tested."""
    found = check(
        [value("/a", "src.x")],
        source={"type": "object", "properties": {"x": INT}, "required": ["x"], "not": {}},
        contract=obj("", a=INT),
        notes=[note("/a", 1.0)],
    )
    assert found.tried == 0
    assert found.decision_needed


@pytest.mark.parametrize("open_note", [{"question": "which one?"}, {"is_lossy": True}])
def test_decision__with_an_open_note__is_needed(open_note: dict[str, Any]) -> None:
    """A question that somebody has to answer, or a loss, needs a decision at any confidence."""
    assert checked(note("/a", 1.0, **open_note), note("/b", 1.0)).decision_needed


@pytest.mark.parametrize(
    ("prices", "code"), [((1.25, 2.0), "lossy-as-shown"), ((1.0, 2.0), "lossy")]
)
def test_decision__a_loss_that_pairs_show__is_told_and_not_asked(
    prices: tuple[float, float], code: str
) -> None:
    """Who gave a pair with a rounded price has said that prices may be rounded."""
    found = check(
        [value("/a", "round(src.x)")],
        source=obj("x", x=NUMBER),
        contract=obj("a", a=NUMBER),
        samples=[
            Sample(payload={"x": price}, expected=(("billing", {"a": round(price)}),))
            for price in prices
        ],
        notes=[note("/a", 1.0)],
    )
    assert [one.code for one in found.findings if one.code.startswith("lossy")] == [code]
    assert found.decision_needed == (code == "lossy")


def test_decision__rivals_that_the_confidence_has_weighed__are_alternatives() -> None:
    """An adapter that is sure enough only shows them; a less sure one asks."""
    sure = checked(note("/a", 1.0, is_ambiguous=True), note("/b", 1.0))
    unsure = checked(note("/a", 0.8, is_ambiguous=True), note("/b", 1.0))
    assert not sure.decision_needed
    assert [one.path for one in sure.findings if one.code == "alternatives"] == ["/a"]
    assert unsure.decision_needed
    assert [one.path for one in unsure.findings if one.code == "ambiguous"] == ["/a"]


def test_verify__twice__gives_the_same_verification() -> None:
    """The same adapter, schema and seed give the same verification."""
    rules, source, contract = WRONG["an item field that is optional in the source"]
    assert check(rules, source=source, contract=contract, seed=3) == check(
        rules, source=source, contract=contract, seed=3
    )


def test_verify__of_a_typical_adapter__takes_under_a_second_and_a_half() -> None:
    """300 tries, the adapter's runs among them, stay within 1.5 s of CPU."""
    began = time.process_time()
    found = check(
        [
            value("/id", "src.id"),
            value("/at", "iso_datetime(src.at)"),
            loop(value("/sku", "line.sku"), value("/cents", "round(line.price * 100)")),
        ],
        source=obj("id at lines", id=INT, at={**TEXT, "format": "date-time"}, lines=LINES),
        contract=obj(
            "id at rows", id=INT, at=TEXT, rows=array(obj("sku cents", sku=TEXT, cents=INT))
        ),
    )
    assert found.verdict is Verdict.TESTED
    assert found.tried >= 200
    assert time.process_time() - began < 1.5


FIELD_TYPES = [TEXT, INT, NUMBER, BOOL, {"type": ["string", "null"]}, enum("a", 1, None)]


@settings(max_examples=60, deadline=None)
@given(
    source_type=st.sampled_from(FIELD_TYPES),
    target_type=st.sampled_from(FIELD_TYPES),
    is_required=st.booleans(),
    is_sent=st.booleans(),
)
def test_verify__of_any_rename__refutes_exactly_when_the_types_do_not_fit(
    source_type: Any, target_type: Any, is_required: bool, is_sent: bool
) -> None:
    """Law: a plain rename is proved if every value fits and is there when required."""
    source = obj("x" if is_sent else "", x=source_type)
    found = check([value("/a", "src.x")], source=source, contract=obj(
        "a" if is_required else "", a=target_type))  # fmt: skip
    fits = source_type == target_type or (source_type, target_type) in [
        (INT, NUMBER), (TEXT, {"type": ["string", "null"]})
    ]  # fmt: skip
    is_right = fits and (is_sent or not is_required)
    assert found.verdict is (Verdict.PROVED if is_right else Verdict.REFUTED)


def test_verify__with_many_rules_that_refuse_odd_texts__still_finds_the_fault() -> None:
    """Values that every rule takes are found first, so that refusals do not hide a fault."""
    functions = ["number", "to_epoch", "iso_date", "integer", "unbase64", "boolean"] * 2
    rules = [value(f"/o{i}", f"{name}(src.t{i})") for i, name in enumerate(functions)]
    texts = {f"t{i}": TEXT for i in range(len(functions))}
    outputs: dict[str, Any] = {f"o{i}": {} for i in range(len(functions))}
    found = check(
        [*rules, value("/f", "src.f")],
        source=obj(" ".join(texts), **texts, f=INT),
        contract=obj("f", **outputs, f=INT),
    )
    assert found.verdict is Verdict.REFUTED
    assert found.counterexample is not None
    assert found.counterexample.violations[0].path == ""


def test_verify__when_hardly_a_payload_gets_through__says_so_and_asks() -> None:
    """An adapter that refuses everything is tested on nothing: no confidence can carry it."""
    found = check(
        [value("/a", "src.x"), value("/b", "fail('not yet') if src.x != 123456789 else src.x")],
        source=obj("x", x={"type": "integer", "maximum": 1000}),
        contract=obj("a b", a=INT, b=INT),
        notes=[note("/a", 1.0), note("/b", 1.0)],
    )
    assert found.verdict is Verdict.TESTED
    assert "thin-search" in codes(found)
    assert found.decision_needed


def test_verify__with_conversions__gets_many_payloads_through() -> None:
    """A right adapter that refuses odd texts is not called thin."""
    found = check(
        [value("/a", "number(src.x)"), value("/b", "iso_datetime(src.y)")],
        source=obj("x y", x=TEXT, y=TEXT),
        contract=obj("a b", a=NUMBER, b=TEXT),
        notes=[note("/a", 1.0), note("/b", 1.0)],
    )
    assert "thin-search" not in codes(found)
    assert not found.decision_needed


def test_verify__with_an_enum_of_hundreds__tries_every_value() -> None:
    """Every enum value is tried, also the one that alone breaks the contract."""
    known = [f"code-{number}" for number in range(500)]
    found = check(
        [value("/c", "src.c")],
        source=obj("c n", c=enum(*known), n=INT),
        contract=obj("c", c=enum(*known[:401], *known[402:])),
    )
    assert found.verdict is Verdict.REFUTED
    assert found.counterexample is not None
    assert found.counterexample.payload["c"] == "code-401"


def test_verify__note_on_an_absent_target__lowers_the_confidence() -> None:
    """A field that is perhaps wrongly absent makes the whole less sure, and a person decides."""
    rules = [value("/a", "src.a")]
    shapes = {"source": obj("a", a=TEXT), "contract": obj("a", a=TEXT, b=TEXT)}
    sure, unsure = note("/a"), note("/b", 0.5)
    assert check(rules, **shapes, notes=[sure]).decision_needed is False
    found = check(rules, **shapes, notes=[sure, unsure])
    assert found.confidence is not None
    assert (found.confidence <= 0.5, found.decision_needed) == (True, True)
