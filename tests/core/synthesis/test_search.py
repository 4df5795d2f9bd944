from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.core.language.absence import MISSING
from agent.core.language.printer import print_expression
from agent.core.language.rewrite import read_of
from agent.core.schema import make_schema
from agent.core.synthesis.examples import Example, Read, Solution, equal, value_of
from agent.core.synthesis.problem import rank
from agent.core.synthesis.search import solve
from tests.core.language.trees import OBJECTS, SCALARS

TEXT = {"type": "string"}


def reads(priors: dict[str, float], nodes: dict[str, Any] | None = None) -> list[Read]:
    """Return a read of `src` for each name with its prior."""
    properties = {name: (nodes or {}).get(name, {}) for name in priors}
    schema = make_schema({"type": "object", "properties": properties})
    found = []
    for name, prior in priors.items():
        expression, field = read_of(f"/{name}"), schema.field(f"/{name}")
        assert expression is not None
        assert field is not None
        found.append(Read(expression, f"/{name}", field, prior))
    return found


def examples(pairs: Sequence[tuple[Any, Any]]) -> list[Example]:
    """Return examples of payloads and what is expected of them."""
    return [Example({"src": payload}, expected) for payload, expected in pairs]


def solved(
    pairs: Sequence[tuple[Any, Any]],
    priors: dict[str, float],
    nodes: dict[str, Any] | None = None,
) -> tuple[Solution, ...]:
    """Return what explains the pairs, best first."""
    shown = examples(pairs)
    columns = [
        (read, tuple(value_of(read.expression, one.bindings) for one in shown))
        for read in sorted(reads(priors, nodes), key=lambda read: -read.prior)
    ]
    return solve(shown, columns)


def best(*arguments: Any) -> str:
    """Return the best explanation, with its condition."""
    found = solved(*arguments)[0]
    when = f" when {print_expression(found.when)}" if found.when is not None else ""
    return print_expression(found.expression) + when


@given(st.lists(st.tuples(OBJECTS, SCALARS | st.just(MISSING)), min_size=1, max_size=4))
def test_solve__any_pairs__every_solution_explains_them_all(pairs: list[tuple[Any, Any]]) -> None:
    """No solution misses an example, wherever one is found, and the best ranks first."""
    found = solved(pairs, {"a": 0.9, "b": 0.5, "items": 0.1})
    for solution in found:
        for example in examples(pairs):
            holds = solution.when is None or value_of(solution.when, example.bindings) is True
            made = value_of(solution.expression, example.bindings) if holds else MISSING
            assert equal(made, example.expected)
    assert [rank(one) for one in found] == sorted(rank(one) for one in found)


def test_solve__two_that_explain__the_better_name_first() -> None:
    """Among reads that explain the pairs alike, the one whose name fits best comes first."""
    pairs = [({"x": "1", "y": "1"}, "1"), ({"x": "2", "y": "2"}, "2")]
    assert best(pairs, {"x": 0.4, "y": 0.8}) == "src.y"


def test_solve__shown_absent_where_null__null_is_left_out() -> None:
    """A null source that is expected to be absent becomes absent."""
    pairs = [({"x": "a"}, "a"), ({"x": None}, MISSING)]
    assert best(pairs, {"x": 0.9}) == "not_null(src.x)"


def test_solve__shown_absent_where_empty__empty_is_left_out() -> None:
    """An empty text that is expected to be absent becomes absent."""
    pairs = [({"x": "a"}, "a"), ({"x": ""}, MISSING)]
    assert best(pairs, {"x": 0.9}) == "non_empty(src.x)"


def test_solve__same_value_where_absent__is_the_default() -> None:
    """What stands wherever the source is absent is its default; only null makes it one for null."""
    present = [({"x": "a"}, "a"), ({"x": "b"}, "b")]
    assert best([*present, ({}, "-")], {"x": 0.9}) == "if_missing(src.x, '-')"
    assert best([*present, ({"x": None}, "-")], {"x": 0.9}) == "default(src.x, '-')"


def test_solve__shown_only_sometimes__a_condition_explains_when() -> None:
    """A value that is shown for one kind only gets the condition that tells the kinds apart."""
    pairs = [
        ({"x": "a", "kind": "card"}, "a"),
        ({"x": "b", "kind": "cash"}, MISSING),
        ({"x": "c", "kind": "card"}, "c"),
        ({"x": "d", "kind": "bank"}, MISSING),
    ]
    assert best(pairs, {"x": 0.9, "kind": 0.3}) == "src.x when src.kind == 'card'"


