"""Laws of the language, on generated expressions, adapters and payloads."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from agent.core import paths
from agent.core.contract import undeclared
from agent.core.language.document import Adapter, adapter_fingerprint, read_adapter, write_adapter
from agent.core.language.explain import explain
from agent.core.language.interpreter import evaluate, run
from agent.core.language.parser import parse
from agent.core.language.printer import print_expression
from agent.core.language.reads import provenance, read_paths
from agent.core.language.syntax import Bindings, CopyRow, Name, Row
from agent.core.schema import make_schema
from agent.errors import InvalidAdapter, InvalidExpression, PayloadRefused
from tests.core.language.trees import OBJECTS, PAYLOADS, expressions, rows

LAW = settings(
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
    ],
)
CONTRACT = {
    "properties": {
        "a": {"properties": {"b": {"items": {"properties": {"a": {}}}}}},
        "b": {"additionalProperties": {"properties": {"items": {}}}},
        "items": {"items": {"$ref": "#"}},
        "0": True,
    },
    "patternProperties": {"^c": {"anyOf": [{"properties": {"a": {}}}, {"type": "string"}]}},
}


def make_adapter(table: tuple[Row, ...], let: Bindings = ()) -> Adapter:
    """Return an adapter with these rows."""
    return Adapter("n", "s", (), {}, "c", "", CONTRACT, let, table, ())


def readable(table: tuple[Row, ...]) -> Adapter:
    """Return the adapter, or leave the example out when its targets or loops are refused."""
    adapter = make_adapter(table)
    try:
        return read_adapter(write_adapter(adapter))
    except InvalidAdapter as refusal:
        is_expected = (
            "target" in str(refusal) or "loops" in str(refusal) or "circle" in str(refusal)
        )
        assume(not is_expected)
        raise


@LAW
@given(expressions())
def test_parse__of_a_printed_tree__gives_the_tree(expression: Any) -> None:
    """parse ∘ print is the identity, and printing is canonical."""
    try:
        text = print_expression(expression)
        again = parse(text)
    except InvalidExpression as refusal:
        assume("loops over independent" not in refusal.found)
        assume("twice" not in refusal.found)
        raise
    assert again == expression
    assert print_expression(again) == text


@LAW
@given(rows())
def test_read__of_a_written_adapter__gives_the_adapter(table: tuple[Row, ...]) -> None:
    """read ∘ write is the identity, and the fingerprint does not see the order of keys."""
    adapter = readable(table)
    document = write_adapter(adapter)
    assert adapter.rows == table
    assert read_adapter(json.loads(json.dumps(document))) == adapter
    shuffled = dict(reversed(list(document.items())))
    assert adapter_fingerprint(read_adapter(shuffled)) == adapter_fingerprint(adapter)


@LAW
@given(expressions(), OBJECTS | PAYLOADS)
def test_evaluate__on_any_payload__gives_a_value_or_refuses(expression: Any, payload: Any) -> None:
    """An expression gives a value or refuses the payload; it never raises anything else."""
    before = copy.deepcopy(payload)
    assert outcome(expression, payload) == outcome(expression, payload)
    assert repr(payload) == repr(before)


@LAW
@given(rows(), OBJECTS | PAYLOADS)
def test_run__on_any_payload__is_pure_and_deterministic(
    table: tuple[Row, ...], payload: Any
) -> None:
    """run leaves its payload alone, shares nothing with it, and gives the same twice."""
    adapter, before = readable(table), repr(payload)
    try:
        output = run(adapter, payload)
    except PayloadRefused as refusal:
        with pytest.raises(PayloadRefused, match=re.escape(str(refusal))):
            run(adapter, payload)
        return
    text = json.dumps(output, allow_nan=False)
    assert json.dumps(run(adapter, payload)) == text
    destroy(output)
    assert repr(payload) == before
    assert json.dumps(run(adapter, payload)) == text


def destroy(value: Any) -> None:
    """Empty every array and object within a value."""
    if isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            destroy(item)
        value.clear()


@LAW
@given(PAYLOADS)
def test_copy__of_any_payload__writes_only_declared_fields(payload: Any) -> None:
    """What copy writes, the contract declares; and what it declares is copied unchanged."""
    adapter = make_adapter((CopyRow("", Name("src")),))
    assume(isinstance(payload, dict))
    output = run(adapter, payload)
    assert undeclared(make_schema(CONTRACT), output) == ()
    assert run(adapter, output) == output
    if undeclared(make_schema(CONTRACT), payload) == ():
        assert repr(output) == repr(payload)


@LAW
@given(rows(), OBJECTS | PAYLOADS)
def test_explain__of_any_adapter__tells_what_run_gives(
    table: tuple[Row, ...], payload: Any
) -> None:
    """An explanation of the whole output shows the output, and its rules exist."""
    adapter = readable(table)
    try:
        output = run(adapter, payload)
    except PayloadRefused:
        return
    explanation = explain(adapter, payload, "")
    assert explanation.value == output
    assert all(step.rule.startswith("/rules/") for step in explanation.steps)


@LAW
@given(rows())
def test_provenance__of_any_adapter__names_rules_that_exist(table: tuple[Row, ...]) -> None:
    """Every entry names a row of the document, and every path is a pointer."""
    adapter = readable(table)
    document = write_adapter(adapter)
    for entry in provenance(adapter):
        row: Any = document
        for token in entry.rule.split("/")[1:]:
            row = row[int(token)] if isinstance(row, list) else row[token]
        assert row["target"] == entry.row.target
        assert all(path == "" or path.startswith("/") for path in entry.reads | entry.walks)


@LAW
@given(expressions(), OBJECTS)
def test_reads__of_an_expression__cover_what_can_change_it(expression: Any, payload: Any) -> None:
    """A payload that changes only where nothing is read gives the same result."""
    read = read_paths(expression, {"src": ""})
    for key in payload:
        place = paths.child("", key)
        is_read = any(paths.is_within(place, path) or paths.is_within(path, place) for path in read)
        if not (is_read or any(path.startswith("/*") for path in read)):
            assert outcome(expression, payload) == outcome(expression, {**payload, key: "other"})


def outcome(expression: Any, payload: Any) -> str:
    """Return what evaluation gives, as text."""
    try:
        value = evaluate(expression, {"src": payload})
    except PayloadRefused:
        return "refused"
    return re.sub("0x[0-9a-f]+", "", repr(value))


@LAW
@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            [
                "src",
                ".a",
                "[0]",
                "(",
                ")",
                "[",
                "]",
                "{",
                "}",
                "for x in",
                "if",
                "else",
                " and ",
                " not ",
                "'t'",
                "1",
                "-",
                "+",
                "==",
                ",",
                ":",
                "lookup(",
                "x",
                "\\",
                "'",
                '"',
                "f'",
                "lambda",
                ":=",
                "*",
            ]
        ),
        max_size=25,
    ).map("".join)
)
def test_parse__of_any_text__gives_a_tree_or_refuses(text: str) -> None:
    """Whatever is written, the parser gives a tree or a refusal with a position within it."""
    found = parsed(text)
    if isinstance(found, InvalidExpression):
        assert 0 <= found.position <= len(text)
        assert found.found
    else:
        assert parse(print_expression(found)) == found


def parsed(text: str) -> Any:
    """Return the tree of a text, or its refusal."""
    try:
        return parse(text)
    except InvalidExpression as refusal:
        return refusal
