from __future__ import annotations

from typing import Any

import pytest

from agent.core.contract import Contract
from agent.core.invariants.declaring import KEYWORD
from agent.core.schema import make_schema
from agent.core.values import Json
from tests.core.verify.making import INT, NUMBER, TEXT, array, map_of, obj

SHAPE = obj(
    "",
    total=INT,
    price=NUMBER,
    name=TEXT,
    free={},
    counts=map_of(INT),
    output=TEXT,
    lines=array(obj("", cents=INT, sku=TEXT)),
)
ORDER = {"total": 3, "price": 2, "lines": [{"cents": 1, "sku": "a"}, {"cents": 2, "sku": "b"}]}


def problems(*declared: Json, output: Any = ORDER, shape: Any = SHAPE) -> list[str]:
    """Return what is said about the invariants that an output breaks."""
    contract = Contract("billing", make_schema({**shape, KEYWORD: list(declared)}))
    found = contract.violations(output)
    assert contract.is_met(output) is (not found)
    return [one.message for one in found]


@pytest.mark.parametrize(
    "expression",
    [
        "total == lines.map(l, l.cents).sum()",
        "total == sum(lines.map(l, l.cents))",
        "output.total == total && !has(output.name)",
        "has(output.name) ? name.startsWith('x') : true",
        "size(lines) == 2 && lines.exists_one(l, l.sku == 'b')",
        "lines.map(l, l.sku).distinct().size() == lines.size()",
        "lines.all(l, l.sku.matches(r'^[a-z]+$'))",
        "math.abs(price - 2.0) < 0.01",
    ],
)
def test_invariant__that_holds__says_nothing(expression: str) -> None:
    """Fields are variables under their own names, and `output` is the whole."""
    assert problems(expression) == []


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("total == sum(lines.map(l, l.cents)) + 1", "does not hold"),
        ("name == 'x'", "reads name, which is absent (guard it with has(output.name))"),
        ("lines.all(l, l.zip == 1)", "zip is absent"),
        ("lines[7].cents == 1", "index out of bounds"),
        ("total / (total - 3) == 1", "division by zero"),
        ("total", "gives 3, not true or false"),
        ("lines[0].sku.substring(9) == ''", "out of range"),
        ("price * 2 == 4", "cannot be evaluated"),
    ],
)
def test_invariant__false_or_not_to_be_evaluated__is_broken(expression: str, said: str) -> None:
    """Only true holds: an error is not taken for a yes."""
    (message,) = problems(expression)
    assert said in message


def test_invariant__broken__is_named_by_its_place_and_its_message() -> None:
    """The clause is the place in the contract; the author's own words are in the message."""
    declared = ["true", {"expression": "total > 5", "message": "too little to bill"}]
    contract = Contract("billing", make_schema({**SHAPE, KEYWORD: declared}))
    (broken,) = contract.violations(ORDER)
    assert (broken.path, broken.clause) == ("", f"/{KEYWORD}/1")
    assert "total > 5" in broken.message
    assert "too little to bill" in broken.message


@pytest.mark.parametrize("output", [{"total": 3, "price": 2}, {"total": 3.0, "price": 2.0}])
def test_invariant__numbers__are_what_the_contract_declares(output: Any) -> None:
    """JSON does not tell 1 from 1.0: an integer field is an int, any other number a double."""
    assert problems("total % 2 == 1", "price * 1.5 == 3.0", output=output) == []
    assert problems("type(total) == type(1)", "type(price) == type(1.0)", output=output) == []


@pytest.mark.parametrize("number", [1, 1.0])
def test_invariant__numbers_without_a_declared_type__are_doubles(number: float) -> None:
    """What a contract says nothing about does not change its kind with its value."""
    assert problems("free + 0.5 == 1.5", output={"free": number}) == []
    assert problems("free == 1", output={"free": number}) == []
    assert problems("counts.a % 2 == 1", output={"counts": {"a": number}}) == []


def test_invariant__a_whole_number_beyond_64_bits__is_not_evaluated() -> None:
    """The library would round it, and a rounded sum may hold by chance."""
    (message,) = problems("total == total", output={"total": 2**63})
    assert "/total holds a number beyond 64 bits" in message
    assert problems("total == total", output={"total": 2**63 - 1}) == []


def test_invariant__the_size_of_a_text__counts_characters() -> None:
    """As CEL's specification and `maxLength` count, where the library counts bytes."""
    output = {"name": "é😀", "lines": []}
    assert problems("size(name) == 2 && name.size() == 2", output=output) == []
    assert problems("size(lines) == 0", output=output) == []


def test_invariant__true_and_one__are_distinct() -> None:
    """Python holds `True == 1`; JSON and CEL do not."""
    assert problems("free.distinct().size() == 2", output={"free": [1, True, 1.0]}) == []


def test_invariant__a_field_called_output__is_below_the_whole() -> None:
    """`output` is always the whole output."""
    assert problems("output.output == 'x'", output={"output": "x"}) == []


@pytest.mark.parametrize("name", ["not-a-name", "in", "über", ""])
def test_invariant__fields_that_are_no_variables__are_read_from_output(name: str) -> None:
    """Any key can be had from `output`."""
    shape = obj("", **{name: INT})
    assert problems(f"output['{name}'] == 1", output={name: 1}, shape=shape) == []


@pytest.mark.parametrize("output", [[1, 2], "text", None, 7])
def test_invariant__of_a_root_that_is_no_object__reads_output(output: Any) -> None:
    """A root array or scalar has no fields to name."""
    assert problems("output != 'x'", output=output, shape={}) == []


def test_invariant__on_an_output_that_breaks_the_schema__is_not_asked() -> None:
    """The schema's own violation says it better."""
    contract = Contract("billing", make_schema({**SHAPE, KEYWORD: ["total > 1"]}))
    assert [one.clause for one in contract.violations({"total": "x"})] == ["/properties/total/type"]


def test_invariant__on_a_deep_output__is_broken_not_fatal() -> None:
    """A value nested deeper than the limit is not evaluated."""
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    (message,) = problems("true", output=deep, shape={})
    assert "deeper than" in message


@pytest.mark.parametrize(
    "expression",
    [
        "['a'].map(s, s + s)" + ".map(s, s + s)" * 20 + ".size() > 0",
        "[1, 2, 3, 4, 5, 6].all(a, " * 12 + "true" + ")" * 12,
        "[output]" + ".map(a, [a, a, a, a]).flatten()" * 11 + ".size() > 0",
        "lines.map(a, lines.map(b, lines.map(c, lines))).size() > 0",
    ],
)
def test_invariant__more_work_than_allowed__is_broken_at_once(expression: str) -> None:
    """The bound is known before anything runs, so a bomb costs nothing."""
    output = {"lines": [{"cents": 1}] * 60}
    (message,) = problems(expression, output=output)
    assert "more work than is allowed" in message


def test_invariants__together__share_one_allowance() -> None:
    """Fifty dear invariants are not fifty times as dear."""
    dear = "[1, 2, 3, 4, 5, 6, 7].all(a, " * 4 + "true" + ")" * 4
    found = problems(*[dear] * 50)
    assert 0 < len(found) < 50
