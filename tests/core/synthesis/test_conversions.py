from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.interpreter import evaluate
from agent.core.language.printer import print_expression
from agent.core.schema import FieldInfo, make_schema
from agent.core.synthesis.build import V, call, table
from agent.core.synthesis.conversions import (
    Conversion,
    conversion,
    epoch_unit,
    fixed_value,
    is_allowed,
)
from agent.core.synthesis.enum_tables import closed_table, completed_table, enum_table

TEXT = {"type": "string"}
DATE = {"type": "string", "format": "date"}
MOMENT = {"type": "string", "format": "date-time"}


def field(node: dict[str, Any], name: str = "x", *, is_required: bool = True) -> FieldInfo:
    """Return a field of a small schema."""
    document = {"type": "object", "properties": {name: node}}
    required = [name] if is_required else []
    found = make_schema({**document, "required": required}).field(f"/{name}")
    assert found is not None
    return found


def converted(source: dict[str, Any], target: dict[str, Any], **more: Any) -> Conversion:
    """Return the conversion between two nodes."""
    found = conversion(field(source), field(target, **more))
    assert found is not None
    return found


def texts(*values: str) -> dict[str, Any]:
    """Return a text enum."""
    return {"type": "string", "enum": list(values)}


@pytest.mark.parametrize(
    ("source", "target", "printed"),
    [
        (TEXT, TEXT, "v"),
        (MOMENT, DATE, "iso_date(v)"),
        ({"type": "integer"}, MOMENT, "iso_datetime(from_epoch(v, unit='s'))"),
        ({"type": "integer"}, DATE, "iso_date(from_epoch(v, unit='s'))"),
        ({"type": "integer"}, TEXT, "text(v)"),
        ({"type": "boolean"}, TEXT, "text(v)"),
        (TEXT, {"type": "integer"}, "integer(v)"),
        (TEXT, {"type": "number"}, "number(v)"),
        (TEXT, {"type": "boolean"}, "boolean(v)"),
        (MOMENT, {"type": "integer"}, "to_epoch(v, unit='s')"),
        ({"type": "number"}, {"type": "integer"}, "integer(v)"),
        ({"type": "integer"}, {"type": "number"}, "v"),
        (TEXT, {"type": "array", "items": TEXT}, "[v]"),
        ({"type": "array", "items": TEXT}, TEXT, "first(v)"),
        (TEXT, texts("a", "b"), "one_of(v, ['a', 'b'])"),
        (texts("a"), texts("a", "b"), "v"),
        (texts("in_transit"), texts("IN-TRANSIT"), "lookup(v, {'in_transit': 'IN-TRANSIT'})"),
    ],
)
def test_conversion__two_types__what_they_call_for(
    source: dict[str, Any], target: dict[str, Any], printed: str
) -> None:
    """Types, formats and enums alone say which conversion is meant."""
    assert print_expression(converted(source, target).expression) == printed


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ({"type": "object"}, TEXT),
        ({"type": "boolean"}, {"type": "integer"}),
        ({"type": "array", "items": TEXT}, {"type": "object"}),
        ({"type": "string", "examples": ["abc"]}, {"type": "number"}),
    ],
)
def test_conversion__no_sensible_one__none(source: dict[str, Any], target: dict[str, Any]) -> None:
    """Where no conversion makes sense there is none, also for text that was seen to be no such."""
    assert conversion(field(source), field(target)) is None


def test_conversion__what_loses_or_guesses__says_so() -> None:
    """A lost time of day is lossy; an assumed one, and the first of several, ask for a decision."""
    assert converted(MOMENT, DATE).is_lossy
    assert converted(DATE, MOMENT).is_ambiguous
    assert converted({"type": "array", "items": TEXT}, TEXT).is_ambiguous
    assert not converted(TEXT, TEXT).is_ambiguous


