"""The compiled adapter is the interpreter's equal: same outputs, same refusals, nothing shared."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from agent.core.language.compiler import compile_adapter
from agent.core.language.compiler.compiled import Compiled
from agent.core.language.compiler.runtime import NOT_TAKEN
from agent.core.language.document import Adapter, read_adapter
from agent.core.language.interpreter import fields_read
from agent.core.language.interpreter import run as run_reference
from agent.errors import InvalidAdapter, PayloadRefused
from tests.core.language.compiler.agreement import ODD_VALUES, Report, check, run
from tests.core.language.test_language_examples import HEAD
from tests.core.language.trees import OBJECTS, rows
from tests.timing import within

FOLDER = Path(__file__).resolve().parents[3] / "examples"
EXAMPLES = [
    pytest.param(example, id=f"{path.stem}-{index}")
    for folder in ("functions", "language")
    for path in sorted((FOLDER / folder).glob("*.json"))
    for index, example in enumerate(json.loads(path.read_text(encoding="utf-8")))
    if "payload" in example
]
LEAST_COMPILED = 0.95
"""Share of the examples that the fast path has to take on, so that it is what they test."""


def adapter_of(example: dict[str, Any]) -> Adapter:
    """Return the adapter of an example; an expression is the value of one rule."""
    own = example.get("adapter") or {"rules": [{"target": "/v", "value": example["expression"]}]}
    return read_adapter({**HEAD, **own})


def outcome(run_one: Any, payload: Any) -> tuple[str, str]:
    """Return the output of a run, or the words of its refusal."""
    try:
        return "output", json.dumps(run_one(copy.deepcopy(payload)), sort_keys=True)
    except PayloadRefused as refusal:
        return "refused", str(refusal)


def make(*rules: dict[str, Any], schema: Any = None, contract: Any = None) -> Adapter:
    """Return an adapter of some rules."""
    schemas = {"source_schema": schema or {}, "contract": contract or {}}
    return read_adapter({**HEAD, **schemas, "rules": list(rules)})


@pytest.mark.parametrize("example", EXAMPLES)
def test_example__compiled__does_what_the_interpreter_does(example: dict[str, Any]) -> None:
    """Every example gives the interpreter's output to the type, or its refusal to the word."""
    adapter = adapter_of(example)
    compiled = Compiled(adapter)
    expected = outcome(lambda payload: run_reference(adapter, payload), example["payload"])
    assert outcome(compiled.run, example["payload"]) == expected
    if not compiled.of_values.reason and expected[0] == "refused":
        with pytest.raises(NOT_TAKEN):
            compiled.of_values(copy.deepcopy(example["payload"]))


def test_examples__nearly_all__are_compiled() -> None:
    """What the fast path leaves to the interpreter is the exception."""
    compiled = [not Compiled(adapter_of(each.values[0])).of_values.reason for each in EXAMPLES]
    assert sum(compiled) / len(compiled) > LEAST_COMPILED


@pytest.mark.parametrize("seed", range(4))
def test_generated_adapters__good_and_broken_payloads__agree(seed: int) -> None:
    """No generated adapter gives another value than the interpreter, by values or by bytes."""
    report = run(pairs=1500, seed=seed)
    assert report.differences == []
    assert report.outcomes["values: value"] > 400
    assert report.outcomes["bytes: value"] > 300


@given(table=rows(), payload=OBJECTS)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_table__without_a_schema__agrees(table: Any, payload: Any) -> None:
    """Tables of every form that the parser gives agree where nothing is known of the payload."""
    adapter = Adapter("a", "s", (), {}, "c", "", {}, rows=table)
    report = Report()
    try:
        check(Compiled(adapter), payload, report)
    except InvalidAdapter:
        return
    assert report.differences == []


