"""Payloads that tell two explanations apart."""

from __future__ import annotations

from agent.core.proposing import Alternative, RuleNote
from agent.core.verify.differing import differences
from agent.core.verify.record import Verification
from tests.core.verify.making import TEXT, array, make_adapter, obj
from tests.core.verify.test_verify import check, value

OVENS = obj("oven", oven=TEXT, spare=TEXT)
LOAF = obj("oven", oven=TEXT)


def asked(*others: str, **more: bool) -> RuleNote:
    """Return a note on an ambiguous rule with these alternatives."""
    alternatives = tuple(Alternative(other, 0.4) for other in others)
    return RuleNote("/oven", 0.6, alternatives=alternatives, **{"is_ambiguous": True, **more})


def verified(note: RuleNote) -> Verification:
    """Return the verification of a rule that takes the first of two fields."""
    return check([value("/oven", "src.oven")], source=OVENS, contract=LOAF, notes=[note])


def test_differences__two_fields__ask_with_the_smallest_payload() -> None:
    """The reviewer sees both expressions, a payload, and what each gives there."""
    (found,) = [one for one in verified(asked("src.spare")).findings if one.code == "ambiguous"]

    assert found.message.startswith("`src.oven` and `src.spare` could both feed /oven; on this ")
    assert found.message.endswith('give "" and nothing: which is right?')
    assert found.payload == '{"oven":""}'


def test_differences__alternatives_that_give_the_same_or_cannot_be_read__ask_as_before() -> None:
    """No payload tells them apart, so none is shown."""
    same = verified(asked("default(src.oven, 'x')", "trim(", "elsewhere.oven"))

    (found,) = [one for one in same.findings if one.code == "ambiguous"]
    assert found.payload == ""
    assert found.message.startswith("more than one source could feed /oven")


def test_differences__rule_of_items__is_exchanged_inside_of_its_loop() -> None:
    """The alternative reads the item by the loop's own name."""
    source = obj("loaves", loaves=array(obj("kind shape", kind=TEXT, shape=TEXT)))
    rules = [
        {
            "target": "/loaves",
            "each": "src.loaves",
            "as": "loaf",
            "rules": [{"target": "/kind", "value": "loaf.kind"}],
        }
    ]
    contract = obj("loaves", loaves=array(obj("kind", kind=TEXT)))
    note = RuleNote(
        "/loaves/*/kind", 0.6, alternatives=(Alternative("loaf.shape", 0.3),), is_ambiguous=True
    )
    payload = {"loaves": [{"kind": "rye", "shape": "rye"}, {"kind": "rye", "shape": "long"}]}
    adapter = make_adapter(rules, source=source, contract=contract)

    (found,) = differences(adapter, [note], [payload], is_valid=lambda _: True)

    assert found.target == "/loaves/*/kind"
    assert "`loaf.kind` and `loaf.shape`" in found.question


def test_differences__rule_that_is_not_ambiguous__is_left_alone() -> None:
    """What is sure raises no question."""
    found = verified(asked("src.spare", is_ambiguous=False)).findings

    assert not [one for one in found if one.code == "ambiguous"]
