"""Rules of comparing schema versions: the language-free examples, and laws."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.changes import Level, RenameKind, SchemaDiff
from agent.core.diff import compare
from agent.core.diff_text import render_json
from agent.core.schema import Schema, make_schema

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "diff"
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted(EXAMPLES.glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))
]
TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}


def record(*required: str, **properties: Any) -> dict[str, Any]:
    """Return an object schema."""
    return {"type": "object", "properties": properties, "required": list(required)}


def diff_of(before: Any, after: Any, **options: Any) -> SchemaDiff:
    """Return the diff of two schema documents."""
    return compare(make_schema(before), make_schema(after), **options)


@pytest.mark.parametrize("case", CASES)
def test_compare__example__gives_verdict_and_changes(case: dict[str, Any]) -> None:
    """Every example has exactly its changes, in its order, and its verdict."""
    diff = diff_of(case["before"], case["after"])
    shown = render_json(diff, direction=case["direction"], policy=case["policy"])
    keys = ("check", "before_path", "after_path")
    assert [{key: change[key] for key in keys} for change in shown["changes"]] == case["changes"]
    assert shown["verdict"] == case["verdict"]


NAMES = st.sampled_from(["id", "name", "qty", "zip", "a/b", "*", "~", "größe", "createdAt", "x"])
SCALARS = st.sampled_from(
    [
        TEXT,
        WHOLE,
        {"type": "number", "minimum": 0},
        {"type": "boolean"},
        {"type": ["string", "null"], "format": "date"},
        {"enum": ["a", "b"]},
        {"const": 1},
        {},
        {"type": "string", "maxLength": 9, "pattern": "^x"},
    ]
)


def _records(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def build(properties: dict[str, Any], picks: list[bool], is_closed: bool) -> Any:
        required = [name for name, pick in zip(properties, picks, strict=False) if pick]
        schema = {"type": "object", "properties": properties, "required": required}
        return schema | ({"additionalProperties": False} if is_closed else {})

    objects = st.builds(
        build,
        st.dictionaries(NAMES, children, max_size=4),
        st.lists(st.booleans(), min_size=4, max_size=4),
        st.booleans(),
    )
    return st.one_of(
        objects,
        children.map(lambda node: {"type": "array", "items": node}),
        children.map(lambda node: {"type": "object", "additionalProperties": node}),
        st.lists(children, min_size=2, max_size=3).map(lambda nodes: {"anyOf": nodes}),
    )


SCHEMAS = st.recursive(SCALARS, _records, max_leaves=12)


@given(SCHEMAS)
def test_compare__a_schema_with_itself__finds_nothing(document: Any) -> None:
    """Nothing changed between a version and itself."""
    diff = diff_of(document, document)
    assert diff.changes == ()
    assert diff.renames == ()
    assert diff.verdict("response") == "unchanged"


def _disguise(node: Any, chance: random.Random, definitions: dict[str, Any]) -> Any:
    """Return the same schema in other words: key order, descriptions, definitions."""
    if isinstance(node, list):
        return [_disguise(part, chance, definitions) for part in node]
    if not isinstance(node, dict):
        return node
    items = [
        (
            key,
            value
            if key in ("enum", "required", "type", "const")
            else _inside(key, value, chance, definitions),
        )
        for key, value in node.items()
    ]
    chance.shuffle(items)
    result = dict(items) | {"description": f"said {chance.random()}"}
    if chance.random() < 0.4:
        name = f"D{len(definitions)}-{chance.randrange(1000)}"
        definitions[name] = result
        return {"$ref": f"#/$defs/{name}"}
    return result


def _inside(key: str, value: Any, chance: random.Random, definitions: dict[str, Any]) -> Any:
    if key != "properties":
        return _disguise(value, chance, definitions)
    items = [(name, _disguise(part, chance, definitions)) for name, part in value.items()]
    chance.shuffle(items)
    return dict(items)


@given(SCHEMAS, st.randoms(use_true_random=False))
def test_compare__cosmetic_edits__find_nothing(document: Any, chance: random.Random) -> None:
    """Key order, descriptions, inlining and names of definitions are no change."""
    definitions: dict[str, Any] = {}
    disguised = _disguise(document, chance, definitions)
    assert diff_of(document, {**disguised, "$defs": definitions}).changes == ()


@given(SCHEMAS, SCHEMAS, st.randoms(use_true_random=False))
def test_compare__any_key_order__gives_the_same_diff(
    before: Any, after: Any, chance: random.Random
) -> None:
    """The diff does not depend on the order in which keys are written."""
    shuffled = [_shuffled(node, chance) for node in (before, after)]
    assert diff_of(before, after) == diff_of(*shuffled)


def _shuffled(node: Any, chance: random.Random) -> Any:
    if isinstance(node, list):
        return [_shuffled(part, chance) for part in node]
    if not isinstance(node, dict):
        return node
    items = [(key, _shuffled(value, chance)) for key, value in node.items()]
    chance.shuffle(items)
    return dict(items)


OPEN = st.dictionaries(NAMES, SCALARS, min_size=1, max_size=5)


@given(OPEN, NAMES, SCALARS, st.booleans(), st.sampled_from(["declared", "strict"]))
def test_compare__pure_addition__breaks_writers_as_its_removal_breaks_readers(
    properties: dict[str, Any], name: str, node: Any, is_required: bool, policy: str
) -> None:
    """What breaks when a field comes breaks, swapped in time and direction, when it goes."""
    less = record(**{key: value for key, value in properties.items() if key != name})
    required = (name,) if is_required else ()
    more = record(*required, **less["properties"], **{name: node})
    coming, going = diff_of(less, more), diff_of(more, less)
    assert coming.is_breaking("request", policy) == going.is_breaking("response", policy)
    assert coming.is_breaking("response", policy) == going.is_breaking("request", policy)


@given(SCHEMAS, SCHEMAS, st.sampled_from(["response", "request", "event", "none"]))
def test_compare__strict__never_finds_less_than_declared(
    before: Any, after: Any, direction: str
) -> None:
    """The strict policy is the declared one and more."""
    order = ["unchanged", "non-breaking", "breaking-possible", "breaking"]
    diff = diff_of(before, after)
    declared, strict = (diff.verdict(direction, policy) for policy in ("declared", "strict"))
    assert order.index(strict) >= order.index(declared)


@given(SCHEMAS, SCHEMAS)
@settings(max_examples=60)
def test_compare__wild_similarity__never_changes_what_breaks_a_reader(
    before: Any, after: Any
) -> None:
    """A wrong guess about a rename is a removal and an addition in other words."""
    never, always = (
        diff_of(before, after, similarity=lambda *_, guess=guess: guess) for guess in (-9.0, 9.0)
    )
    lost = [change for change in never.changes if change.check == "field-removed"]
    if any(change.severity.level("response") is Level.BREAKING for change in lost):
        assert always.is_breaking("response")


@given(SCHEMAS, SCHEMAS)
def test_compare__any_two__locates_every_field_or_calls_it_gone(before: Any, after: Any) -> None:
    """A field of the old version is found in the new one, or something tells of it."""
    old, new = make_schema(before), make_schema(after)
    diff = compare(old, new)
    for info in old.fields:
        place = diff.locate(info.path)
        assert place is None or new.field(place) is not None or diff.touches(info.path)


def _renames(before: Any, after: Any, **options: Any) -> list[tuple[str, str, str]]:
    diff = diff_of(before, after, **options)
    return [(r.before_path, r.after_path, r.kind.value) for r in diff.renames]


def test_compare__moved_object__takes_its_fields_along() -> None:
    """What lies below a moved object is located below its new place and is touched."""
    address = record("zip", zip=TEXT, city=TEXT, street=TEXT)
    diff = diff_of(record(addr=address), record(order=record(address=address)))
    assert [(r.before_path, r.kind) for r in diff.renames] == [("/addr", RenameKind.MOVE)]
    assert diff.locate("/addr/zip") == "/order/address/zip"
    assert diff.touches("/addr/zip")


def test_compare__removed_object__has_its_fields_gone() -> None:
    """One change tells of a removed object; its fields are located nowhere."""
    diff = diff_of(record(a=record(x=TEXT, y=TEXT), n=WHOLE), record(n=WHOLE))
    assert diff.touched_before == {"/a"}
    assert diff.locate("/a/x") is None
    assert diff.touches("/a/x")
    assert not diff.touches("/n")
    assert diff.locate("/n") == "/n"


def test_compare__addition__touches_no_reader() -> None:
    """A new field touches nothing that was there, its own object included."""
    diff = diff_of(record(a=record(x=TEXT)), record(a=record(x=TEXT, y=WHOLE)))
    assert diff.touched_before == frozenset()
    assert diff.touched_after == {"/a/y"}
    assert not diff.touches("/a/x")


def test_compare__change_below__touches_a_reader_of_the_whole() -> None:
    """Who reads an object reads what changed in it, and a note changes nothing for anybody."""
    diff = diff_of(record(a=record(x=TEXT)), record(a=record(x=WHOLE)))
    assert diff.touches("/a")
    noted = diff_of(record(x=TEXT), record(x=TEXT | {"deprecated": True}))
    assert not noted.touches("/x")


def test_compare__similarity_given__decides_what_counts_as_renamed() -> None:
    """An embedding can join two names that share no word."""
    before, after = record(colour=TEXT), record(tint=TEXT)
    assert _renames(before, after, similarity=lambda *_: 0.1) == []
    assert _renames(before, after, similarity=lambda *_: 1.0) == [("/colour", "/tint", "rename")]


def test_compare__split_name__is_told_to_the_reviewer() -> None:
    """A field that may live on in parts is removed, and the sentence names the parts."""
    diff = diff_of(record(name=TEXT), record(first_name=TEXT, last_name=TEXT))
    details = {change.path: change.detail for change in diff.changes}
    assert "split into /first_name, /last_name" in details["/name"]
    assert "part of /name" in details["/first_name"]


def test_compare__merged_fields__are_told_to_the_reviewer() -> None:
    """A field that may join several names them."""
    diff = diff_of(record(first_name=TEXT, last_name=TEXT), record(name=TEXT))
    details = {change.path: change.detail for change in diff.changes}
    assert "join /first_name, /last_name" in details["/name"]


def test_compare__wrapped_value__says_where_it_may_be() -> None:
    """A type change from a value to an object names the place of the value."""
    (change,) = diff_of(record(a=TEXT), record(a=record(value=TEXT))).changes
    assert change.detail.endswith("The old value may now be /a/value.")


def test_compare__changed_condition__says_what_deepdiff_saw() -> None:
    """A keyword that is compared as a whole says what in it changed."""
    before, after = ({"contains": {"minimum": limit}} for limit in (1, 3))
    (change,) = diff_of(before, after).changes
    assert change.detail == "contains changed: contains/minimum from 1 to 3."


def test_compare__confidence__is_never_certain_for_a_guess() -> None:
    """Only what is read off both versions has confidence 1."""
    diff = diff_of(record(createdAt=TEXT), record(created_at=TEXT))
    assert [0.5 < change.confidence < 1 for change in diff.changes] == [True]


def _recursive(extra: dict[str, Any]) -> Schema:
    node = record("id", id=TEXT, left={"$ref": "#/$defs/Node"}, right={"$ref": "#/$defs/Node"})
    node["properties"] |= extra
    return make_schema({"$ref": "#/$defs/Node", "$defs": {"Node": node}})


def test_compare__recursive_schema__ends_and_tells_the_change() -> None:
    """A definition that holds itself is compared once per place that is listed."""
    diff = compare(_recursive({}), _recursive({"colour": TEXT}))
    assert diff.verdict("response") == "non-breaking"
    assert ("field-added", "/colour") in [(c.check, c.path) for c in diff.changes]


def _wide(extra: dict[str, Any], *, size: int = 22) -> Schema:
    """Return a schema whose inventory is cut: every definition refers to all others."""
    names = [f"T{number}" for number in range(size)]
    links = {name.lower(): {"$ref": f"#/$defs/{name}"} for name in names}
    definitions = {name: record(id=TEXT, **{name + "_own": TEXT}, **links) for name in names}
    definitions["T0"]["properties"] |= extra
    return make_schema({"$ref": "#/$defs/T0", "$defs": definitions})


def test_compare__more_fields_than_are_listed__says_so_and_finds_no_ghosts() -> None:
    """What the inventory cut off is not called removed, and the rest is not called harmless."""
    before, after = _wide({}), _wide({"colour": TEXT})
    assert before.is_truncated
    diff = compare(before, after)
    assert diff.verdict("response") == "breaking-possible"
    assert {change.check for change in diff.changes} == {"not-compared", "field-added"}
    assert {change.path.rpartition("/")[2] for change in diff.changes} == {"", "colour"}


def test_compare__conditions_too_deep_to_compare__are_not_called_harmless() -> None:
    """What is nested deeper than is looked at makes the verdict uncertain, never clean."""

    def deny(times: int, node: Any) -> Any:
        return node if times == 0 else {"not": deny(times - 1, node)}

    diff = diff_of(deny(80, TEXT), deny(80, WHOLE))
    assert [change.check for change in diff.changes] == ["not-compared"]
    assert diff.verdict("none") == "breaking-possible"


def test_compare__ten_thousand_fields__takes_seconds() -> None:
    """A component of the size of Stripe's is compared in seconds, renames included."""
    before = {f"group{g}": record(**{f"field{g}x{n}": TEXT for n in range(50)}) for g in range(90)}
    after = {f"group{g}": record(**{f"field{g}y{n}": TEXT for n in range(50)}) for g in range(90)}
    started = time.process_time()
    diff = diff_of(record(**before), record(**after))
    assert time.process_time() - started < 20
    assert diff.changes


def test_compare__very_long_names__takes_no_time() -> None:
    """Names of hostile length do not make scoring slow."""
    before, after = (
        record(**{f"{letter}{n}" + "ab_" * 20_000: TEXT for n in range(5)}) for letter in "xy"
    )
    started = time.process_time()
    diff_of(before, after)
    assert time.process_time() - started < 5
