from __future__ import annotations

import threading
from typing import Any

import pytest

from agent.core.contract import Contract, with_invariants, without_invariants
from agent.core.invariants.declaring import COUNT_LIMIT, KEYWORD
from agent.core.schema import make_schema
from agent.errors import InvalidSchema
from tests.core.verify.making import INT, TEXT, obj

SHAPE = obj("", total=INT, name=TEXT)


def read(*declared: Any) -> Any:
    """Return the schema that declares these invariants."""
    return make_schema({**SHAPE, KEYWORD: list(declared)}, origin="billing.json")


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("total ==", "/0 is no invariant: column 9"),
        ("total == 1 1", "column 12: '1' is one too many"),
        ("foo(total) == 1", "foo is no function of invariants"),
        ("name.startswith('x')", "did you mean startsWith?"),
        ("lists.range(9).size() == 9", "range is no function"),
        ("has(total)", "invalid argument to has()"),
        ("package == 1", "reserved identifier: package"),
        ("name.matches(name)", "a pattern that is written out"),
        ("name.map(x)", "',' is missing"),
        ("name.all(x, true, true)", "all takes a variable and 1"),
        ("", "it breaks off"),
        ("'a", "is not understood"),
        ("(" * 30 + "true" + ")" * 30, "nested deeper than"),
        ("1" + "+1" * 300 + " == 301", "more than 500 words"),
        ("'" + "x" * 2000 + "' == name", "longer than"),
        (7, "is not a CEL expression"),
        ({"expression": "true", "mesage": "x"}, "'mesage'"),
        ({"expression": "true", "message": "x" * 201}, "at most 200"),
        ({"message": "x"}, "is not a CEL expression"),
    ],
)
def test_declare__what_is_no_invariant__is_refused_with_its_place(declared: Any, said: str) -> None:
    """The message names the contract, the keyword, the item and the column."""
    with pytest.raises(InvalidSchema) as refused:
        read(declared)
    assert refused.value.where == "billing.json"
    assert refused.value.found.startswith(f"/{KEYWORD} /0 ")
    assert said in refused.value.found


@pytest.mark.parametrize("declared", ["true", {"a": 1}, None, ["true"] * (COUNT_LIMIT + 1)])
def test_declare__no_list_or_too_long_a_list__is_refused(declared: Any) -> None:
    """What cannot be judged is never dropped in silence."""
    with pytest.raises(InvalidSchema, match=KEYWORD):
        make_schema({**SHAPE, KEYWORD: declared})


def test_declare__texts_and_objects__have_one_form() -> None:
    """A bare text is an expression without a message; reading again changes nothing."""
    schema = read("total > 0", {"expression": "total < 9", "message": "few"})
    assert schema.document[KEYWORD] == [
        {"expression": "total > 0"},
        {"expression": "total < 9", "message": "few"},
    ]
    assert make_schema(schema.document) == schema


def test_declare__behind_a_reference__is_lifted_to_the_root() -> None:
    """What `$ref` and `allOf` of the root say judges the whole payload too, in any draft."""
    whole = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$ref": "#/definitions/order",
        KEYWORD: ["total > 1"],
        "definitions": {
            "order": {"allOf": [{**SHAPE, KEYWORD: ["total > 3"]}], KEYWORD: ["total > 2"]}
        },
    }
    found = Contract("billing", make_schema(whole)).violations({"total": 0})
    assert [one.clause for one in found] == [f"/{KEYWORD}/{number}" for number in range(3)]


@pytest.mark.parametrize(
    "document",
    [
        {"properties": {"a": {KEYWORD: ["true"]}}},
        {"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {KEYWORD: ["true"]}}},
        {"anyOf": [{KEYWORD: ["true"]}]},
    ],
)
def test_declare__below_the_root__is_refused(document: Any) -> None:
    """Nobody would judge it there, and silence would read as a promise."""
    with pytest.raises(InvalidSchema, match="below the root"):
        make_schema(document)


def test_fingerprint__of_a_contract__changes_with_its_invariants() -> None:
    """Approval is bound to the fingerprint, so an invariant that changes voids it."""
    prints = {
        read(*declared).fingerprint
        for declared in ([], ["total > 0"], ["total > 1"], ["total > 0", "total > 1"])
    }
    assert len(prints) == 4
    assert without_invariants(read("total > 0")).fingerprint == make_schema(SHAPE).fingerprint


def test_with_invariants__added_to_declared_ones__come_last() -> None:
    """Those of the document keep their numbers."""
    schema = with_invariants(read("total > 0"), [{"expression": "total > 1"}])
    assert [one["expression"] for one in schema.document[KEYWORD]] == ["total > 0", "total > 1"]
    assert Contract("billing", schema).has_invariants
    assert not Contract("billing", make_schema(SHAPE)).has_invariants


@pytest.mark.parametrize(
    "expression",
    [
        "1" + "+1" * 248 + " == 1",
        "!" * 498 + "true",
        "-" * 490 + "1 == 1",
        "true" + "&&true" * 249,
        "[" * 22 + "]" * 22 + " == 1",
        "total.all(a, " * 22 + "true" + ")" * 22,
    ],
)
def test_declare__the_longest_that_is_read__needs_little_stack(expression: str) -> None:
    """The library recurses over an expression; the limits keep it within a small stack."""
    judged: list[object] = []

    def judge() -> None:
        judged.append(Contract("billing", read(expression)).violations({"total": 1}))

    before = threading.stack_size(512 * 1024)
    try:
        thread = threading.Thread(target=judge)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert len(judged) == 1
