from __future__ import annotations

import pytest

from agent.core.language.absence import OperationFailed
from agent.core.language.functions import FUNCTIONS, Absence

NAMES = {
    "absence": "default if_missing coalesce present absent not_null non_empty require fail",
    "choice": "lookup switch one_of is_text is_number is_boolean is_object is_array is_null",
    "objects": "at merge pick omit rename entries from_entries",
    "arrays": "first last only concat flatten sort_by distinct group_by index_by zip enumerate"
    " count sum any all min max",
    "text": "join format split slice part replace replace_pattern extract matches starts_with"
    " ends_with contains upper lower title snake camel kebab trim collapse pad text",
    "numbers": "number integer boolean round scale abs",
    "dates": "parse_date iso_date iso_datetime format_date from_epoch to_epoch to_zone"
    " add_duration",
    "identity": "uuid5 sha256 base64 unbase64",
}


@pytest.mark.parametrize("group", NAMES)
def test_table__of_each_group__holds_exactly_its_functions(group: str) -> None:
    """The closed set is the one of DESIGN section 4, group by group."""
    found = {function.name for function in FUNCTIONS.values() if function.group == group}
    assert found == set(NAMES[group].split())


def test_table__as_a_whole__has_no_other_group_and_one_entry_per_name() -> None:
    """Every function stands under its own name, once."""
    assert {function.group for function in FUNCTIONS.values()} == set(NAMES)
    assert all(name == function.name for name, function in FUNCTIONS.items())
    assert len(FUNCTIONS) == sum(len(names.split()) for names in NAMES.values())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_entry__of_every_function__has_a_summary_of_one_line(name: str) -> None:
    """The help has one line for each function, ending as a sentence does."""
    function = FUNCTIONS[name]
    assert function.summary.endswith(".")
    assert "\n" not in function.summary
    assert function.signature.startswith(f"{name}(")


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("default", "default(x, y)"),
        ("absent", "absent()"),
        ("lookup", "lookup(x, table, otherwise=)"),
        ("join", "join(sep, parts…)"),
        ("sort_by", "sort_by(items, keys…, descending=)"),
    ],
)
def test_signature__as_shown__marks_optional_and_repeated(name: str, signature: str) -> None:
    """`=` marks what may be left out, `…` what may be repeated."""
    assert FUNCTIONS[name].signature == signature


@pytest.mark.parametrize(
    ("name", "positional", "named", "problem"),
    [
        ("upper", 1, (), ""),
        ("upper", 0, (), "argument 's' is not given"),
        ("upper", 2, (), "too many arguments (2)"),
        ("upper", 0, ("s",), "no argument 's'"),
        ("absent", 0, (), ""),
        ("absent", 1, (), "too many arguments (1)"),
        ("join", 1, (), ""),
        ("join", 20, (), ""),
        ("join", 0, (), "argument 'sep' is not given"),
        ("join", 2, ("parts",), "no argument 'parts'"),
        ("split", 2, ("max",), ""),
        ("split", 3, (), ""),
        ("split", 3, ("max",), "argument 'max' is given twice"),
        ("split", 2, ("max", "max"), "argument 'max' is given twice"),
        ("split", 2, ("limit",), "no argument 'limit'"),
        ("sort_by", 3, ("descending",), ""),
        ("parse_date", 1, ("assume_zone", "pattern"), ""),
    ],
)
def test_call__with_these_arguments__has_this_problem(
    name: str, positional: int, named: tuple[str, ...], problem: str
) -> None:
    """A call fits its function or not, which is known without any value."""
    assert FUNCTIONS[name].problem(positional, named) == problem


def test_parameter__of_a_position__is_found_also_behind_a_repeated_one() -> None:
    """All further positions belong to a repeated parameter; none to one given by name only."""
    sort_by = FUNCTIONS["sort_by"]
    names = [found.name if (found := sort_by.parameter_at(at)) else "" for at in range(4)]
    assert names == ["items", "keys", "keys", "keys"]
    assert sort_by.keyword_only == {"descending"}
    assert FUNCTIONS["upper"].parameter_at(1) is None


def test_laziness__in_the_table__is_that_of_the_design() -> None:
    """Only what takes one alternative of several is lazy."""
    lazy = {name for name, function in FUNCTIONS.items() if function.is_lazy}
    assert lazy == {"default", "if_missing", "coalesce", "lookup", "switch", "at", "first", "last"}


def test_absence__in_the_table__is_that_of_the_design() -> None:
    """The one absence rule holds for all functions but those that the design names."""
    own = {name for name, function in FUNCTIONS.items() if function.absence is Absence.OWN}
    aggregates = {"count", "sum", "any", "all", "min", "max"}
    assert own == {*NAMES["absence"].split(), "is_null", "switch", "join", *aggregates}


def test_failure__as_text__says_what_was_found_and_what_would_help() -> None:
    """A failed operation carries both as fields, and prints them in one line."""
    with pytest.raises(OperationFailed) as caught:
        FUNCTIONS["number"].call("12,50")
    assert caught.value.found == 'the text "12,50", not a number'
    assert "decimal=','" in caught.value.help
    assert str(caught.value) == f"{caught.value.found}; {caught.value.help}"


def test_failure__about_a_long_text__shows_only_its_start() -> None:
    """What a payload holds cannot flood an error message."""
    with pytest.raises(OperationFailed) as caught:
        FUNCTIONS["number"].call("x" * 100_000)
    assert len(str(caught.value)) < 300
