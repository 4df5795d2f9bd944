"""Mending a refused payload, so that one refusal hides no other."""

from __future__ import annotations

from typing import Any

from agent.core.contract import Contract
from agent.core.schema import make_schema
from agent.core.verify.mending import MAX_MENDS, MAX_TOTAL, Mender
from agent.core.verify.trial import Failure, try_contract
from tests.core.verify.making import TEXT, array, make_adapter, obj, value

SOURCE = obj("a b items", a=TEXT, b=TEXT, items=array(obj("n", n=TEXT)))
CONTRACT = obj("", a={"type": "number"}, b={"type": "number"}, n={"type": "number"})
RULES = [
    value("/a", "number(src.a)"),
    value("/b", "number(src.b)"),
    value("/n", "number(src.items[1].n)"),
]
GOOD = {"a": "1", "b": "2", "items": [{"n": "3"}, {"n": "4"}]}


def faults(*payloads: Any, is_valid: Any = lambda _: True) -> list[list[str]]:
    """Return, for each payload in turn, the targets of the refusals that it and its mends show."""
    adapter = make_adapter(RULES, source=SOURCE, contract=CONTRACT)
    contract = Contract("billing", make_schema(CONTRACT))
    mender = Mender(is_valid)

    def attempt(payload: Any) -> Failure | None:
        return try_contract(adapter, payload, contract=contract)

    found = [list(mender.tried(payload, attempt)) for payload in payloads]
    return [[one.fault[0] if one else "" for one in failures] for failures in found]


def test_mender__after_a_good_payload__shows_every_rule_that_refuses() -> None:
    """What a refusing rule read is replaced by what got through, so that the next rule speaks."""
    bad = {"a": "x", "b": "y", "items": [{"n": "5"}, {"n": "z"}]}
    assert faults(GOOD, bad) == [[""], ["/a", "/b", "/n", ""]]


def test_mender__before_any_good_payload__mends_nothing() -> None:
    """Nothing is known that would get through, so the refusal stands alone."""
    assert faults({"a": "x", "b": "y", "items": []}) == [["/a"]]


def test_mender__of_what_the_schema_forbids__stops() -> None:
    """A mended payload that is not valid is no payload of the source, and is not tried."""
    bad = {"a": "x", "b": "y", "items": []}
    assert faults(GOOD, bad, is_valid=lambda _: False) == [[""], ["/a"]]


def test_mender__leaves_payloads_as_they_were() -> None:
    """Neither the refused payload nor the good one changes."""
    bad = {"a": "x", "b": "y", "items": [{"n": "5"}, {"n": "z"}]}
    good = {"a": "1", "b": "2", "items": [{"n": "3"}, {"n": "4"}]}
    faults(good, bad)
    assert bad == {"a": "x", "b": "y", "items": [{"n": "5"}, {"n": "z"}]}
    assert good == GOOD


def test_mender__of_endless_refusals__is_bounded() -> None:
    """One payload is mended a few times, and a whole search some hundred times."""
    bad = {"a": "x", "b": "y", "items": [{"n": "5"}, {"n": "z"}]}
    shown = faults(GOOD, *([bad] * 500))
    assert max(map(len, shown)) <= 1 + MAX_MENDS
    assert sum(map(len, shown)) <= 501 + MAX_TOTAL
