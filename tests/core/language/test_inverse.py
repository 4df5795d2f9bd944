"""Inverses: what comes back does, what does not is said, and nothing is lost in silence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from agent.core import paths
from agent.core.contract import payload_validator
from agent.core.language.document import Adapter, read_adapter, write_adapter
from agent.core.language.equality import are_equal
from agent.core.language.interpreter import run
from agent.core.language.inverse import Inversion, Kind, RuleInversion, invert
from agent.core.schema import Schema, make_schema
from agent.core.verify.generate import payloads
from agent.errors import InvalidAdapter, PayloadRefused


def closed(properties: dict[str, Any], *required: str, null: bool = False) -> dict[str, Any]:
    """Return the schema of an object with these fields and no others."""
    return {
        "type": ["object", "null"] if null else "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def adapter_of(source: Any, *rules: Any, contract: Any = None, let: Any = None) -> Adapter:
    """Return an adapter from a source schema with these rules."""
    return read_adapter(
        {
            "driftmend_adapter": 1,
            "name": "n",
            "source": "s",
            "source_fingerprints": ["sha256:0"],
            "source_schema": source,
            "consumer": "c",
            "contract": {} if contract is None else contract,
            "let": let or {},
            "rules": list(rules),
        }
    )


def of_one(schema: Any, value: str, *required: str, **more: Any) -> tuple[Inversion, RuleInversion]:
    """Return the inversion of one rule that reads the field x, and what it says of the rule."""
    source = closed({"x": schema, "y": {"type": "string"}}, *required)
    found = invert(adapter_of(source, {"target": "/out", "value": value, **more}))
    return found, found.rules[0]


def kept_places(payload: Any, path: str) -> dict[str, Any]:
    """Return what stands at a path, place by place: scalars as they are, the rest by its kind."""
    found = {}
    for place, value in paths.find(payload, path):
        size = len(value) if isinstance(value, list) else 0
        found[place] = (type(value), size) if isinstance(value, (list, dict)) else [value]
    return found


def same_places(left: dict[str, Any], right: dict[str, Any]) -> bool:
    """Return whether two payloads hold the same at the same places."""
    if left.keys() != right.keys():
        return False
    return all(
        are_equal(value, right[place])
        if isinstance(value, list) and isinstance(right[place], list)
        else value == right[place]
        for place, value in left.items()
    )


def require_law(adapter: Adapter, *, seed: int = 0, limit: int = 60, extra: Any = ()) -> int:
    """Check that what is not listed as lost comes back, and return on how many payloads."""
    inversion = invert(adapter)
    schema = make_schema(adapter.source_schema)
    accepted = 0
    own = [payload for payload in extra if payload_validator(schema).is_met(payload)]
    for payload in [*payloads(schema, seed=seed, limit=limit), *own]:
        try:
            output = run(adapter, payload)
        except PayloadRefused:
            continue
        accepted += 1
        back = brought_back(inversion, output)
        require_kept(inversion, schema, payload, back)
    return accepted


def brought_back(inversion: Inversion, output: Any) -> Any:
    """Return what the inverse makes of an output; a total one never refuses."""
    if inversion.adapter is None:
        return {}
    try:
        return run(inversion.adapter, output)
    except PayloadRefused:
        assert any(rule.kind is Kind.LOSSY and rule.is_inverted for rule in inversion.rules)
        return None


def require_kept(inversion: Inversion, schema: Schema, payload: Any, back: Any) -> None:
    """Check one payload against what came back of it."""
    if back is None and payload is not None:
        return
    for info in schema.fields:
        if info.path not in inversion.lost:
            before, after = kept_places(payload, info.path), kept_places(back, info.path)
            assert same_places(before, after), (info.path, payload, back)
    if not inversion.lost:
        assert are_equal(back, payload), (payload, back)


NUMBER = {"type": "integer", "minimum": -1000, "maximum": 1000}
ISO_VALUES = [
    ({"type": "string"}, "src.x"),
    ({"type": ["string", "null"]}, "src.x"),
    ({}, "src.x"),
    (NUMBER, "scale(src.x, 2)"),
    (NUMBER, "scale(src.x, -2)"),
    ({"type": ["number", "null"], "minimum": -10, "maximum": 10}, "scale(src.x, 3)"),
    ({"type": "integer"}, "text(src.x)"),
    ({"type": ["number", "null"]}, "text(src.x)"),
    ({"type": "boolean"}, "text(src.x)"),
    ({"type": "number"}, "-src.x"),
    ({"enum": ["a", "b", None]}, "lookup(src.x, {'a': 1, 'b': 2})"),
    ({"enum": [1, 2, True]}, "lookup(src.x, {1: 'a', 2: 'b', True: 'c'})"),
    ({"type": "boolean"}, "lookup(src.x, {True: 'y', False: 'n'})"),
    ({"type": "integer"}, "iso_datetime(from_epoch(src.x, unit='s'))"),
    ({"type": "integer"}, "iso_datetime(from_epoch(src.x, unit='ms'), fraction=3)"),
    ({"type": ["integer", "null"]}, "iso_datetime(from_epoch(src.x, unit='us'), fraction=True)"),
    (NUMBER, "text(scale(src.x, 2))"),
    ({"type": "string"}, "{'a': src.x, 'b': {'c': src.y}}"),
]


@pytest.mark.parametrize(("schema", "value"), ISO_VALUES)
def test_invert__of_an_exact_rule__gives_back_every_value(schema: Any, value: str) -> None:
    """A rule that is called exact loses nothing, missing and null included."""
    inversion, rule = of_one(schema, value)
    assert (rule.kind, rule.loss, rule.is_inverted) == (Kind.ISO, "", True)
    assert inversion.is_total
    assert "/x" not in inversion.lost
    source = closed({"x": schema, "y": {"type": "string"}})
    extra = [{"x": number} for number in (1.0, -0.0, 0, 253402300799, -62135596800, 2**63 - 1)]
    assert require_law(adapter_of(source, {"target": "/out", "value": value}), extra=extra) > 1


REQUIRED_NOT = closed({"x": {"type": "boolean"}}, "x")


def test_invert__of_not__needs_a_boolean_that_is_always_there() -> None:
    """`not` of a required boolean is exact, of an optional one it is not."""
    adapter = adapter_of(REQUIRED_NOT, {"target": "/out", "value": "not src.x"})
    assert invert(adapter).is_lossless
    assert require_law(adapter) == 2
    assert of_one({"type": "boolean"}, "not src.x")[1].kind is Kind.LOSSY


LOSSES = [
    # schema, value, two payloads' x (… for missing) with one output, a word of the statement
    ({"type": "boolean"}, "not src.x", (False, ...), "true"),
    ({"type": ["string", "null"]}, "default(src.x, 'a')", ("a", None), "missing or null"),
    ({"type": "string"}, "if_missing(src.x, 'a')", ("a", ...), "missing"),
    ({"type": "string"}, "coalesce(src.x, 'a')", ("a", ...), "missing"),
    ({"type": ["string", "null"]}, "not_null(src.x)", (None, ...), "missing"),
    ({"type": "string"}, "number(src.x)", ("1.50", "1.5"), "writes the number"),
    ({"type": "string"}, "integer(src.x)", ("1.0", "1"), "writes the number"),
    ({"type": ["string", "integer"]}, "text(src.x)", ("1", 1), "one text"),
    ({"type": "number"}, "round(src.x, 1)", (1.21, 1.22), "digits"),
    ({"type": "string"}, "upper(src.x)", ("a", "A"), "case"),
    ({"type": "string"}, "slice(src.x, 0, 1)", ("ab", "ac"), "rest"),
    ({"type": "string"}, "part(src.x, '-', 0)", ("a-b", "a-c"), "rest"),
    ({"type": "string"}, "trim(src.x)", ("a", " a"), "space"),
    ({"type": "array"}, "first(src.x)", ([1], [1, 2]), "one of the values"),
    ({"type": "array"}, "src.x[0]", ([1], [1, 2]), "other items"),
    ({"type": "array"}, "count(src.x)", ([1], [2]), "items are lost"),
    ({"type": "string"}, "join('-', src.x, 'b-c')", ("a", "a"), "begins"),
    ({"enum": ["a", "b"]}, "lookup(src.x, {'a': 1, 'b': 1})", ("a", "b"), "one value"),
    ({"enum": ["a", "b"]}, "lookup(src.x, {'a': 1, 'b': 1.0})", ("a", "b"), "one value"),
    ({"enum": ["a", None]}, "lookup(src.x, {'a': None})", ("a", None), "null"),
    ({"enum": ["a", "b"]}, "lookup(src.x, {'a': 1}, otherwise=1)", ("a", "b"), "stood for"),
    ({"type": "number"}, "iso_datetime(from_epoch(src.x, unit='s'))", (1, 1.5), "cut off"),
    ({"type": "integer"}, "iso_datetime(from_epoch(src.x, unit='ms'))", (1, 2), "cut off"),
    ({"type": "string"}, "iso_date(src.x)", ("2024-01-01T00:00Z", "2024-01-01T01:00Z"), "date"),
    ({"type": "number"}, "src.x > 1", (2, 3), "truth"),
    ({"type": "number"}, "src.x + 1", (9007199254740992.0, 9007199254740994.0), "result"),
    ({"type": "number"}, "1 if src.x > 1 else 0", (2, 3), "branch"),
    ({"type": ["string", "null"]}, "present(src.x)", ("a", None), "presence"),
]


@pytest.mark.parametrize(("schema", "value", "pair", "word"), LOSSES)
def test_invert__of_a_rule_that_loses__says_what(
    schema: Any, value: str, pair: tuple[Any, Any], word: str
) -> None:
    """Two values with one output cannot both come back, so the rule is not exact and says why."""
    inversion, rule = of_one(schema, value)
    adapter = adapter_of(closed({"x": schema}), {"target": "/out", "value": value})
    outputs = [run(adapter, {} if x is ... else {"x": x}) for x in pair]
    assert outputs[0] == outputs[1] or value == "src.x + 1"
    assert rule.kind is not Kind.ISO
    assert word in rule.loss
    assert "/x" in inversion.lost
    assert not inversion.is_total


def test_invert__of_a_scale_without_bounds__does_not_trust_large_floats() -> None:
    """A whole float beyond 2**53 is not its shortest decimal, so scaling it is not exact."""
    inversion, rule = of_one({"type": "integer"}, "scale(src.x, 1)")
    assert rule.kind is Kind.LOSSY
    assert "2**53" in rule.loss or "9007199254740992" in rule.loss
    adapter = adapter_of(closed({"x": {}}), {"target": "/out", "value": "scale(src.x, 0)"})
    large = 1152921504606847232.0
    assert inversion.adapter is not None
    assert run(adapter, {"x": large})["out"] != int(large)


def test_invert__of_a_table_without_a_closed_enum__is_not_exact() -> None:
    """Where the schema allows a value that the table does not know, a payload is refused."""
    _, rule = of_one({"type": "string"}, "lookup(src.x, {'a': 1})")
    assert rule.kind is Kind.LOSSY
    assert "refused" in rule.loss


def test_invert__of_a_constant__is_none_and_breaks_no_law() -> None:
    """A rule that reads nothing gives nothing back, and hides nothing of the source."""
    adapter = adapter_of(
        closed({"x": {}}), {"target": "/x", "value": "src.x"}, {"target": "/v", "value": "'2'"}
    )
    inversion = invert(adapter)
    assert [rule.kind for rule in inversion.rules] == [Kind.ISO, Kind.NONE]
    assert inversion.is_lossless


def test_invert__of_conditions__is_none() -> None:
    """What is written only sometimes does not come back, unless the types know the condition."""
    assert of_one({"type": "string"}, "src.x", when="present(src.y)")[1].kind is Kind.NONE
    assert of_one({"type": "string"}, "src.x", when="1 == 1")[1].kind is Kind.ISO


def test_invert__when_two_rules_are_fed_by_one_read__says_so() -> None:
    """One of them brings the value back; a write to the other would be lost."""
    adapter = adapter_of(
        closed({"x": {"type": "string"}}),
        {"target": "/a", "value": "upper(src.x)"},
        {"target": "/b", "value": "src.x"},
        {"target": "/c", "value": "src.x"},
    )
    kinds = {rule.target: (rule.kind, rule.is_inverted) for rule in invert(adapter).rules}
    assert kinds["/b"] == (Kind.ISO, True)
    assert kinds["/c"] == (Kind.LOSSY, False)
    assert "/b" in invert(adapter).rules[2].loss
    require_law(adapter)


def test_invert__when_rows_write_over_each_other__trusts_neither() -> None:
    """A later row, or a display, may replace what an earlier row wrote."""
    source = closed({"x": {}, "y": {}})
    for rules in (
        [{"target": "/a", "value": "src.x"}, {"target": "/a/b", "value": "1"}],
        [{"target": "/a/b", "value": "src.x"}, {"target": "/a", "value": "{'c': src.y}"}],
        [{"target": "", "value": "src"}, {"target": "/x", "value": "1"}],
    ):
        adapter = adapter_of(source, *rules)
        assert invert(adapter).rules[0].kind is not Kind.ISO
        require_law(adapter)


def test_invert__of_parents__knows_when_they_vanish() -> None:
    """An object that may be empty or null does not come back by its fields alone."""
    inner = {"z": {"type": "string"}}
    rule = {"target": "/z", "value": "src.a.z"}
    cases = [
        (closed({"a": closed(inner)}), ("/a",)),
        (closed({"a": closed(inner, "z")}), ()),
        (closed({"a": closed(inner, "z", null=True)}), ("/a",)),
        (closed({"a": closed(inner)}, "a"), ("/a",)),
        (closed({"a": closed({"b": closed(inner, "z")}, "b")}), ("/a/b/z",)),
    ]
    for source, lost in cases[:4]:
        adapter = adapter_of(source, rule)
        assert invert(adapter).lost == lost
        require_law(adapter)
    deep = adapter_of(cases[4][0], {"target": "/z", "value": "src.a.b.z"})
    assert invert(deep).is_lossless
    require_law(deep)


def test_invert__of_a_block__brings_its_null_back() -> None:
    """`with` over null writes null, which the inverse can tell from missing."""
    source = closed({"a": closed({"z": {"type": "string"}}, "z", null=True)})
    block = {
        "target": "/t",
        "with": "src.a",
        "as": "a",
        "rules": [{"target": "/q", "value": "a.z"}],
    }
    assert invert(adapter_of(source, block)).is_lossless
    require_law(adapter_of(source, block))
    shared = adapter_of(source, block, {"target": "/t/more", "value": "1"})
    assert "/a" in invert(shared).lost
    require_law(shared)


def test_invert__of_a_block_that_may_not_run__trusts_only_what_lies_within() -> None:
    """What a block reads outside its object, or the object itself, is written only sometimes."""
    inner = closed({"on": {"type": "boolean"}}, "on", null=True)
    source = closed({"a": inner, "id": {"type": "string"}})
    rules = [
        {"target": "/id", "value": "src.id"},
        {"target": "/off", "value": "not a.on"},
    ]
    adapter = adapter_of(source, {"target": "/t", "with": "src.a", "as": "a", "rules": rules})
    assert invert(adapter).lost == ("/id",)
    require_law(adapter, extra=[{"id": "x"}, {"id": "x", "a": None}, {"a": {"on": False}}])
    whole = [{"target": "/raw", "value": "a"}]
    raw = adapter_of(source, {"target": "/t", "with": "src.a", "as": "a", "rules": whole})
    assert "/a" in invert(raw).lost
    require_law(raw)


def test_invert__of_a_default__owns_up_to_the_parents_that_it_makes() -> None:
    """A default comes back as a value, and makes an object of what was missing or null."""
    inner = closed({"y": {"type": "string"}, "z": {"type": "string"}}, "y")
    rules = [
        {"target": "/y", "value": "src.a.y"},
        {"target": "/z", "value": "default(src.a.z, 'none')"},
    ]
    adapter = adapter_of(closed({"a": inner}), *rules)
    assert invert(adapter).lost == ("/a", "/a/z")
    require_law(adapter, extra=[{}])
    sure = adapter_of(closed({"a": inner}, "a"), *rules)
    assert invert(sure).lost == ("/a/z",)
    require_law(sure)


def test_invert__of_arrays__keeps_order_count_and_emptiness() -> None:
    """An array is missing, null, empty or long in the inverse as it was."""
    item = closed({"sku": {"type": "string"}, "n": NUMBER})
    source = closed({"xs": {"type": ["array", "null"], "items": item}})
    rules = [{"target": "/k", "value": "i.sku"}, {"target": "/c", "value": "scale(i.n, 1)"}]
    each = {"target": "/ys", "each": "src.xs", "as": "i", "rules": rules}
    adapter = adapter_of(source, each)
    assert invert(adapter).is_lossless
    require_law(adapter, extra=[{}, {"xs": None}, {"xs": []}, {"xs": [{}, {"n": 1.0}]}])
    filtered = adapter_of(source, {**each, "where": "i.n > 1"})
    assert {rule.kind for rule in invert(filtered).rules} == {Kind.NONE}
    outer = adapter_of(source, {**each, "rules": [{"target": "/k", "value": "src.xs"}]})
    assert "/xs" in invert(outer).lost


def test_invert__of_a_map__is_none() -> None:
    """The items of a map do not come back as an array, and the reason says so."""
    source = closed({"xs": {"type": "array", "items": closed({"sku": {"type": "string"}})}})
    each = {"target": "/ys", "each": "src.xs", "as": "i", "key": "i.sku", "value": "i.sku"}
    found = invert(adapter_of(source, each))
    assert {rule.kind for rule in found.rules} == {Kind.NONE}
    assert "become fields by `i.sku`" in found.rules[0].loss
    assert "/xs/*/sku" in found.lost


def test_invert__of_items_that_may_be_null__is_lossy() -> None:
    """A null item becomes an object when rows write it, and stays null when it is written whole."""
    item = closed({"sku": {"type": "string"}}, null=True)
    source = closed({"xs": {"type": "array", "items": item}})
    each = {"target": "/ys", "each": "src.xs", "as": "i"}
    rules = [{"target": "/k", "value": "i.sku"}]
    assert invert(adapter_of(source, {**each, "rules": rules})).rules[0].kind is Kind.LOSSY
    whole = adapter_of(source, {**each, "value": "i"})
    assert invert(whole).is_lossless
    require_law(whole, extra=[{"xs": [None, {}]}])
    by_field = adapter_of(source, {**each, "value": "i.sku"})
    assert "count" in invert(by_field).rules[0].loss


def test_invert__of_a_copy__names_what_it_leaves_out() -> None:
    """A copy is exact only where the contract declares all that the source may hold."""
    meta = closed({"a": {"type": "string"}, "b": closed({"c": {}, "d": {}})})
    source = closed({"meta": meta})
    copy = {"target": "/m", "copy": "src.meta"}
    full = adapter_of(source, copy, contract={"properties": {"m": meta}})
    assert invert(full).is_lossless
    require_law(full, extra=[{"meta": {}}, {"meta": {"b": {}}}])
    part = closed({"a": {"type": "string"}, "b": closed({"c": {}})})
    lossy = invert(adapter_of(source, copy, contract={"properties": {"m": part}}))
    assert "/b/d" in lossy.rules[0].loss
    assert lossy.rules[0].kind is Kind.LOSSY
    free = closed({"meta": {"type": "object", "properties": {"a": {}}}})
    open_one = invert(adapter_of(free, copy, contract={"properties": {"m": part}}))
    assert "/*" in open_one.rules[0].loss
    excluded = invert(adapter_of(source, {**copy, "except": ["/a"]}))
    assert "/a" in excluded.rules[0].loss


def test_invert__of_an_open_source__lists_what_no_schema_names() -> None:
    """Fields that the schema does not name are lost, and said to be."""
    source = {"type": "object", "properties": {"x": {"type": "string"}}}
    assert invert(adapter_of(source, {"target": "/x", "value": "src.x"})).lost == ("/*",)


def test_invert__always__gives_a_document_that_reads_back() -> None:
    """The inverse is an adapter like any other, from the consumer to the source."""
    source = closed({"a*b": {"type": "string"}, "7/": {}, "from": {}})
    adapter = adapter_of(
        source,
        {"target": "/~2", "value": "src['a*b']"},
        {"target": "/0", "value": "src['7/']"},
        {"target": "/with", "value": "src['from']"},
    )
    inverse = invert(adapter).adapter
    assert inverse is not None
    assert read_adapter(write_adapter(inverse)) == inverse
    assert (inverse.source, inverse.consumer) == ("c", "s")
    assert (inverse.source_schema, inverse.contract) == (adapter.contract, source)
    assert invert(adapter).is_lossless
    require_law(adapter)


def test_invert__of_nothing_that_comes_back__has_no_adapter() -> None:
    """Without a rule to undo there is no inverse."""
    assert invert(adapter_of(closed({"x": {}}), {"target": "/v", "value": "1"})).adapter is None


POOL: list[dict[str, Any]] = [
    {"target": "/id", "value": "text(src.id)"},
    {"target": "/id2", "value": "src.id"},
    {"target": "/o", "value": "src.o"},
    {"target": "/o/z", "value": "src.o.z"},
    {"target": "/p/z", "value": "src.o.z"},
    {"target": "/p/y", "value": "src.o.p.y"},
    {"target": "/p", "value": "{'q': src.flag, 'z': scale(src.id, 2)}"},
    {"target": "/b", "with": "src.o", "as": "a", "rules": [{"target": "/z", "value": "a.z"}]},
    {
        "target": "/b",
        "with": "src.o",
        "as": "a",
        "rules": [
            {"target": "/raw", "value": "a"},
            {"target": "/id", "value": "src.id"},
            {"target": "/f", "value": "not a.on"},
        ],
    },
    {
        "target": "",
        "with": "src.o",
        "as": "a",
        "rules": [
            {"target": "/g", "with": "a.p", "as": "p", "rules": [{"target": "/y", "value": "p.y"}]}
        ],
    },
    {"target": "/xs", "each": "src.xs", "as": "i", "rules": [{"target": "/k", "value": "i.sku"}]},
    {"target": "/ks", "each": "src.xs", "as": "i", "value": "i.sku"},
    {"target": "/xv", "each": "src.xs", "as": "i", "value": "i"},
    {
        "target": "/xd",
        "each": "src.xs",
        "as": "i",
        "rules": [
            {"target": "", "with": "i.in", "as": "n", "rules": [{"target": "/y", "value": "n.y"}]},
            {"target": "/d", "value": "default(i.sku, 'none')"},
        ],
    },
    {"target": "/flag", "value": "not src.flag"},
    {"target": "/st", "value": "lookup(src.st, {'a': True, 'b': 1})"},
    {"target": "/py", "value": "default(src.o.p.y, 'new')"},
    {"target": "", "copy": "src.o"},
    {"target": "/c", "copy": "src.o", "except": ["/z"]},
    {"target": "/c2", "copy": "src.o"},
    {"target": "", "value": "src"},
    {"target": "", "value": "src.o"},
    {"target": "/w", "value": "src.o.z", "when": "src.flag"},
    {"target": "/m", "value": "src.m"},
    {"target": "/me", "rules": [{"target": "/m", "value": "src.m"}]},
]


@st.composite
def drawn_adapters(draw: st.DrawFn) -> Adapter:
    """Draw an adapter whose rules may contradict each other, from a schema of any strictness."""
    is_null, is_required, is_open = (draw(st.booleans()) for _ in range(3))

    def object_of(properties: dict[str, Any]) -> dict[str, Any]:
        required = draw(st.lists(st.sampled_from(sorted(properties)), unique=True))
        found = closed(properties, *(required if is_required else ()), null=is_null)
        return {**found, "additionalProperties": is_open}

    text = {"type": ["string", "null"] if is_null else "string"}
    item = object_of({"sku": text, "in": object_of({"y": text})})
    inner = object_of({"z": text, "on": {"type": "boolean"}, "p": object_of({"y": text})})
    source = object_of(
        {
            "id": NUMBER,
            "flag": {"type": "boolean"},
            "st": {"enum": ["a", "b"]},
            "o": inner,
            "xs": {"type": ["array", "null"] if is_null else "array", "items": item},
            "m": {"type": "object", "additionalProperties": text},
        }
    )
    rules = draw(st.lists(st.sampled_from(POOL), min_size=1, max_size=5))
    contract = draw(st.sampled_from([{}, {"properties": {"c2": inner, "z": {}, "p": {}}}]))
    try:
        return adapter_of(source, *rules, contract=contract)
    except InvalidAdapter:
        assume(False)
        raise


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn_adapters(), st.integers(0, 1000))
def test_invert__of_any_adapter__brings_back_all_that_is_not_lost(
    adapter: Adapter, seed: int
) -> None:
    """Whatever the rules are, a field that is not listed as lost comes back as it was."""
    require_law(adapter, seed=seed, limit=30)
    for row in adapter.rows:
        require_law(replace(adapter, rows=(row,)), seed=seed, limit=10)