def test_solve__two_texts_in_one__a_format() -> None:
    """Texts put together are explained by a pattern."""
    pairs = [
        ({"first": "Ada", "last": "King"}, "King, Ada"),
        ({"first": "Alan", "last": "Turing"}, "Turing, Alan"),
    ]
    assert best(pairs, {"first": 0.3, "last": 0.3}) == "format('{}, {}', src.last, src.first)"


def test_solve__constant_that_no_field_explains__asks() -> None:
    """A constant needs two pairs, no fields, and a person's decision."""
    (found,) = solved([({"x": "a"}, "EUR"), ({"x": "b"}, "EUR")], {"x": 0.9})
    assert print_expression(found.expression) == "'EUR'"
    assert found.is_ambiguous
    assert found.paths == ()
    assert solved([({"x": "a"}, "EUR")], {"x": 0.9}) == ()


def test_solve__one_constant_in_each_of_two_cases__asks() -> None:
    """Two constants told apart by a condition are a guess that a person decides."""
    pairs = [({"x": 5}, "small"), ({"x": 7}, "large"), ({"x": 5}, "small"), ({"x": 9}, "large")]
    found = solved(pairs, {"x": 0.5})
    assert found
    assert all(one.is_ambiguous for one in found)


def test_solve__partial_table__asks_a_covering_one_does_not() -> None:
    """A table that does not cover every value of the source's enum asks for a decision."""
    pairs = [({"s": "a"}, "zeta"), ({"s": "b"}, "mu"), ({"s": "a"}, "zeta"), ({"s": "b"}, "mu")]
    some = solved(pairs, {"s": 0.9}, {"s": {"type": "string", "enum": ["a", "b", "c"]}})[0]
    all_ = solved(pairs, {"s": 0.9}, {"s": {"type": "string", "enum": ["a", "b"]}})[0]
    assert print_expression(some.expression) == "lookup(src.s, {'a': 'zeta', 'b': 'mu'})"
    assert some.is_ambiguous
    assert not all_.is_ambiguous


def test_solve__unrepeated_texts__nothing() -> None:
    """Pairs that no conversion explains are not recited from a table."""
    pairs = [({"x": "a1"}, "zeta"), ({"x": "b2"}, "mu"), ({"x": "c3"}, "pi")]
    assert solved(pairs, {"x": 0.9}) == ()


def test_solve__true_and_one__are_not_confused() -> None:
    """A field that is 1 does not explain a target that is true."""
    found = solved([({"x": 1}, True), ({"x": 1}, True)], {"x": 0.9})
    assert all(one.paths == () for one in found)


def test_solve__nothing_expected_anywhere__nothing() -> None:
    """Without one shown value there is nothing to explain; a shown null is a value."""
    assert solved([({"x": "a"}, MISSING)], {"x": 0.9}) == ()
    assert best([({"x": None}, None), ({"x": "a"}, "a")], {"x": 0.9}) == "src.x"


def test_solve__parts_of_texts_put_together__a_format_of_pieces() -> None:
    """Where no whole text does, pieces between separators are put together."""
    pairs = [
        ({"url": "https://h/quay/north/3"}, "north#3"),
        ({"url": "https://h/quay/south/14"}, "south#14"),
    ]
    made = best(pairs, {"url": 0.5})
    assert made == "format('{}#{}', part(src.url, '/', -2), part(src.url, '/', -1))"
    assert solved(pairs, {"url": 0.5})[0].is_ambiguous


def test_solve__conversion_gives_nothing_somewhere__what_is_wanted_there_is_its_default() -> None:
    """A part that a text lacks is filled with what all pairs show in its place."""
    pairs = [
        ({"day": "1974-12-25"}, 25),
        ({"day": "1980-03-07"}, 7),
        ({"day": "1965"}, None),
    ]
    made = solved(pairs, {"day": 0.6})[0].expression
    assert value_of(made, {"src": {"day": "2001-05-09"}}) == 9
    assert value_of(made, {"src": {"day": "1999"}}) is None


def test_solve__boolean_called_like_a_value__asks_whether_the_value_is_there() -> None:
    """`is_moored` is `state == 'moored'` and needs no decision: the names say so."""
    pairs = [
        ({"state": "moored", "x": 1}, True),
        ({"state": "at_sea", "x": 2}, False),
        ({"state": "docked", "x": 3}, False),
    ]
    shown = examples(pairs)
    columns = [
        (read, tuple(value_of(read.expression, one.bindings) for one in shown))
        for read in reads({"state": 0.3, "x": 0.3})
    ]
    target = make_schema({"type": "object", "properties": {"is_moored": {"type": "boolean"}}})
    found = solve(shown, columns, target.field("/is_moored"))
    assert print_expression(found[0].expression) == "src.state == 'moored'"
    assert not found[0].is_ambiguous