def test_conversion__enum_value_without_partner__optional_is_left_out_required_fails() -> None:
    """A value that the contract does not know leaves an optional field out, and is never mapped."""
    source, target = texts("paid", "zzz"), texts("PAID", "OPEN")
    optional = converted(source, target, is_required=False)
    assert print_expression(optional.expression) == (
        "lookup(v, {'paid': 'PAID'}, otherwise=absent())"
    )
    assert optional.is_ambiguous
    required = converted(source, target)
    assert print_expression(required.expression) == "lookup(v, {'paid': 'PAID'})"


def test_enum_table__opaque_codes__empty() -> None:
    """Codes that say nothing are matched with nothing."""
    assert enum_table(["10", "20"], ["open", "paid"]) == {}


def test_enum_table__two_alike__each_wanted_value_once() -> None:
    """A wanted value goes to the given one that is most like it, and to no second one."""
    assert enum_table(["shipped", "SHIPPED"], ["shipped"]) == {"shipped": "shipped"}


@pytest.mark.parametrize(
    ("node", "name", "unit"),
    [
        ({"type": "integer"}, "created", "s"),
        ({"type": "integer"}, "created_ms", "ms"),
        ({"type": "integer"}, "createdMs", "ms"),
        ({"type": "integer"}, "items", "s"),
        ({"type": "integer", "description": "Milliseconds since 1970"}, "created", "ms"),
        ({"type": "integer", "examples": [1700000000000]}, "created", "ms"),
        ({"type": "integer", "examples": [1700000000]}, "created", "s"),
        ({"type": "integer", "examples": [True]}, "created", "s"),
    ],
)
def test_epoch_unit__name_description_or_examples__say_it(
    node: dict[str, Any], name: str, unit: str
) -> None:
    """Milliseconds need a word or a number that only they explain."""
    assert epoch_unit(field(node, name)) == unit


def test_fixed_value__const_null__is_a_value() -> None:
    """A `const` of null fixes null, which is not the same as fixing nothing."""
    assert fixed_value(field({"const": None})) == (None,)
    assert fixed_value(field({"enum": [7]})) == (7,)
    assert fixed_value(field(TEXT)) is None


def test_is_allowed__true_and_one__differ() -> None:
    """An enum of 1 does not allow true."""
    assert not is_allowed(True, field({"enum": [1, 2]}))
    assert is_allowed(1, field({"enum": [1, 2]}))
    assert is_allowed("any", field(TEXT))


def test_conversion__description_puts_a_value_in_the_place_of_another__in_the_table() -> None:
    """A value without a namesake goes where the description says that it belongs."""
    said = "A loaf that was not baked is stored with the others."
    source = texts("stored", "sold", "not-baked")
    found = converted(source, {**texts("stored", "sold"), "description": said})
    printed = print_expression(found.expression)
    assert printed == "lookup(v, {'stored': 'stored', 'sold': 'sold', 'not-baked': 'stored'})"


@pytest.mark.parametrize(
    ("given", "wanted", "pairs", "table"),
    [
        (
            ["Fresh", "Stale"],
            ["good", "stale"],
            [("Fresh", "good")],
            {"Fresh": "good", "Stale": "stale"},
        ),
        (
            ["Fresh", "Stale", "Burnt"],
            ["good", "stale", "bad"],
            [("Fresh", "good")],
            {"Fresh": "good", "Stale": "stale", "Burnt": "bad"},
        ),
        (["Fresh", "Burnt"], ["good", "bad"], [("Fresh", "good")], None),
        (["Fresh", "Stale"], ["good", "stale"], [("Mouldy", "good")], None),
        (["Fresh", "Stale"], ["good", "stale"], [("Fresh", "tasty")], None),
    ],
)
def test_closed_table__one_entry_from_pairs__the_others_by_name_or_left_over(
    given: list[str], wanted: list[str], pairs: list[tuple[str, str]], table: dict[str, str] | None
) -> None:
    """What pairs do not show has to say the same, or to be the only one left beside such."""
    source = make_schema({"type": "object", "properties": {"x": {"enum": given}}}).field("/x")
    target = make_schema({"type": "object", "properties": {"x": {"enum": wanted}}}).field("/x")
    assert source is not None
    assert target is not None
    found = closed_table(source, target, pairs)
    shown = None if found is None else print_expression(found)
    assert shown == (None if table is None else f"lookup(v, {table})")