SPLICED = [
    "join(' ', 'a\"b', src.x)",
    "join('\"{}\\n', src.x, 'it\\'s', src.n)",
    "format('{}-{}\"{{', '\\\\', src.x)",
    "join('', src['a\"b'], 1.5, -3, 'é😀\u2028', src.x)",
    "format('\\x00{}\\t', src.x)",
]
AWKWARD = {
    "type": "object",
    "properties": {"x": {"type": "string"}, "n": {"type": "integer"}, 'a"b': {"type": "string"}},
    "required": ["x", "n", 'a"b'],
}


@pytest.mark.parametrize("expression", SPLICED)
def test_text__with_quotes_braces_and_backslashes__is_written_as_it_is(expression: str) -> None:
    """What an expression spells in literals cannot end or bend the generated code."""
    adapter = make({"target": "/v", "value": expression}, schema=AWKWARD)
    compiled, payload = Compiled(adapter), {"x": "'{x}\"", "n": -7, 'a"b': "\\"}
    assert (compiled.of_values.reason, compiled.of_bytes.reason) == ("", "")
    assert compiled.of_values(payload) == run_reference(adapter, payload)
    assert json.loads(compiled.of_bytes(json.dumps(payload).encode())) == compiled.run(payload)


def test_output__of_a_payload_with_containers__shares_nothing_with_it() -> None:
    """Changing what came out changes nothing of what went in."""
    schema = {"type": "object", "properties": {"a": {"type": "array", "items": {"type": "string"}}}}
    adapter = make(
        {"target": "/a", "value": "src.a"},
        {"target": "/b", "value": "src.b"},
        {"target": "/c", "value": "[x for x in src.b]"},
        {"target": "/d", "copy": "src"},
        schema=schema,
    )
    payload = {"a": ["x"], "b": [{"y": [1]}]}
    output = Compiled(adapter).run(payload)
    output["a"].append("z")
    output["b"][0]["y"].append(2)
    output["c"][0]["y"].append(3)
    output["d"]["b"][0]["y"].append(4)
    assert payload == {"a": ["x"], "b": [{"y": [1]}]}


def test_names__of_two_blocks__stand_for_their_own_values() -> None:
    """Blocks, lets and loops of one name do not see each other's values."""
    adapter = make(
        {"target": "/a", "with": "src.a", "as": "it", "rules": [{"target": "/v", "value": "it.v"}]},
        {"target": "/b", "with": "src.b", "as": "it", "rules": [{"target": "/v", "value": "it.v"}]},
        {"target": "/c", "let": {"n": "src.a.v"}, "value": "n"},
        {"target": "/d", "let": {"n": "src.b.v"}, "value": "n"},
        {"target": "/e", "value": "[[it + it2 for it2 in src.n] for it in src.n]"},
        {"target": "/f", "each": "src.n", "as": "it", "value": "[it for it in src.m]"},
    )
    payload = {"a": {"v": 1}, "b": {"v": 2}, "n": [1, 2], "m": [7]}
    compiled = Compiled(adapter)
    assert not compiled.of_values.reason
    assert compiled.of_values(payload) == run_reference(adapter, payload)


def test_copy__in_a_block_that_does_not_run__leaves_what_was_written() -> None:
    """A field of an earlier row stands when the copy over it has nothing to copy, however deep."""
    contract = {"type": "object", "properties": {"k": {}, "o": {"properties": {"k": {}}}}}
    adapter = make(
        {"target": "/k", "when": "src.on", "value": "src.k"},
        {"target": "/o", "when": "present(src.o)", "copy": "src.o"},
        {
            "target": "",
            "when": "src.on",
            "rules": [
                {
                    "target": "",
                    "when": "present(src.c)",
                    "rules": [{"target": "", "copy": "src.c"}],
                },
                {"target": "/o", "when": "present(src.c)", "copy": "src.c"},
            ],
        },
        contract=contract,
    )
    compiled = Compiled(adapter)
    assert not compiled.of_values.reason
    for payload in (
        {"on": True, "k": 1, "o": {}},
        {"on": True, "k": 1, "o": {"k": 2}, "c": {}},
        {"on": True, "k": 1, "c": {"k": 3}},
        {"on": False, "k": 1, "o": {"x": 1}},
    ):
        assert compiled.of_values(payload) == run_reference(adapter, payload)


