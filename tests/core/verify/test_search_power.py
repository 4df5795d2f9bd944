"""What the search must find by itself: adapters with one subtle fault each, and no samples."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.verify.making import (
    BOOL,
    INT,
    NUMBER,
    TEXT,
    array,
    check,
    codes,
    enum,
    map_of,
    obj,
    value,
)

FILLED = {"type": "string", "minLength": 1}
DIGITS = {"type": "string", "pattern": "^[0-9]+$"}
LABEL = obj("label", label=TEXT)
OPTIONAL_TEXT = {"type": ["string", "null"]}
CHANNEL = obj("kind value", kind=enum("home", "work", "fax"), value=TEXT)
DATED = {"type": "string", "format": "date-time"}


def one_of(*arms: Any) -> dict[str, Any]:
    """Return a union of objects."""
    return {"oneOf": [{**arm, "additionalProperties": False} for arm in arms]}


def listing(expression: str, **more: Any) -> dict[str, Any]:
    """Return a rule that writes an array."""
    return value("/list", expression, **more)


BREAKING: dict[str, tuple[Any, Any, Any]] = {
    "an item with nothing in it": (
        [value("/label", "src.authors[0].name if count(src.authors) == 1 else 'many'")],
        obj("authors", authors=array(obj(name=TEXT, url=TEXT, mail=TEXT))),
        LABEL,
    ),
    "an item without the field among items with it": (
        [listing("[a.name for a in src.authors]")],
        obj("authors", authors={**array(obj(name=TEXT)), "minItems": 2, "maxItems": 2}),
        obj("list", list={**array(TEXT), "minItems": 2}),
    ),
    "the field absent in every item": (
        [value("/label", "first([a.name for a in src.authors], otherwise=absent())")],
        obj("authors", authors={**array(obj(name=TEXT, url=TEXT)), "minItems": 2}),
        LABEL,
    ),
    "both of two alternatives absent": (
        [value("/label", "coalesce(src.name, src.title)")],
        obj(name=TEXT, title=TEXT, a=TEXT, b=TEXT, c=TEXT),
        LABEL,
    ),
    "all of four alternatives absent": (
        [value("/label", "coalesce(src.w.a, src.w.b, src.w.c, src.w.d)")],
        obj("w", w=obj(a=TEXT, b=TEXT, c=TEXT, d=TEXT), x=TEXT, y=TEXT, z=TEXT),
        LABEL,
    ),
    "an object of optional fields that is there and empty": (
        [value("/label", "join('', src.who.first, src.who.last) if present(src.who) else 'x'")],
        obj(who=obj(first=TEXT, last=TEXT), a=TEXT, b=TEXT),
        obj("label", label=FILLED),
    ),
    "an arm of a kind whose field is absent": (
        [value("/label", "src.card if src.kind == 'card' else src.kind")],
        obj("kind", kind=enum("cash", "debit", "card", "bank", "gift"), card=TEXT, x=TEXT, y=TEXT),
        LABEL,
    ),
    "an empty text": (
        [value("/label", "src.name")],
        obj("name", name=TEXT),
        obj("label", label=FILLED),
    ),
    "an empty text in a list": (
        [listing("[c.value for c in src.channels if c.kind == 'fax']")],
        obj("channels", channels=array(CHANNEL)),
        obj("list", list=array(FILLED)),
    ),
    "a text of spaces": (
        [value("/label", "trim(src.name)", when="src.name != ''"), ],
        obj("name", name=FILLED),
        obj("", label=FILLED),
    ),
    "a space before a text": (
        [value("/label", "src.name")],
        obj("name", name=FILLED),
        obj("label", label={"type": "string", "pattern": "^\\S"}),
    ),
    "a text that is not ASCII": (
        [value("/label", "src.name")],
        obj("name", name=TEXT),
        obj("label", label={"type": "string", "pattern": "^[ -~\\s]*$"}),
    ),
    "a long text": (
        [value("/label", "src.name")],
        obj("name", name=TEXT),
        obj("label", label={"type": "string", "maxLength": 2048}),
    ),
    "a negative number": (
        [value("/label", "text(src.n)")],
        obj("n", n=INT),
        obj("label", label=DIGITS),
    ),
    "an integer that is written as 1.0": (
        [value("/label", "text(abs(src.n))", when="src.n != 1")],
        obj("n", n={"type": "integer", "minimum": 0}),
        obj("", label=DIGITS),
    ),
    "zero": (
        [value("/n", "src.n")],
        obj("n", n=NUMBER),
        obj("n", n={"type": "number", "not": {"const": 0}}),
    ),
    "a fraction of a cent": (
        [value("/n", "scale(src.n, 2)")],
        obj("n", n={"type": "number", "minimum": 0, "maximum": 10}),
        obj("n", n=INT),
    ),
    "a large number": (
        [value("/n", "src.n")],
        obj("n", n=NUMBER),
        obj("n", n={"type": "number", "maximum": 1e12}),
    ),
    "an undeclared field of an open object": (
        [value("/meta", "src.meta")],
        obj("meta", meta=obj(a=TEXT)),
        obj("meta", meta=obj(a=TEXT)),
    ),
    "an odd key of a map": (
        [value("/meta", "src.meta")],
        obj("meta", meta=map_of(TEXT)),
        obj("meta", meta={**map_of(TEXT), "propertyNames": {"pattern": "^[a-z_]+$"}}),
    ),
    "an empty map": (
        [value("/meta", "src.meta")],
        obj("meta", meta=map_of(TEXT)),
        obj("meta", meta={**map_of(TEXT), "minProperties": 1}),
    ),
    "null in one item": (
        [listing("[i.note for i in src.items]")],
        obj("items", items=array(obj("note", note=OPTIONAL_TEXT))),
        obj("list", list=array(TEXT)),
    ),
    "another type of a list of types": (
        [value("/label", "src.id if is_text(src.id) else text(src.id)")],
        obj("id", id={"type": ["string", "integer", "boolean", "null"]}),
        LABEL,
    ),
    "another arm in an item": (
        [listing("[default(i.iban, i.card) for i in src.items]")],
        obj("items", items=array(one_of(
            obj("iban", iban=TEXT), obj("card", card=TEXT), obj("cash", cash=BOOL)))),
        obj("list", list={**array(TEXT), "minItems": 1}),
    ),
    "an empty list": (
        [value("/n", "max([i.n for i in src.items])")],
        obj("items", items=array(obj("n", n=INT))),
        obj("n", n=INT),
    ),
    "a list longer than the contract takes": (
        [listing("[i.n for i in src.items]")],
        obj("items", items=array(obj("n", n=INT))),
        obj("list", list={**array(INT), "maxItems": 50}),
    ),
    "items that turn out the same": (
        [listing("[i.name for i in src.items]")],
        obj("items", items=array(obj("id name", id=INT, name=TEXT))),
        obj("list", list={**array(TEXT), "uniqueItems": True}),
    ),
    "a filter that nothing passes": (
        [listing("[i.value for i in src.channels if i.kind == 'work']")],
        obj("channels", channels={**array(CHANNEL), "minItems": 1}),
        obj("list", list={**array(TEXT), "minItems": 1}),
    ),
    "a filter that everything passes": (
        [listing("[i.value for i in src.channels if i.kind == 'work']")],
        obj("channels", channels={**array(CHANNEL), "minItems": 1}),
        obj("list", list={**array(TEXT), "maxItems": 1}),
    ),
    "a text in another case than a rule compares with": (
        [value("/label", "'on' if src.state == 'enabled' else ('on!' if lower(src.state) == "
               "'enabled' else 'off')")],
        obj("state", state=TEXT),
        obj("label", label=enum("on", "off")),
    ),
    "a text that is no date for an annotated field": (
        [value("/label", "slice(src.at, 0, 10)")],
        obj("at", at=DATED),
        obj("label", label={"type": "string", "minLength": 10}),
    ),
    "two things at once": (
        [value("/label", "src.b if src.kind == 'b' and not present(src.a) else 'x'")],
        obj("kind", kind=enum("a", "b", "c", "d", "e", "f", "g", "h"), a=TEXT, b=TEXT),
        LABEL,
    ),
    "a key that is no text of the contract": (
        [value("/list", "[e.key for e in entries(src.meta)]")],
        obj("meta", meta=map_of(TEXT)),
        obj("list", list=array(FILLED)),
    ),
}  # fmt: skip
"""Adapters that break their contract: what is needed to see it, rules, source, contract."""

REFUSING: dict[str, tuple[Any, Any, Any]] = {
    "items with the same key": (
        [value("/meta", "from_entries(src.items, key='id', value='name')")],
        obj("items", items=array(obj("id name", id=TEXT, name=TEXT))),
        obj("meta", meta=map_of(TEXT)),
    ),
    "two items of one kind": (
        [value("/label", "only([c.value for c in src.channels if c.kind == 'fax'])",
               when="any([c.kind == 'fax' for c in src.channels])")],
        obj("channels", channels=array(CHANNEL)),
        obj("", label=TEXT),
    ),
    "lists of different lengths": (
        [listing("[a + b for a, b in zip([i.a for i in src.items], [i.b for i in src.items])]")],
        obj("items", items=array(obj("a", a=INT, b=INT))),
        obj("list", list=array(NUMBER)),
    ),
    "a product beyond 64 bits": (
        [value("/n", "src.n * 1000")],
        obj("n", n=INT),
        obj("n", n=NUMBER),
    ),
    "two numbers that are equal": (
        [value("/n", "src.total / (src.to - src.from_)")],
        obj("total to from_", total=NUMBER, to=INT, from_=INT),
        obj("n", n=NUMBER),
    ),
    "digits that are no 64-bit number": (
        [value("/n", "integer(src.code) if matches(src.code, '^[0-9]+$') else 0")],
        obj("code", code=TEXT),
        obj("n", n=INT),
    ),
    "nothing after the mark that a rule looks for": (
        [value("/n", "integer(part(src.code, '#', 1)) if contains(src.code, '#') else 0")],
        obj("code", code=TEXT),
        obj("n", n=INT),
    ),
    "a day that does not exist": (
        [value("/label", "iso_date(src.day)")],
        obj("day", day={"type": "string", "format": "date"}),
        LABEL,
    ),
    "a number behind a date that most texts are not": (
        [value("/day", "iso_date(parse_date(src.day, pattern='%Y%m%d', "
               "assume_zone='UTC'))"),
         value("/n", "number(src.amount)")],
        obj("day amount", day=TEXT, amount=TEXT),
        obj("day n", day=TEXT, n=NUMBER),
    ),
    "a code behind a code": (
        [value("/a", "lookup(src.a, {'x': 1, 'y': 2})"),
         value("/b", "lookup(src.b, {'p': 1, 'q': 2})"),
         value("/c", "lookup(src.c, {'s': 1, 't': 2})")],
        obj("a b c", a=TEXT, b=TEXT, c=TEXT),
        obj("a b c", a=INT, b=INT, c=INT),
    ),
}  # fmt: skip
"""Adapters of which every rule refuses some payload."""


@pytest.mark.parametrize("name", BREAKING)
def test_search__of_a_subtly_wrong_adapter__refutes_it(name: str) -> None:
    """A contract that valid payloads break is seen without a sample, within the usual tries."""
    rules, source, contract = BREAKING[name]
    found = check(rules, source=source, contract=contract)
    assert found.counterexample is not None
    assert found.counterexample.kind == "contract"


@pytest.mark.parametrize("name", REFUSING)
def test_search__of_rules_that_refuse__tells_of_every_one(name: str) -> None:
    """Every rule that refuses a valid payload is told of, also behind one that refuses more."""
    rules, source, contract = REFUSING[name]
    found = check(rules, source=source, contract=contract)
    told = {finding.path for finding in found.findings if finding.code == "may_refuse"}
    assert "may_refuse" in codes(found)
    assert told == {rule["target"] for rule in rules}