def test_enum_table__one_a_word_of_the_other__go_together() -> None:
    """A code with the name of its maker before it is the code; a word that it only ends is not."""
    given = ["acme.rye2", "oatmealflour", "inactive"]
    assert enum_table(given, ["rye2", "oatmeal", "active"]) == {
        "acme.rye2": "rye2",
        "oatmealflour": "oatmeal",
    }


def test_completed_table__one_left_over_on_both_sides__go_together() -> None:
    """Where all others have found their partner, the last two are each other's."""
    nodes = {
        "given": {"enum": ["raw", "baked", "fb"]},
        "wanted": {"enum": ["R", "baked", "frozen"]},
    }
    schema = make_schema({"type": "object", "properties": nodes})
    source, target = schema.field("/given"), schema.field("/wanted")
    assert source is not None
    shown = call("lookup", V, table({"raw": "R"}))
    assert print_expression(completed_table(shown, source, target)) == (
        "lookup(v, {'raw': 'R', 'baked': 'baked', 'fb': 'frozen'})"
    )


@pytest.mark.parametrize(
    ("caught", "more"),
    [("OTHER", ", 'spelt': 'OTHER', 'teff': 'OTHER'"), ("oat", "")],
)
def test_completed_table__word_for_all_others__takes_what_the_contract_does_not_know(
    caught: str, more: str
) -> None:
    """One grain that has no name of its own shows where the others go; `oat` would not."""
    given, wanted = (
        field({"enum": list(values)})
        for values in (("rye", "oat", "emmer", "spelt", "teff"), ("rye", "oat", "OTHER"))
    )
    shown = call("lookup", V, table({"emmer": caught}))
    entries = f"'emmer': '{caught}', 'rye': 'rye', 'oat': 'oat'{more}"
    assert print_expression(completed_table(shown, given, wanted)) == f"lookup(v, {{{entries}}})"


@pytest.mark.parametrize(
    ("source", "name", "part"),
    [
        (DATE, "year_of_birth", 2026),
        (MOMENT, "startMonth", 2),
        ({"type": "string", "examples": ["2026-11-30"]}, "day", 9),
    ],
)
def test_conversion__number_named_after_a_part_of_a_date__that_part(
    source: dict[str, Any], name: str, part: int
) -> None:
    """A year, month or day is read from a date, on the clock that wrote it."""
    found = conversion(field(source, "born"), field({"type": "integer"}, name))
    assert found is not None
    assert found.is_lossy
    assert evaluate(found.expression, {"v": "2026-02-09T23:30:00+02:00"}) == part


@pytest.mark.parametrize("name", ["day_of_year", "count"])
def test_conversion__number_that_names_no_part_of_a_date__none_of_it(name: str) -> None:
    """Without one part that its name asks for, a number takes nothing from a date."""
    found = conversion(field(DATE, "born"), field({"type": "integer"}, name))
    assert found is None or "extract" not in print_expression(found.expression)


def test_conversion__few_known_values_for_a_closed_list__is_a_table_to_be_asked_about() -> None:
    """Where each known value has a partner, of one pair by being left over, it is a table."""
    source = {"type": "string", "examples": ["Ripening", "Spoiled"]}
    made = converted(source, {"type": "string", "enum": ["fresh", "spoil"]})
    assert (
        print_expression(made.expression) == "lookup(v, {'Ripening': 'fresh', 'Spoiled': 'spoil'})"
    )
    assert made.is_ambiguous
    source = {"type": "string", "examples": ["Ripening", "Spoiled", "Sold"]}
    made = converted(source, {"type": "string", "enum": ["fresh", "spoil"]})
    assert print_expression(made.expression) == "one_of(v, ['fresh', 'spoil'])"