SOURCE = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z]{2}-[0-9]{3}$"},
        "free": {"type": "string", "pattern": "^a+b?$"},
        "n": {"type": "integer", "minimum": 1, "maximum": 9},
        "x": {"type": "number", "exclusiveMinimum": 0},
        "state": {"enum": ["on", "off", None]},
        "maybe": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "lines": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {"sku": {"type": "string", "maxLength": 4}, "q": {"type": "integer"}},
                "required": ["sku", "q"],
            },
        },
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True},
        "whole": {
            "type": "object",
            "properties": {"k": {"type": "integer"}},
            "required": ["k"],
            "additionalProperties": False,
        },
        "unread": {"type": "integer"},
    },
    "required": ["id", "free", "n", "x", "state", "lines", "tags", "whole"],
    "additionalProperties": False,
}
READING = make(
    {"target": "/id", "value": "src.id"},
    {"target": "/free", "value": "src.free"},
    {"target": "/n", "value": "src.n * 2"},
    {"target": "/x", "value": "src.x"},
    {"target": "/state", "value": "src.state"},
    {"target": "/maybe", "value": "src.maybe"},
    {"target": "/skus", "value": "[line.sku for line in src.lines]"},
    {"target": "/total", "value": "sum([line.q for line in src.lines])"},
    {"target": "/tags", "value": "src.tags"},
    {"target": "/whole", "value": "src.whole"},
    schema=SOURCE,
)
GOOD = {
    "id": "ab-123",
    "free": "aab",
    "n": 3,
    "x": 0.5,
    "state": "on",
    "maybe": None,
    "lines": [{"sku": "s1", "q": 2, "more": [1]}, {"sku": "s2", "q": 3}],
    "tags": ["a", "b"],
    "whole": {"k": 1},
}


def test_bytes__of_a_good_payload__are_taken_by_the_typed_decoder() -> None:
    """A payload of every kind of field goes through without the interpreter."""
    compiled = Compiled(READING)
    output = compiled.fast_bytes(json.dumps(GOOD).encode())
    assert output is not None
    assert json.loads(output) == run_reference(READING, GOOD)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "ab-123\n"},
        {"id": "ab-12a"},
        {"id": "AB-123"},
        {"free": "b"},
        {"free": "aab\n"},
        {"n": 0},
        {"n": 10},
        {"n": True},
        {"n": "3"},
        {"x": 0},
        {"x": None},
        {"state": "broken"},
        {"state": 1},
        {"maybe": 3},
        {"lines": []},
        {"lines": [{"sku": "s1"}]},
        {"lines": [{"sku": "12345", "q": 1}]},
        {"lines": [{"sku": "s1", "q": 1.5}]},
        {"tags": ["a", "a"]},
        {"tags": ["a", 1]},
        {"whole": {"k": "1"}},
        {"whole": {"k": 1, "more": 2}},
        {"undeclared": 1},
    ],
    ids=str,
)
def test_bytes__that_break_what_a_rule_reads__are_refused(change: dict[str, Any]) -> None:
    """Every constraint of the source that a rule relies on is checked on the way in."""
    body = json.dumps({**GOOD, **change}).encode()
    compiled = Compiled(READING)
    assert compiled.fast_bytes(body) is None
    with pytest.raises(PayloadRefused, match="does not fit"):
        compiled.run_bytes(body)


def test_bytes__with_an_integer_beyond_64_bits__are_refused_by_the_rule_that_reads_it() -> None:
    """The schema lets it through, the language does not."""
    body = json.dumps({**GOOD, "lines": [{"sku": "s1", "q": 2**63}]}).encode()
    with pytest.raises(PayloadRefused, match="beyond 64 bits"):
        Compiled(READING).run_bytes(body)


