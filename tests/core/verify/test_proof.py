"""What is proved of an adapter, and what keeps one from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.core.contract import Contract, payload_validator
from agent.core.invariants.declaring import KEYWORD
from agent.core.schema import make_schema
from agent.core.verify.proof import Obligation, ObligationKind, Proof, prove
from agent.core.verify.record import Verdict, verification_from_json, verification_to_json
from agent.core.verify.trial import try_contract
from tests.core.verify.making import (
    BOOL,
    INT,
    NUMBER,
    TEXT,
    array,
    check,
    enum,
    make_adapter,
    map_of,
    obj,
)
from tests.core.verify.soundness import run


def value(target: str, expression: str, **more: Any) -> dict[str, Any]:
    """Return a value rule."""
    return {"target": target, "value": expression, **more}


def proof_of(rules: list[dict[str, Any]], source: Any, contract: Any) -> Proof:
    """Return the proof of rules from a source schema to a contract."""
    adapter = make_adapter(rules, source=source, contract=contract)
    judge = Contract("billing", make_schema(contract))
    return prove(adapter, after=make_schema(source), contract=judge)


def closed(required: str = "", **properties: Any) -> dict[str, Any]:
    """Return the schema of an object with these fields and no others."""
    return {**obj(required, **properties), "additionalProperties": False}


PAYMENT = {
    "oneOf": [
        obj("kind iban", kind={"const": "sepa"}, iban=TEXT),
        obj("kind number", kind={"const": "card"}, number=TEXT),
    ]
}

PROVED: dict[str, tuple[list[dict[str, Any]], Any, Any]] = {
    "a discriminator that a condition tests": (
        [value("/id", "src.pay.iban if src.pay.kind == 'sepa' else src.pay.number")],
        obj("pay", pay=PAYMENT),
        obj("id", id=TEXT),
    ),
    "a discriminator that a switch tests": (
        [value("/id", "switch(src.pay.kind, {'sepa': src.pay.iban, 'card': src.pay.number})")],
        obj("pay", pay=PAYMENT),
        obj("id", id=TEXT),
    ),
    "rows for each kind of a union": (
        [
            value("/id", "src.pay.iban", when="src.pay.kind == 'sepa'"),
            value("/id", "src.pay.number", when="not (src.pay.kind == 'sepa')"),
        ],
        obj("pay", pay=PAYMENT),
        obj("id", id=TEXT),
    ),
    "a null that a condition takes away": (
        [value("/note", "src.note", when="present(src.note) and not is_null(src.note)")],
        obj("", note={"type": ["string", "null"]}),
        obj("", note=TEXT),
    ),
    "a table with an answer for all else": (
        [value("/s", "lookup(src.s, {'a': 'A'}, otherwise='OTHER')")],
        obj("s", s=TEXT),
        obj("s", s=enum("A", "OTHER")),
    ),
    "sums of small integers": (
        [value("/n", "src.a * 100 + src.b")],
        obj(
            "a b",
            a={"type": "integer", "minimum": 0, "maximum": 9},
            b={"type": "integer", "minimum": 0, "maximum": 99},
        ),
        obj("n", n={"type": "integer", "minimum": 0, "maximum": 999}),
    ),
    "an amount in cents within bounds": (
        [value("/n", "scale(src.price, 2)")],
        obj("price", price={"type": "integer", "minimum": 0, "maximum": 1000}),
        obj("n", n={"type": "integer", "maximum": 100_000}),
    ),
    "seconds of this century": (
        [value("/at", "iso_datetime(from_epoch(src.at, unit='s'))")],
        obj("at", at={"type": "integer", "minimum": 0, "maximum": 4_102_444_800}),
        obj("at", at={"type": "string", "pattern": "^[0-9]{4}-"}),
    ),
    "a map whose values are copied": (
        [{"target": "", "copy": "src"}],
        closed("labels", labels=map_of(TEXT)),
        obj("labels", labels=map_of(TEXT)),
    ),
    "keys of a pattern that are copied": (
        [{"target": "", "copy": "src"}],
        {"type": "object", "patternProperties": {"^x-": INT}, "additionalProperties": TEXT},
        {"type": "object", "patternProperties": {"^x-": INT}, "additionalProperties": False},
    ),
    "unique items that are copied": (
        [value("/tags", "src.tags")],
        obj("tags", tags={**array(TEXT), "uniqueItems": True, "maxItems": 3}),
        obj("tags", tags={**array(TEXT), "uniqueItems": True, "maxItems": 4}),
    ),
    "a tree that is copied whole": (
        [value("/root", "src.root")],
        {
            **closed("root", root={"$ref": "#/$defs/node"}),
            "$defs": {"node": closed("name", name=TEXT, below=array({"$ref": "#/$defs/node"}))},
        },
        {
            **obj("root", root={"$ref": "#/$defs/tree"}),
            "$defs": {"tree": obj("name", name=TEXT, below=array({"$ref": "#/$defs/tree"}))},
        },
    ),
    "integers of 64 bits": (
        [value("/n", "count(src.tags)")],
        obj("tags", tags=array(TEXT)),
        obj("n", n={"type": "integer", "minimum": 0, "maximum": 2**63 - 1}),
    ),
    "multiples": (
        [value("/n", "src.n")],
        obj("n", n={"type": "number", "multipleOf": 0.5}),
        obj("n", n={"type": "number", "multipleOf": 0.5}),
    ),
}


@pytest.mark.parametrize("name", PROVED)
def test_prove__of_a_right_adapter__leaves_nothing_open(name: str) -> None:
    """What conditions, tables, switches and bounds imply is enough to prove these."""
    assert proof_of(*PROVED[name]).obligations == ()


BREAKS: dict[str, tuple[list[dict[str, Any]], Any, Any, Any]] = {
    "a whole float where only integers are listed by a pattern of their text": (
        [value("/t", "text(src.n)")],
        obj("n", n=INT),
        obj("t", t={"type": "string", "pattern": "^-?[0-9]+$"}),
        {"n": 1.0},
    ),
    "a text of one astral character": (
        [value("/t", "src.t")],
        obj("t", t={"type": "string", "minLength": 1}),
        obj("t", t={"type": "string", "minLength": 2}),
        {"t": "😀"},
    ),
    "digits of other scripts": (
        [value("/n", "integer(src.t)")],
        obj("t", t={"type": "string", "pattern": r"^[\u0660-\u0669]$"}),
        obj("n", n=INT),
        {"t": "٣"},
    ),
    "a line break after the end": (
        [value("/t", "src.t")],
        obj("t", t={"type": "string", "pattern": "^a"}),
        obj("t", t={"type": "string", "pattern": "^a$"}),
        {"t": "a\n"},
    ),
    "an open object": (
        [value("/user", "src.user")],
        obj("user", user=obj("", id=INT)),
        obj("user", user=closed("", id=INT)),
        {"user": {"extra": 1}},
    ),
    "a map key that a pattern of the contract governs": (
        [value("/m", "src.m")],
        obj("m", m=map_of(INT)),
        obj("m", m={**map_of(INT), "patternProperties": {"^x": TEXT}}),
        {"m": {"x": 1}},
    ),
    "the number above the largest exact float": (
        [value("/n", "src.n")],
        obj("n", n={"type": "number", "maximum": 9007199254740993}),
        obj("n", n={"type": "number", "maximum": 9007199254740992}),
        {"n": 9007199254740993},
    ),
    "a multiple as it is written and not as it is held": (
        [value("/n", "src.n")],
        obj("n", n={"enum": [9223372036854776000]}),
        obj("n", n={"type": "number", "multipleOf": 128}),
        {"n": 9.223372036854776e18},
    ),
    "items that are equal as numbers": (
        [value("/l", "[src.a, src.b]")],
        obj("a b", a={"const": 1}, b=enum(1, 2)),
        obj("l", l={**array(NUMBER), "uniqueItems": True}),
        {"a": 1, "b": 1.0},
    ),
    "true for one": (
        [value("/n", "src.n")],
        obj("n", n=enum(1, True)),
        obj("n", n={"const": 1}),
        {"n": True},
    ),
    "an array of an array that may be empty": (
        [value("/a", "first(src.a)")],
        obj("a", a=array(INT)),
        obj("a", a=INT),
        {"a": []},
    ),
    "a sum beyond 64 bits": (
        [value("/n", "src.n + 1")],
        obj("n", n=INT),
        obj("n", n=INT),
        {"n": 2**63 - 1},
    ),
    "a float too large": (
        [value("/n", "src.n * 10")],
        obj("n", n={"type": "number", "minimum": 0.5}),
        obj("n", n=NUMBER),
        {"n": 1e308},
    ),
    "an epoch beyond the years": (
        [value("/at", "iso_date(from_epoch(src.at, unit='s'))")],
        obj("at", at=INT),
        obj("at", at=TEXT),
        {"at": 10**15},
    ),
    "a text that is no number": (
        [value("/n", "number(src.t)")],
        obj("t", t={"type": "string", "pattern": r"^\d+$"}),
        obj("n", n=NUMBER),
        {"t": "9" * 400},
    ),
    "an unknown key": (
        [value("/s", "lookup(src.s, {'a': 'A'})")],
        obj("s", s=TEXT),
        obj("s", s=TEXT),
        {"s": "b"},
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_prove__where_some_payload_breaks_or_is_refused__is_no_proof(name: str) -> None:
    """Each of these has a valid payload that breaks its contract or is refused."""
    rules, source, contract, payload = BREAKS[name]
    assert payload_validator(make_schema(source)).is_met(payload)
    judge = Contract("billing", make_schema(contract))
    adapter = make_adapter(rules, source=source, contract=contract)
    assert try_contract(adapter, payload, contract=judge) is not None
    assert not proof_of(rules, source, contract).is_proved


def test_prove__with_a_rule_that_may_refuse__names_target_and_reason() -> None:
    """The obligation says where, which operation, and what it may find."""
    found = proof_of(
        [
            {
                "target": "/rows",
                "each": "src.rows",
                "as": "row",
                "rules": [value("/n", "number(row)")],
            }
        ],
        obj("rows", rows=array(TEXT)),
        obj("rows", rows=array(obj("n", n=NUMBER))),
    )
    assert found.obligations == (
        Obligation(
            ObligationKind.MAY_REFUSE,
            "/rows/*/n",
            "number may find not a number in number(row)",
        ),
    )


def test_prove__with_an_output_outside_the_contract__names_the_place() -> None:
    """The obligation points at the contract and at the output; the hint is such an output."""
    found = proof_of([value("/a/b", "src.n")], obj("n", n=NUMBER), obj("", a=obj("", b=INT)))
    (one,) = found.obligations
    assert (one.kind, one.path) == (ObligationKind.MAY_BREAK, "/a/b")
    assert "contract#/properties/a/properties/b/type" in one.message
    assert [type(hint["a"]["b"]) for hint in found.hint] == [float]


def test_prove__with_invariants_in_the_contract__stays_open() -> None:
    """What no shape can prove keeps an adapter from `proved`."""
    plain = make_schema(obj("n", n=INT))
    declared = {**plain.document, KEYWORD: [{"expression": "output.n > 0"}]}
    found = prove(
        make_adapter([value("/n", "src.n")], source=obj("n", n=INT), contract=obj("n", n=INT)),
        after=plain,
        contract=Contract("billing", replace(plain, document=declared)),
    )
    assert [one.kind for one in found.obligations] == [ObligationKind.INVARIANT]
    assert "output.n > 0" in found.obligations[0].message


@pytest.mark.parametrize(
    ("contract", "path"),
    [
        (obj("", m=obj("", a=INT)), "/m/*"),
        (obj("", m={}), None),
        (obj("", m={"type": "object"}), None),
        (obj("", m=map_of(INT)), None),
        (obj("", m={"type": "object", "patternProperties": {"^x": INT}}), "/m/*"),
        (obj("", m={"type": "object", "patternProperties": {"": INT}}), None),
        ({"anyOf": [obj("", m=map_of(INT)), obj("", other=INT)]}, None),
    ],
)
def test_prove__with_keys_without_a_name__needs_them_declared(
    contract: Any, path: str | None
) -> None:
    """A map is declared by another map, by patterns for all its keys, or where nothing is said."""
    found = proof_of([value("/m", "src.m")], closed("m", m=map_of(INT)), contract)
    undeclared = [o.path for o in found.obligations if o.kind is ObligationKind.MAY_BE_UNDECLARED]
    assert undeclared == ([] if path is None else [path])


def test_verify__of_a_proved_adapter__tries_it_all_the_same() -> None:
    """The search is a tripwire: shorter, and never left out."""
    found = check([value("/t", "src.t")], source=obj("t", t=TEXT), contract=obj("t", t=TEXT))
    assert found.verdict is Verdict.PROVED
    assert 20 < found.tried <= 100


def test_verify__of_a_proved_adapter_with_a_missed_pair__refutes_it() -> None:
    """The right shape is not the right value: a pair that is missed outweighs the proof."""
    from tests.core.verify.test_verify import pair

    found = check(
        [value("/t", "src.t")],
        source=obj("t u", t=TEXT, u=TEXT),
        contract=obj("t", t=TEXT),
        samples=[pair({"t": "a", "u": "b"}, {"t": "b"})],
    )
    assert found.verdict is Verdict.REFUTED


def test_verify__of_what_may_refuse__shows_the_payload() -> None:
    """An open obligation that the search can show carries its payload, also in JSON."""
    found = check(
        [value("/n", "number(src.t)"), value("/b", "src.b")],
        source=obj("t b", t=TEXT, b=BOOL),
        contract=obj("n b", n=NUMBER, b=BOOL),
    )
    assert found.verdict is Verdict.TESTED
    (one,) = [finding for finding in found.findings if finding.code == "may_refuse"]
    assert one.path == "/n"
    told = verification_to_json(found)
    payload = next(f["payload"] for f in told["findings"] if f["code"] == "may_refuse")
    assert payload_validator(make_schema(obj("t b", t=TEXT, b=BOOL))).is_met(payload)
    assert verification_from_json(told).findings == found.findings


def test_verify__of_what_no_payload_shows__lists_the_open_obligation() -> None:
    """Where proof and search both fall short, the finding says what was tried."""
    found = check(
        [value("/t", "src.t")],
        source=obj("t", t={"type": "string", "not": {"pattern": "^secret-code-9"}}),
        contract=obj("t", t={"type": "string", "not": {"const": "secret-code-91"}}),
    )
    if found.verdict is Verdict.TESTED:
        (one,) = [finding for finding in found.findings if finding.code == "may_break"]
        assert "no payload that shows it was found" in one.message


def test_proofs__of_generated_adapters__are_never_wrong() -> None:
    """Adapters that are proved are run on odd payloads: none breaks, none refuses."""
    report = run(triples=150, seed=4)
    assert report.breaches == []
    assert report.proved > 30
    assert report.runs > 500


TOGETHER = [
    [{"target": "/g", "rules": [value("/x", "src.a.x"), value("/y", "upper(src.a.y)")]}],
    [value("/g/x", "src.a.x"), value("/g/y", "upper(src.a.y)")],
    [value("/g/x", "format('x{}', src.a.x)"), value("/g/y", "src.a.y"), value("/z", "src.z")],
]


@pytest.mark.parametrize("rules", TOGETHER)
def test_prove__of_fields_of_one_optional_object__sees_them_together(rules: Any) -> None:
    """Fields that come from one object are there together or not at all."""
    source = obj("z", a={**obj("x y", x=TEXT, y=TEXT), "type": ["object", "null"]}, z=TEXT)
    contract = obj("", g=obj("x y", x=TEXT, y=TEXT), z=TEXT)
    assert proof_of(rules, source, contract).obligations == ()


def test_prove__of_fields_of_two_optional_objects__leaves_them_open() -> None:
    """Fields that come from two objects may be there alone."""
    found = proof_of(
        [value("/g/x", "src.a.x"), value("/g/y", "src.b.y")],
        obj("", a=obj("x", x=TEXT), b=obj("y", y=TEXT)),
        obj("", g=obj("x y", x=TEXT, y=TEXT)),
    )
    assert [(one.kind, one.path) for one in found.obligations] == [(ObligationKind.MAY_BREAK, "/g")]


SPELLED: list[tuple[str, Any, Any]] = [
    ("format('urn:{}:{}', src.day, src.t)", {}, "^urn:[0-9]{4}-[0-9]{2}:"),
    ("join('/', 'https:/', src.t, src.e)", {}, "^https://"),
    ("join('/', src.t, src.e)", {}, "/(a|b)$"),
    ("integer(src.n)", {"type": "integer", "minimum": 0}, None),
    ("number(src.price)", {"type": "number"}, None),
    ("scale(src.cost, 2)", {"type": "integer", "maximum": 10_000}, None),
    ("sum([i for i in src.small])", {"type": "integer", "minimum": 0}, None),
]


@pytest.mark.parametrize(("expression", "target", "pattern"), SPELLED)
def test_prove__of_texts_and_numbers_by_their_patterns__reads_them(
    expression: str, target: Any, pattern: str | None
) -> None:
    """Texts are known by their pieces, numbers by the patterns of the texts that hold them."""
    source = obj(
        "day t e n price cost small",
        day={"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"},
        t=TEXT,
        e=enum("a", "b"),
        n={"type": "string", "pattern": "^(0|[1-9][0-9]{0,2})$"},
        price={"type": "string", "pattern": r"^(0|[1-9][0-9]{0,5})\.[0-9]{2}$"},
        cost={"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 100},
        small=array({"type": "integer", "minimum": 0, "maximum": 1000}),
    )
    contract = obj("o", o=target if pattern is None else {"type": "string", "pattern": pattern})
    assert proof_of([value("/o", expression)], source, contract).obligations == ()


@pytest.mark.parametrize(
    ("pattern", "is_risky"),
    [
        ("^a*$", False),
        (r"^(?!\s*$)(?=.{1,9}$).+$", False),
        (r"^(?!((?=a)a|a(?=a|$))*b)a*$", True),
        ("^.*(?=x).*(?=y)", True),
        (r"^(a+)\1$", True),
        ("(?=a)b", True),
        (r"^(?![(])a$", False),
    ],
)
def test_prove__with_patterns_that_validation_may_give_up_on__stays_open(
    pattern: str, is_risky: bool
) -> None:
    """A text that matches such a pattern may be invalid all the same, when it is long."""
    text = obj("t", t={"type": "string", "pattern": pattern})
    found = proof_of([value("/t", "src.t")], text, text)
    assert any("give up" in one.message for one in found.obligations) == is_risky