def test_solve__one_pair_and_two_enums__names_say_what_the_other_values_become() -> None:
    """A table is completed by the names of both enums: one pair does not have to show them all."""
    node = {"s": {"type": "string", "enum": ["at_sea", "moored"]}}
    shown = examples([({"s": "moored"}, "MOORED")])
    (read,) = reads({"s": 0.9}, node)
    enum = {"type": "string", "enum": ["AT-SEA", "MOORED"]}
    target = make_schema({"type": "object", "properties": {"s": enum}}).field("/s")
    made = [one.expression for one in solve(shown, [(read, ("moored",))], target)]
    assert value_of(made[0], {"src": {"s": "at_sea"}}) == "AT-SEA"


def told(pairs: Sequence[tuple[Any, Any]], source: dict[str, Any], target: dict[str, Any]) -> str:
    """Return the best explanation of a target that the contract describes."""
    field = make_schema({"type": "object", "properties": {"out": target}}).field("/out")
    shown = examples(pairs)
    columns = [
        (read, tuple(value_of(read.expression, one.bindings) for one in shown))
        for read in reads(dict.fromkeys(source, 0.5), source)
    ]
    return print_expression(solve(shown, columns, field)[0].expression)


def test_solve__description_says_which_part__one_value_is_enough() -> None:
    """A conversion that the contract says outdoes a read that gives the same."""
    pairs = [({"shelf": "a/b", "room": "a"}, "a"), ({"shelf": "a/c", "room": "a"}, "a")]
    said = {**TEXT, "description": "Everything before the last slash."}
    assert told(pairs, {"room": TEXT, "shelf": TEXT}, said) == "extract(src.shelf, '^(.*)/')"
    assert told(pairs, {"room": TEXT, "shelf": TEXT}, TEXT) == "src.room"


def test_solve__only_texts_of_one_spelling_converted__the_others_are_left_out() -> None:
    """A date is put together from a whole day only, and a null stands for the rest."""
    pairs = [
        ({"born": "1987-03-01"}, "1987-03-01T00:00:00"),
        ({"born": "2001-11-30"}, "2001-11-30T00:00:00"),
        ({"born": "1987"}, None),
    ]
    made = best(pairs, {"born": 0.9})
    assert "extract(src.born, '^[0-9]{4}\\\\-[0-9]{2}\\\\-[0-9]{2}$')" in made
    assert made.startswith("if_missing(")


def test_solve__one_converted_where_the_other_is_absent__both_converted_alike() -> None:
    """The day that baking ended, and where it has not, the day that it began."""
    pairs = [
        ({"ended": "2020-01-02T10:00:00Z", "began": "2020-01-01T09:00:00Z"}, "2020-01-02"),
        ({"began": "2020-02-03T09:00:00Z"}, "2020-02-03"),
    ]
    assert best(pairs, {"ended": 0.6, "began": 0.3}) == (
        "coalesce(iso_date(src.ended), iso_date(src.began))"
    )


def test_solve__null_left_out_of_an_optional_text__so_is_an_empty_one() -> None:
    """What pairs leave out for null is not written for an empty text that no pair shows."""
    pairs = [({"note": "warm"}, "warm"), ({"note": None}, MISSING)]
    source = {"note": {"type": ["string", "null"]}}
    assert told(pairs, source, TEXT) == "non_empty(not_null(src.note))"


def test_solve__moment_in_utc__only_its_offset_is_rewritten() -> None:
    """A moment elsewhere keeps its offset, and a fraction its digits."""
    pairs = [
        ({"at": "2020-01-02T03:04:05.678901+00:00"}, "2020-01-02T03:04:05.678901Z"),
        ({"at": "2020-01-02T03:04:06.000001+00:00"}, "2020-01-02T03:04:06.000001Z"),
    ]
    assert best(pairs, {"at": 0.9}) == "replace_pattern(src.at, '[+]00:?00$', 'Z')"


def test_solve__part_in_other_letters__a_part_of_the_text_in_other_letters() -> None:
    """A mark is taken off and the rest is written small."""
    pairs = [({"tint": "#AAbb00"}, "aabb00"), ({"tint": "#00FFcc"}, "00ffcc")]
    assert best(pairs, {"tint": 0.9}) in (
        "slice(lower(src.tint), 1)",
        "part(lower(src.tint), '#', 1)",
    )


