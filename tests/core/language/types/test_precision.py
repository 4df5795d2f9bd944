"""How precise inference is: expressions over one schema, each with the shape that is expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from agent.core.language.parser import parse
from agent.core.language.types import infer, infer_adapter
from agent.core.schema import make_schema
from agent.core.shapes import from_schema, show
from tests.core.verify.making import BOOL, INT, TEXT, array, enum, make_adapter, obj, value

EXAMPLES = Path(__file__).parents[3] / "examples" / "types" / "expressions.json"
SUITE = json.loads(EXAMPLES.read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", SUITE["expressions"], ids=lambda one: one["expression"])
def test_expression__over_the_schema_of_the_suite__has_its_shape(example: dict[str, Any]) -> None:
    """An expression has the shape, the absence and the refusals that the suite says."""
    source = from_schema(make_schema(SUITE["schema"]))
    typed = infer(parse(example["expression"]), {"src": source})
    shown = show(typed.shape) + (" or missing" if typed.may_be_missing else "")
    assert shown == example["shape"]
    refused = [f"{failure.operation}: {failure.reason}" for failure in typed.failures]
    assert refused == example["refuses"]


SOURCE = obj(
    "id kind lines",
    id=INT,
    note=TEXT,
    kind=enum("card", "iban"),
    lines=array(obj("sku", sku=TEXT, qty={"type": "integer", "minimum": 0})),
    owner={**obj("name", name=TEXT), "type": ["object", "null"]},
)
ADAPTERS = [
    ([value("/id", "src.id"), value("/note", "src.note")], "{id: integer, note?: text}"),
    ([value("/a/b", "src.note")], "{a?: {b: text}}"),
    (
        [{"target": "", "copy": "src"}, value("/id", "src.note")],
        "{flag?: anything, id?: text, kind: 'card' | 'iban'}",
    ),
    ([value("", "src.note")], "text | {}"),
    (
        [
            value("/k", "1", when="src.kind == 'card'"),
            value("/k", "'x'", when="src.kind == 'iban'"),
        ],
        "{k: 1 | 'x'}",
    ),
    (
        [
            value("/k", "1", when="present(src.note)"),
            value("/k", "2", when="not present(src.note)"),
        ],
        "{k: 1 | 2}",
    ),
    ([value("/n", "src.note", when="present(src.note)")], "{n?: text}"),
    (
        [{"target": "/l", "each": "src.lines", "as": "x", "rules": [value("/s", "x.sku")]}],
        "{l: [{s: text}...]}",
    ),
    (
        [{"target": "/l", "each": "src.lines", "as": "x", "where": "x.qty > 2", "value": "x.qty"}],
        "{l: [integer [3..]...]}",
    ),
    (
        [{"target": "/m", "each": "src.lines", "as": "x", "key": "x.sku", "value": "x.qty"}],
        "{m: {*: integer [0..]}}",
    ),
    (
        [
            {
                "target": "/m",
                "each": "[src.id]",
                "key": "src.kind",
                "rules": [value("/n", "item")],
            }
        ],
        "{m: {card?: {n: integer}, iban?: {n: integer}}}",
    ),
    (
        [{"target": "/m", "each": "[src.id]", "key": "'k'", "value": "item"}],
        "{m: {k: integer}}",
    ),
    (
        [{"target": "/m", "each": "[src.id]", "key": "'k'", "value": "src.note"}],
        "{m: {k?: text}}",
    ),
    (
        [
            {
                "target": "/m",
                "each": "[src.id]",
                "key": "'k' if present(src.note) else absent()",
                "value": "item",
            }
        ],
        "{m: {k?: integer}}",
    ),
    (
        [{"target": "/m", "each": "[src.id]", "where": "item > 0", "key": "'k'", "value": "item"}],
        "{m: {k?: integer [1..]}}",
    ),
    (
        [{"target": "/o", "with": "src.owner", "as": "o", "rules": [value("/n", "o.name")]}],
        "{} | {o: null} | {o: {n: text}}",
    ),
    (
        [{"target": "", "copy": "src", "except": ["/owner", "/lines"]}],
        "{flag?: anything, id: integer, kind: 'card' | 'iban'}",
    ),
]


@pytest.mark.parametrize(("rules", "expected"), ADAPTERS, ids=str)
def test_adapter__of_each_kind_of_row__has_its_output(
    rules: list[dict[str, Any]], expected: str
) -> None:
    """An adapter's whole output has the shape that is expected, and nothing may be refused."""
    contract = obj("", id=INT, kind=TEXT, flag=BOOL) | {"additionalProperties": False}
    typed = infer_adapter(make_adapter(rules, source=SOURCE, contract=contract))
    assert show(typed.shape) == expected
    assert typed.failures == ()


def test_adapter__when_a_row_may_refuse__names_the_row() -> None:
    """A failure says which row, operation and expression it comes from."""
    rules = [value("/a", "src.id"), {"target": "/b", "rules": [value("/c", "number(src.kind)")]}]
    typed = infer_adapter(make_adapter(rules, source=SOURCE, contract={}))
    assert {(failure.rule, failure.operation) for failure in typed.failures} == {
        ("/rules/1/rules/0", "number")
    }


@pytest.mark.parametrize(
    ("key", "reason"),
    [("x.qty", "a key that is no text"), ("not_null(x.none)", "a key that is no text")],
)
def test_adapter__with_a_key_that_may_be_no_text__may_refuse(key: str, reason: str) -> None:
    """A key that may be something else than a text is a failure of `key`."""
    rules = [{"target": "/m", "each": "src.lines", "as": "x", "key": key, "value": "1"}]
    typed = infer_adapter(make_adapter(rules, source=SOURCE, contract={}))
    assert [(one.operation, one.reason) for one in typed.failures] == [("key", reason)]


def test_adapter__with_a_copy_in_a_map__takes_what_each_key_declares() -> None:
    """Where a key may be several fields, what is copied is what each of them declares."""
    contract = obj("", m=obj("", card=obj("", sku=TEXT), iban=obj("", qty=INT)))
    rules = [
        {
            "target": "/m",
            "each": "src.lines",
            "as": "x",
            "key": "src.kind",
            "rules": [{"target": "", "copy": "x"}],
        }
    ]
    typed = infer_adapter(make_adapter(rules, source=SOURCE, contract=contract))
    either = "{sku: text} | {qty?: integer [0..]}"
    assert show(typed.shape) == f"{{m: {{card?: {either}, iban?: {either}}}}}"


@pytest.mark.parametrize(
    ("count", "copied"),
    [(1, "{} | {sku: text}"), (7, "{...}")],
)
def test_adapter__with_a_copy_at_keys_of_patterns__takes_what_any_may_declare(
    count: int, copied: str
) -> None:
    """A key may match any of a map's patterns, or none; of too many of them nothing is followed."""
    patterns = {f"x{number}": obj("", sku=TEXT) for number in range(count)}
    by_sku = {"type": "object", "patternProperties": patterns, "additionalProperties": False}
    row = {"target": "/m", "each": "src.lines", "as": "x", "key": "x.sku"}
    rules = [{**row, "rules": [{"target": "", "copy": "x"}]}]
    typed = infer_adapter(make_adapter(rules, source=SOURCE, contract=obj("", m=by_sku)))
    assert show(typed.shape) == f"{{m: {{*: {copied}}}}}"
