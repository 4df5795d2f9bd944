from __future__ import annotations

import pytest

from agent.core.schema import make_schema
from agent.core.synthesis.telling import (
    is_pointed_to,
    quoted,
    telling,
    telling_field,
    with_rule_of,
)
from tests.core.verify.making import TEXT, obj


@pytest.mark.parametrize(
    ("value", "description", "told"),
    [
        ("ebbing", "True while the tide is ebbing.", 1),
        ("MOORED", "Set for ships that are moored, drifting ones included.", 1),
        ("sealed", "True when no longer sealed.", -1),
        ("sealed", "Kept unless somebody has sealed it.", -1),
        ("opened", "True for an open hatch.", 1),
        ("low water", "Metres at low water.", 1),
        ("ebbing", "Height in metres.", 0),
        ("no", "No tide at all.", 0),
        ("ebbing", "", 0),
    ],
)
def test_telling__a_value_and_a_description__says_whether_it_speaks_of_it(
    value: str, description: str, told: int
) -> None:
    """A description tells of a value in whatever form of its words, and a negation turns it."""
    assert telling(value, description) == told


def test_telling__negated_once_and_plain_once__is_told_plainly() -> None:
    """A negation in one clause does not reach the next one."""
    assert telling("ebbing", "Not for slack water, only while ebbing.") == 1


def test_telling_field__name_that_says_nothing__goes_by_its_holder() -> None:
    """What is called `value` is spoken of by the name of what holds it."""
    assert telling_field("/hatch/value", "True for an open hatch.") == 1
    assert telling_field("/hatch/colour", "True for an open hatch.") == 0


def test_quoted__texts_in_quotes__are_found() -> None:
    """Any quotes will do."""
    assert quoted("The 'bow' or \"stern\" of a `hull`.") == {"bow", "stern", "hull"}


@pytest.mark.parametrize(
    ("via", "target", "is_told"),
    [
        ("/pilot_id", "/pilot_name", True),
        ("/tug/pilot_ref", "/pilot/phone", True),
        ("/owner_id", "/pilot_name", False),
        ("/id", "/pilot_name", False),
        ("/person_id", "/person_name", False),
        ("", "/pilot_name", False),
    ],
)
def test_is_pointed_to__names_of_the_pointer_and_the_target__whether_they_say_the_same(
    via: str, target: str, is_told: bool
) -> None:
    """A pointer tells by the words that neither point nor name the items."""
    assert is_pointed_to("/persons/*/name", via, target) is is_told


def test_with_rule_of__same_rule_as_another__its_description() -> None:
    """A field that is made like another one has what is said of that one said of it."""
    other = TEXT | {"description": "The tide at noon."}
    like = TEXT | {"description": "Same rule as Ebb.Tide."}
    lost = TEXT | {"description": "Same rule as Flood."}
    schema = make_schema(obj(Ebb=obj(Tide=other), Low=like, High=lost))
    said = {one.path: with_rule_of(one, schema.fields).description for one in schema.fields}
    assert said["/Low"] == "The tide at noon."
    assert said["/High"] == "Same rule as Flood."
    assert said["/Ebb/Tide"] == "The tide at noon."