@pytest.mark.parametrize("missing", [key for key in GOOD if key != "maybe"])
def test_bytes__without_a_required_field__are_refused(missing: str) -> None:
    """A field that the source always sends has to be there."""
    body = json.dumps({key: value for key, value in GOOD.items() if key != missing}).encode()
    with pytest.raises(PayloadRefused, match="does not fit"):
        Compiled(READING).run_bytes(body)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[1]", b"null", b'{"id": NaN}', b"\xff\xfe", b"{} {}", b'{"id": "\\ud800"}'],
)
def test_bytes__that_are_no_payload__are_refused_with_a_reason(body: bytes) -> None:
    """Broken text never ends in anything but a refusal."""
    with pytest.raises(PayloadRefused):
        Compiled(READING).run_bytes(body)


def test_bytes__with_a_whole_number_written_as_a_float__are_adapted_all_the_same() -> None:
    """JSON Schema calls 3.0 an integer: what the typed decoder does not take is not lost."""
    body = json.dumps({**GOOD, "n": 3.0}).encode()
    assert json.loads(Compiled(READING).run_bytes(body))["n"] == 6


@pytest.mark.parametrize("odd", ODD_VALUES, ids=repr)
def test_a_read__of_anything__is_as_the_interpreter_has_it(odd: Any) -> None:
    """What is no value of the language is refused by name, whatever the schema says."""
    for schema in ({}, {"type": "object", "properties": {"a": {"type": ["string", "number"]}}}):
        adapter = make({"target": "/v", "value": "src.a"}, schema=schema)
        expected = outcome(lambda payload, one=adapter: run_reference(one, payload), {"a": odd})
        assert outcome(Compiled(adapter).run, {"a": odd}) == expected


def test_refusal__of_a_failing_rule__names_the_places() -> None:
    """The fast path says nothing of a fault; the interpreter says all of it."""
    adapter = make(
        {"target": "/l", "each": "src.l", "as": "x", "rules": [{"target": "/q", "value": "1 / x"}]}
    )
    with pytest.raises(PayloadRefused) as caught:
        Compiled(adapter).run({"l": [1, 0]})
    assert (caught.value.target, caught.value.operation) == ("/l/1/q", "/")


def test_adapters__of_one_fingerprint__are_compiled_once() -> None:
    """The same document gets the same compiled adapter, another one its own."""
    rule = {"target": "/v", "value": "src.a"}
    assert compile_adapter(make(rule)) is compile_adapter(make(dict(rule)))
    assert compile_adapter(make(rule)) is not compile_adapter(make({**rule, "target": "/w"}))