def test_solve__three_reads_one_after_the_other__a_coalesce_of_them() -> None:
    """What none of two reads gives everywhere, three may; the one most like the target first."""
    pairs = [({"a": "x"}, "x"), ({"b": "y"}, "y"), ({"a": "u", "b": "v"}, "u"), ({"c": "z"}, "z")]
    assert best(pairs, {"a": 0.8, "b": 0.6, "c": 0.5}) == "coalesce(src.a, src.b, src.c)"


def test_solve__constant_letters_that_stand_in_the_source__are_read() -> None:
    """What is the same in all pairs is read nevertheless where a read gives it."""
    pairs = [
        ({"kind": "Loaf", "state": "hot"}, "Loaf: hot"),
        ({"kind": "Loaf", "state": "cold"}, "Loaf: cold"),
    ]
    assert best(pairs, {"kind": 0.3, "state": 0.3}) == "format('{}: {}', src.kind, src.state)"


def test_solve__required_text_with_an_end_that_may_be_absent__does_without_it() -> None:
    """Where the last part may be left out, the separator before it goes too."""
    pairs = [
        ({"kind": "Loaf", "note": "too hot"}, "Loaf - too hot"),
        ({"kind": "Roll", "note": "cold"}, "Roll - cold"),
    ]
    schema = make_schema({"type": "object", "properties": {"out": TEXT}, "required": ["out"]})
    shown = examples(pairs)
    columns = [
        (read, tuple(value_of(read.expression, one.bindings) for one in shown))
        for read in reads({"kind": 0.5, "note": 0.5}, {"kind": TEXT, "note": TEXT})
    ]
    found = solve(shown, columns, schema.field("/out"))[0]
    assert print_expression(found.expression) == "join(' - ', format('{}', src.kind), src.note)"


def test_solve__one_long_value_within_constant_letters__is_read() -> None:
    """A value that hardly stands there by coincidence is read, and a word is not."""
    pairs = [({"mark": "A-17b"}, "https://shelf.example/A-17b")]
    assert best(pairs, {"mark": 0.9}) == "format('https://shelf.example/{}', src.mark)"
    assert solved([({"mark": "shelf"}, "https://shelf.example/shelf")], {"mark": 0.9}) == ()


def test_solve__price_with_two_decimals__written_so() -> None:
    """A number is written with as many decimals as all texts have."""
    pairs = [({"price": 3.5}, "3.50"), ({"price": 12}, "12.00"), ({"price": 0.05}, "0.05")]
    made = solved(pairs, {"price": 0.9})[0]
    assert made.reason.startswith("written with 2 decimals")
    assert value_of(made.expression, {"src": {"price": 7.125}}) in ("7.12", "7.13")


def test_solve__two_constants__the_one_that_the_contract_speaks_of_is_asked_for() -> None:
    """`sold when it is warm` asks for warm, and not for what the other example holds."""
    pairs = [({"state": "Won't rise"}, "binned"), ({"state": "Warm"}, "sold")]
    target = {"enum": ["sold", "binned"], "description": "sold when Warm, else binned"}
    assert told(pairs, {"state": TEXT}, target) == "'sold' if src.state == 'Warm' else 'binned'"


def test_solve__null_in_one_pair__counts_where_the_contract_says_when() -> None:
    """One pair with a null and no read is no explanation, unless the null is documented."""
    pairs = [({"x": "a"}, None)]
    said = {"type": ["string", "null"], "description": "Null while rising."}
    assert told(pairs, {"x": TEXT}, said) == "None"
    assert solved(pairs, {"x": 0.9}) == ()


def test_solve__table_from_values_seen_once__no_better_than_a_read() -> None:
    """What passes as it is needs no table, whatever the enums say."""
    pairs = [({"x": "raw"}, "raw"), ({"x": "baked"}, "baked")]
    node = {"enum": ["raw", "baked", "frozen"]}
    assert told(pairs, {"x": node}, node) == "src.x"


def test_solve__boolean_called_like_a_value__asks_for_it_though_it_never_varies() -> None:
    """One side of a boolean is enough where a value of the source has its name."""
    pairs = [({"grade": "fine"}, True), ({"grade": "fine"}, True)]
    shown = examples(pairs)
    schema = make_schema({"type": "object", "properties": {"is_fine": {"type": "boolean"}}})
    columns = [
        (read, tuple(value_of(read.expression, one.bindings) for one in shown))
        for read in reads({"grade": 0.2}, {"grade": TEXT})
    ]
    found = solve(shown, columns, schema.field("/is_fine"))[0]
    assert print_expression(found.expression) == "src.grade == 'fine'"
    assert found.is_ambiguous


