from __future__ import annotations

from agent.core.language.printer import print_expression
from agent.core.schema import make_schema
from agent.core.synthesis.build import V
from agent.core.synthesis.called_values import called_booleans
from agent.core.synthesis.examples import Read, Solution
from tests.core.verify.making import BOOL, enum, obj

SCHEMA = make_schema(obj("", state=enum("rising", "baked", "sold"), is_sold=BOOL, is_warm=BOOL))


def called(target: str, states: list[object], wanted: list[bool]) -> list[Solution]:
    """Return what is found for a boolean from the state of a loaf."""
    field, asked = SCHEMA.field("/state"), SCHEMA.field(target)
    assert field is not None
    return list(called_booleans([(Read(V, "/state", field, 0.3), tuple(states))], wanted, asked))


def test_called_booleans__value_of_the_same_name__is_asked_for() -> None:
    """A boolean called like a declared value asks for it, though all pairs are false."""
    (one,) = called("/is_sold", ["baked", "rising"], [False, False])
    assert print_expression(one.expression) == "v == 'sold'"
    assert one.is_ambiguous
    (sure,) = called("/is_sold", ["sold", "rising"], [True, False])
    assert not sure.is_ambiguous


def test_called_booleans__pairs_deny_it_or_no_such_value__nothing() -> None:
    """What a pair contradicts is not what is meant, and a name alone is no value."""
    assert called("/is_sold", ["sold"], [False]) == []
    assert called("/is_warm", ["baked"], [False]) == []
