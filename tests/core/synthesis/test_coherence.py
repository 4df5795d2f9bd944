from __future__ import annotations

from agent.core.language.parser import parse
from agent.core.language.printer import print_expression
from agent.core.synthesis.coherence import coherent, holders
from agent.core.synthesis.examples import Solution
from agent.core.synthesis.explanation import Explanation, Part


def solution(text: str, cost: float) -> Solution:
    """Return an explanation by one read that ranks at a cost."""
    return Solution(parse(text), ("/x",), cost, 1.0, 2, "")


def explained(*options: tuple[str, float]) -> Explanation:
    """Return the first of several explanations with the others beside it."""
    best, *others = [solution(text, cost) for text, cost in options]
    return Explanation(best.expression, best.cost, (Part("/t", best, tuple(others)),))


def decided(**made: Explanation) -> dict[str, str]:
    """Return what the fields of one object are read from in the end."""
    return {key: print_expression(one.expression) for key, one in coherent(made).items()}


def test_coherent__near_ties__read_what_the_sure_siblings_are_read_from() -> None:
    """Of two explanations that come near each other the one beside the siblings is meant."""
    keeper = explained(("src.cage.keeper.name", 0.1), ("src.keeper.name", 0.3))
    made = decided(
        login=explained(("src.keeper.login", 0.0)),
        mail=explained(("src.keeper.mail", 0.0), ("src.cage.mail", 2.0)),
        name=keeper,
    )
    assert made["name"] == "src.keeper.name"
    assert made["mail"] == "src.keeper.mail"


def test_coherent__siblings_as_open_as_the_field__nothing_changes() -> None:
    """Where nothing is sure, each field keeps what explains it best."""
    one = explained(("src.a.x", 0.1), ("src.b.x", 0.2))
    other = explained(("src.b.y", 0.1), ("src.a.y", 0.2))
    assert decided(x=one, y=other) == {"x": "src.a.x", "y": "src.b.y"}


def test_coherent__far_behind__stays_behind() -> None:
    """Siblings decide between near explanations only."""
    made = decided(
        login=explained(("src.keeper.login", 0.0)),
        mail=explained(("src.keeper.mail", 0.0)),
        name=explained(("src.cage.name", 0.0), ("src.keeper.name", 0.9)),
    )
    assert made["name"] == "src.cage.name"


def test_coherent__tables_that_tie__are_not_decided_by_the_siblings() -> None:
    """What tells kinds apart may stand anywhere: a table of fewer values stays before others."""
    one = "lookup(src.pen.kind, {'a': 'A', 'b': 'B'})"
    other = "lookup(src.keeper.login, {'x': 'A', 'y': 'B', 'z': 'A'})"
    made = decided(
        login=explained(("src.keeper.login", 0.0)),
        mail=explained(("src.keeper.mail", 0.0)),
        kind=explained((one, 2.1), (other, 2.2)),
    )
    assert made["kind"] == one


def test_coherent__condition_or_flags_together__stay_before_a_plain_read() -> None:
    """What asks or puts together is not given up for a read that siblings speak for."""
    made = decided(
        login=explained(("src.keeper.login", 0.0)),
        mail=explained(("src.keeper.mail", 0.0)),
        may=explained(
            ("src.keeper.may_feed and src.keeper.may_clean", 0.4), ("src.keeper.may_feed", 0.6)
        ),
        on=explained(("src.state == 'on'", 0.4), ("src.keeper.on", 0.6)),
    )
    assert made["may"] == "src.keeper.may_feed and src.keeper.may_clean"
    assert made["on"] == "src.state == 'on'"


def test_holders__reads_and_loops__what_holds_the_fields() -> None:
    """A loop holds the items that it picks, however deep it reads in them."""
    picked = "first([x.{} for x in src.cages if x.id == src.cage])"
    one, deep, other = (
        holders(parse(text))
        for text in (
            picked.format("size"),
            picked.format("door.lock"),
            "first([x.size for x in src.cages if x.id == 7])",
        )
    )
    assert one == deep
    assert not one & other
    assert holders(parse("text(src.keeper.id)")) == holders(parse("src.keeper.name"))
