from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.language.absence import MISSING
from agent.core.language.printer import print_expression
from agent.core.schema import FieldInfo
from agent.core.synthesis.examples import FAILED, value_of
from agent.core.synthesis.predicates import predicates, separating
from agent.core.synthesis.scope import Scope
from tests.core.language.trees import OBJECTS


def scope_of(*payloads: Any) -> Scope:
    """Return the scope of these payloads under the name `src`."""
    return Scope({"src": ""}, tuple({"src": payload} for payload in payloads))


@settings(deadline=None)
@given(st.lists(OBJECTS, min_size=1, max_size=4))
def test_predicates__any_payloads__hold_where_they_say(payloads: list[Any]) -> None:
    """A condition is true in the examples in which it is said to hold, or refuses them."""
    scope = scope_of(*payloads)
    for one in predicates(scope.columns):
        for row, held in zip(scope.rows, one.holds, strict=True):
            result = value_of(one.expression, row)
            assert result is FAILED or (result is True) is held


@given(st.lists(OBJECTS, min_size=1, max_size=4))
@settings(deadline=None)
def test_predicates__any_payloads__each_division_once_and_none_of_all(payloads: list[Any]) -> None:
    """What does not divide the examples is no condition, and no division comes twice."""
    divisions = [one.holds for one in predicates(scope_of(*payloads).columns)]
    assert len(divisions) == len(set(divisions))
    assert all(any(one) and not all(one) for one in divisions)


@pytest.mark.parametrize(
    ("values", "shown", "printed"),
    [
        ([True, False, True], [True, False, True], "src.v"),
        ([True, False, True], [False, True, False], "not src.v"),
        ([True, MISSING, False], [True, True, False], "not src.v == False"),
        (["ebb", "flood", "ebb"], [True, False, True], "src.v == 'ebb'"),
        ([MISSING, 1, 2], [False, True, True], "present(src.v)"),
        (["", "a", "b"], [False, True, True], "present(non_empty(src.v))"),
        (["a", {"b": 1}, {"b": 2}], [False, True, True], "is_object(src.v)"),
        ([0, 3, 2], [False, True, True], "src.v > 0"),
    ],
)
def test_separating__examples_to_tell_apart__by_a_read(
    values: list[Any], shown: list[bool], printed: str
) -> None:
    """Presence, emptiness, kinds, flags, codes and signs tell examples apart."""
    scope = scope_of(*({} if value is MISSING else {"v": value} for value in values))
    found = [print_expression(one.expression) for one in separating(scope.columns, shown)]
    assert printed in found


def test_separating__value_called_like_the_target__comes_first() -> None:
    """`moored` is likely `state == 'moored'`, and not some other text that happens to agree."""
    scope = scope_of({"berth": "b", "state": "moored"}, {"berth": "c", "state": "at sea"})
    target = FieldInfo("/moored", frozenset({"boolean"}), is_required=True, is_nullable=False)
    first = next(separating(scope.columns, [True, False], target))
    assert print_expression(first.expression) == "src.state == 'moored'"


def test_separating__presence_of_what_a_value_is_read_from__before_any_other_presence() -> None:
    """Whether what holds a value is there is likelier asked for than anything else beside it."""
    scope = scope_of({"tug": {"name": "a"}, "agent": "b", "buoy": {"mark": "c"}}, {})
    found = separating(scope.columns, [True, False], own=["/buoy/mark"])
    assert print_expression(next(found).expression) == "present(src.buoy)"


def asks(name: str, description: str = "") -> FieldInfo:
    """Return a boolean field of a contract."""
    return FieldInfo(
        f"/{name}",
        frozenset({"boolean"}),
        is_required=True,
        is_nullable=False,
        description=description,
    )


def test_separating__description_speaks_of_a_value__asks_for_it() -> None:
    """Of conditions that agree with the examples the one that the contract says comes first."""
    scope = scope_of({"berth": "b", "tide": "ebb"}, {"berth": "c", "tide": "flood"})
    told = asks("risky", "True at ebb.")
    first = next(separating(scope.columns, [True, False], told))
    assert print_expression(first.expression) == "src.tide == 'ebb'"
    denied = asks("risky", "True unless it is flood.")
    first = next(separating(scope.columns, [True, False], denied))
    assert print_expression(first.expression) == "not src.tide == 'flood'"


def test_separating__moment_called_like_the_target__whether_it_is_there() -> None:
    """`moored` is likely whether there is a `moored_at`."""
    scope = scope_of({"crew": 2, "moored_at": None}, {"crew": None, "moored_at": "2020-01-01"})
    first = next(separating(scope.columns, [False, True], asks("moored")))
    assert print_expression(first.expression) == "present(not_null(src.moored_at))"


def test_separating__number_that_a_description_names__like_the_target() -> None:
    """A number stands for what its description calls it."""
    column = scope_of({"tide": 0}, {"tide": 7}).columns[1]
    named = replace(column, names={0: "ebb", 7: "flood"})
    first = next(separating([named], [True, False], asks("ebb")))
    assert print_expression(first.expression) == "src.tide == 0"
    assert first.is_named


def test_predicates__texts_that_begin_alike__ask_for_their_first_steps() -> None:
    """Two different texts with the same first steps, and another without, are two kinds."""
    scope = scope_of({"ref": "crates/eggs/1"}, {"ref": "crates/eggs/2"}, {"ref": "bags/oats"})
    shown = {print_expression(one.expression): one.holds for one in predicates(scope.columns)}
    assert shown["starts_with(src.ref, 'crates/')"] == (True, True, False)


def test_separating__a_kind_that_the_target_speaks_of__is_asked_for_by_its_start() -> None:
    """One text is enough where the description of the target names what it begins with."""
    scope = scope_of({"ref": "farm/crates/1", "by": "Ann"}, {"ref": "farm/bags/2", "by": "Bo"})
    said = FieldInfo(
        "/x", frozenset({"string"}), is_required=True, is_nullable=False, description="For bags."
    )
    first = next(iter(separating(scope.columns, [False, True], said)))
    assert print_expression(first.expression) == "starts_with(src.ref, 'farm/bags/')"


def test_separating__value_seen_once_that_the_schema_lists__is_a_code() -> None:
    """A kind that the schema lists is asked for rather than whether something else is there."""
    payloads = ({"id": 1, "kind": "a"}, {"kind": "b"}, {"kind": "c"})
    rows = tuple({"src": payload} for payload in payloads)
    shown = [True, False, False]
    first, *_ = separating(Scope({"src": ""}, rows).columns, shown)
    assert print_expression(first.expression) == "present(src.id)"
    listed = Scope({"src": ""}, rows, closed=frozenset({"/kind"}))
    first, *_ = separating(listed.columns, shown)
    assert print_expression(first.expression) == "src.kind == 'a'"