@pytest.mark.parametrize(
    ("rows", "is_open"),
    [
        pytest.param([("rye", "a"), ("oat", "b"), (None, "bun")], False, id="two and one"),
        pytest.param([("rye", "a"), ("rye", "b"), (None, "bun")], True, id="first gives one value"),
        pytest.param([("rye", "a"), (None, "bun"), (None, "roll")], True, id="first counts once"),
        pytest.param([("rye", "a"), ("oat", "oat"), (None, "bun")], True, id="second says it too"),
    ],
)
def test_solve__one_read_else_another__ambiguous_unless_the_first_is_needed(
    rows: list[tuple[Any, Any]], is_open: bool
) -> None:
    """A read that counts before another shows two values that the other one does not give."""
    pairs = [({"x": x, "y": y}, y if x is None else x) for x, y in rows]
    found = {print_expression(one.expression): one for one in solved(pairs, {"x": 0.3, "y": 0.3})}
    assert found["coalesce(src.x, src.y)"].is_ambiguous is is_open


def test_solve__two_flags_that_a_description_joins__both_are_asked_for() -> None:
    """What descriptions put together is taken where all pairs agree, before one part alone."""
    flag = {"type": "boolean"}
    said = {"type": "boolean", "description": "May a boat enter and leave the harbour?"}
    target = make_schema({"type": "object", "properties": {"open": said}}).field("/open")
    names = {"enter_open": 0.7, "leave_open": 0.7}
    given = [{"enter_open": True, "leave_open": True}, {"enter_open": False, "leave_open": False}]
    shown = examples([(one, one["enter_open"]) for one in given])
    columns = [
        (read, tuple(value_of(read.expression, one.bindings) for one in shown))
        for read in reads(names, dict.fromkeys(names, flag))
    ]
    first = solve(shown, columns, target)[0]
    assert print_expression(first.expression) == "src.enter_open and src.leave_open"
    denied = examples([*((one, one["enter_open"]) for one in given), ({"enter_open": True}, True)])
    columns = [
        (read, tuple(value_of(read.expression, one.bindings) for one in denied))
        for read, _ in columns
    ]
    assert print_expression(solve(denied, columns, target)[0].expression) == "src.enter_open"


def test_solve__one_value_with_its_field_named_beside_it__is_read_and_no_constant() -> None:
    """`berth:inner` is the berth and not a constant; `pier:inner` may be either."""
    shown = [({"berth": "Inner"}, "berth:inner"), ({"berth": "Inner"}, "berth:inner")]
    assert best(shown, {"berth": 0.5}) == "format('berth:{}', lower(src.berth))"
    assert solved([({"berth": ""}, "berth:")], {"berth": 0.5}) == ()
    other = [(payload, "pier:inner") for payload, _ in shown]
    assert best(other, {"berth": 0.5}) == "'pier:inner'"


def test_solve__number_as_text_that_may_start_with_zeros__is_read_without_them() -> None:
    """Where a pattern allows `0042`, zeros before a number go, though no pair shows any."""
    pairs = [({"year": "1998"}, 1998), ({"year": "2011"}, 2011)]
    padded = {"year": {"type": "string", "pattern": r"^\d{4}$"}}
    assert best(pairs, {"year": 0.9}, padded) == (
        r"integer(replace_pattern(src.year, '^0+([0-9])', '\\1'))"
    )
    assert best(pairs, {"year": 0.9}, {"year": TEXT}) == "integer(src.year)"


def test_solve__flag_called_like_a_value_that_no_pair_shows__is_no_test_for_it() -> None:
    """A free text that some sample calls like the flag tells nothing of it: `id` is `baked`."""
    target = make_schema({"type": "object", "properties": {"baked": {"type": "boolean"}}})
    shown = examples([({"id": "a1"}, False), ({"id": "b2"}, False)])
    (read,) = reads({"id": 0.9}, {"id": {"type": "string", "examples": ["baked"]}})
    columns = [(read, tuple(value_of(read.expression, one.bindings) for one in shown))]
    found = solve(shown, columns, target.field("/baked"))
    assert [print_expression(one.expression) for one in found][:1] == ["False"]


@pytest.mark.parametrize(
    ("blank", "expression"),
    [
        ("0.00", "if_missing(number(src.x) if number(src.x) != 0 else absent(), None)"),
        ("n/a", "if_missing(number(src.x) if src.x != 'n/a' else absent(), None)"),
    ],
)
def test_solve__of_a_value_that_stands_for_nothing__gives_null(blank: str, expression: str) -> None:
    """A zero price or a dash is no price where pairs show a null for it."""
    pairs = [({"x": "1.50"}, 1.5), ({"x": blank}, None), ({"x": "12.25"}, 12.25)]
    assert best(pairs, {"x": 0.9}) == expression