BOMBS = {
    "arrays that double": {"let": {"l0": "src.a"}, "grow": "concat(l{0}, l{0})", "end": "l{0}"},
    "texts that double": {"let": {"l0": "src.t"}, "grow": "join('', l{0}, l{0})", "end": "l{0}"},
    "displays that double": {"let": {"l0": "src.a"}, "grow": "[l{0}, l{0}]", "end": "l{0}"},
    "loops over one array": {
        "let": {"l0": "src.a"},
        "grow": "[x for x in l{0} for y in src.a]",
        "end": "count(l{0})",
    },
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_bomb__of_values_that_grow__ends_quickly_with_a_refusal(bomb: dict[str, Any]) -> None:
    """Work that grows with every step is bounded: the fast path gives up, the interpreter too."""
    let = dict(bomb["let"])
    for step in range(40):
        let[f"l{step + 1}"] = bomb["grow"].format(step)
    rule = {"target": "/v", "value": bomb["end"].format(40)}
    adapter = read_adapter({**HEAD, "let": let, "rules": [rule]})

    def refused() -> None:
        with pytest.raises(PayloadRefused):
            Compiled(adapter).run({"a": list(range(100)), "t": "x" * 100})

    within(10, refused)


FAULTS: dict[str, tuple[dict[str, Any], Any]] = {
    "an item of an each": (
        {"target": "/l", "each": "src.l", "as": "x", "rules": [{"target": "/v", "value": "1 / x"}]},
        {"l": [1, 2, 0, 3]},
    ),
    "an item after others were left out": (
        {
            "target": "/l",
            "each": "src.l",
            "as": "x",
            "where": "x.on",
            "rules": [{"target": "/v", "value": "number(x.n)"}],
        },
        {"l": [{"on": False}, {"on": True, "n": "1"}, {"on": False}, {"on": True, "n": "z"}]},
    ),
    "a where": (
        {"target": "/l", "each": "src.l", "as": "x", "where": "x.n > 0", "value": "x.n"},
        {"l": [{"n": 1}, {"n": "2"}]},
    ),
    "an each in a with in a group": (
        {
            "target": "/g",
            "rules": [
                {"target": "/a", "value": "src.a"},
                {
                    "target": "/w",
                    "with": "src.w",
                    "as": "w",
                    "rules": [
                        {"target": "/k", "value": "w.k"},
                        {"target": "/l", "each": "w.l", "as": "y", "value": "number(y)"},
                    ],
                },
            ],
        },
        {"a": 1, "w": {"k": 1, "l": ["1", "2", "three"]}},
    ),
    "a key of a map": (
        {"target": "/m", "each": "src.l", "as": "x", "key": "x.k", "value": "x.v"},
        {"l": [{"k": "a", "v": 1}, {"k": 2, "v": 2}]},
    ),
    "an entry of a map": (
        {
            "target": "/m",
            "each": "entries(src.m)",
            "as": "e",
            "rules": [{"target": "/v", "value": "number(e.value)"}],
        },
        {"m": {"p": "1", "q": "z"}},
    ),
    "a sum over a loop that rows share": (
        {"target": "/s", "value": "sum([number(x) for x in src.l])"},
        {"l": ["1", "x"]},
    ),
}
SHARED_SCHEMA = {
    "type": "object",
    "properties": {
        "l": {"type": "array"},
        "m": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}


@pytest.mark.parametrize("schema", [{}, SHARED_SCHEMA], ids=["free", "typed"])
@pytest.mark.parametrize(("rule", "payload"), FAULTS.values(), ids=FAULTS)
def test_fault__in_one_row__is_named_as_the_interpreter_names_it(
    rule: dict[str, Any], payload: Any, schema: Any
) -> None:
    """The row and item at fault run alone, and say the same as a whole run says."""
    adapter = make({"target": "/first", "value": "count(src.l)"}, rule, schema=schema)
    expected = outcome(lambda one: run_reference(adapter, one), payload)
    assert expected[0] == "refused"
    assert outcome(Compiled(adapter).run, payload) == expected
    body = json.dumps(payload).encode()
    assert outcome(lambda _: Compiled(adapter).run_bytes(body), payload) == expected


def test_fault__told_in_brief__names_the_target_and_what_was_found() -> None:
    """A batch of bad payloads learns what was refused, without the search for its place."""
    rule, payload = FAULTS["an item of an each"]
    with pytest.raises(PayloadRefused) as caught:
        Compiled(make(rule)).run(payload, is_brief=True)
    assert (caught.value.target, caught.value.source) == ("/l/2/v", "")
    assert caught.value.operation == "/"


def test_names_of_fields__that_a_row_reads__are_found_through_lets() -> None:
    """Only what a row may read is looked into when its fault is named; `src` itself is all."""
    adapter = read_adapter(
        {
            **HEAD,
            "let": {"n": "src.a.b"},
            "rules": [{"target": "/v", "value": "n + src.c"}, {"target": "/w", "value": "src"}],
        }
    )
    assert fields_read(adapter, 0) == {"a", "c"}
    assert fields_read(adapter, 1) is None


def nested(depth: int) -> list[dict[str, Any]]:
    """Return rows of `each` within `each`."""
    if depth == 0:
        return [{"target": "/v", "value": "1"}]
    over = f"x{depth + 1}.l" if depth < DEEP else "src.l"
    return [{"target": "/l", "each": over, "as": f"x{depth}", "rules": nested(depth - 1)}]


DEEP = 25
LARGE = {
    "loops within loops": nested(DEEP),
    "thousands of rows": [{"target": f"/a{number}", "value": "src.a"} for number in range(2_500)],
}


@pytest.mark.parametrize("rules", LARGE.values(), ids=LARGE)
def test_adapter__too_deep_or_too_large_to_compile__runs_all_the_same(
    rules: list[dict[str, Any]],
) -> None:
    """What Python could not hold, or would take seconds over, is left to the interpreter."""
    payload: dict[str, Any] = {"a": 1, "l": []}
    for _ in range(DEEP):
        payload = {"a": 1, "l": [payload]}
    adapter = make(*rules)
    compiled = Compiled(adapter)
    assert compiled.of_values.reason
    assert compiled.run(payload) == run_reference(adapter, payload)


@pytest.mark.parametrize("bound", [2**20, 2**40, 2**62])
def test_sum__near_64_bits__is_refused_where_the_interpreter_refuses(bound: int) -> None:
    """How large items may be decides which checks a sum needs; none of them is one too few."""
    items = {"type": "array", "items": {"type": "integer", "minimum": -bound, "maximum": bound}}
    schema = {"type": "object", "properties": {"l": items}, "required": ["l"]}
    adapter = make({"target": "/s", "value": "sum([x for x in src.l])"}, schema=schema)
    for payload in ({"l": [bound] * 3}, {"l": [-bound, bound]}, {"l": []}, {"l": [bound, 1.5]}):
        expected = outcome(lambda one: run_reference(adapter, one), payload)
        assert outcome(Compiled(adapter).run, payload) == expected


@pytest.mark.parametrize("value", ["default(src.b, False)", "default(src.n, 7)"])
def test_default__of_an_optional_field__is_as_the_interpreter_has_it(value: str) -> None:
    """One read with a default in it means what a read and a default mean."""
    properties = {"b": {"type": "boolean"}, "n": {"type": "integer", "maximum": 5}}
    for schema in ({"type": "object", "properties": properties}, {"properties": properties}):
        adapter = make({"target": "/v", "value": value}, schema=schema)
        for payload in ({}, {"b": True, "n": 3}, {"b": None, "n": None}, {"b": 1, "n": True}):
            expected = outcome(lambda one, own=adapter: run_reference(own, one), payload)
            assert outcome(Compiled(adapter).run, payload) == expected


def test_null__of_a_block_over_fields_of_others__takes_them_away_in_order() -> None:
    """A block over null writes null where it stands: fields written before go, later ones come."""
    block = {
        "target": "/a",
        "with": "src.w",
        "as": "w",
        "rules": [{"target": "/y", "value": "w.y"}],
    }
    field = {"target": "/a/x", "value": "src.x"}
    schema = {
        "type": "object",
        "properties": {"w": {"type": ["object", "null"]}, "x": {"type": "integer"}},
        "required": ["w", "x"],
    }
    for rules in ([field, block], [block, field]):
        adapter = make(*rules, schema=schema)
        compiled = Compiled(adapter)
        assert not compiled.of_values.reason
        for payload in ({"w": None, "x": 1}, {"w": {"y": 2}, "x": 1}, {"w": {}, "x": 1}):
            assert compiled.of_values(payload) == run_reference(adapter, payload)
            body = compiled.of_bytes(json.dumps(payload).encode())
            assert json.loads(body) == run_reference(adapter, payload)
