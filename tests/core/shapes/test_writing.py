"""Shapes written as JSON Schema: every member is valid, and nothing else where that can be said."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.core.contract import payload_validator
from agent.core.schema import make_schema
from agent.core.shapes import (
    ANY,
    NOTHING,
    Shape,
    contains,
    from_schema,
    join,
    literal,
    meet,
    to_document,
)
from agent.core.shapes.facts import make_fact
from agent.core.shapes.large import is_large
from agent.core.shapes.parts import Arrays, Field, Form, Numbers, Objects, Texts
from agent.core.shapes.reading import minus_value
from agent.core.shapes.shape import (
    BOOLEAN,
    DATE,
    FALSE,
    NULL,
    TEXT,
    arrays,
    integers,
    later,
    numbers,
    objects,
    texts,
)
from agent.core.verify.generate import payloads
from agent.errors import InvalidSchema
from tests.core.language.types.making import make_document

ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 2, 3, 5, 7, -1, -0.0, 0.0, 1.0, 0.5, 1.5, 2.5, 1e300, 2**53 + 1),
    *(2**63 - 1, -(2**63), 0.1, 0.30000000000000004, -5e-324, 5e-324),
    *("", "a", "b", "ab", "é😀", "\n", "12", "card"),
    *([], [0], [False], [1, True], ["a", "a"], [[]], [1, 1.0], [None, "a", 1]),
    *({}, {"a": 0}, {"a": False}, {"b": 1, "a": "x"}, {"kind": "card"}, {"ab": 1}, {"": None}),
)
"""Values near the edges of what schemas tell apart."""


def is_valid(shape: Shape, value: Any) -> bool:
    """Return whether a value is valid under the schema that a shape is written as."""
    return payload_validator(make_schema(to_document(shape))).is_met(value)


def is_member(shape: Shape, value: Any) -> bool:
    """Return whether a value is in a shape, however its numbers are written."""
    return any(contains(shape, written) for written in rewritten(value))


def rewritten(value: Any) -> list[Any]:
    """Return a value, and itself with its whole numbers all as integers or all as floats."""
    return [value, _deep(value, int), _deep(value, float)]


def _deep(value: Any, write: Any) -> Any:
    match value:
        case bool():
            return value
        case int() | float():
            is_written = -(2**63) <= value < 2**63 and value % 1 == 0 and value == write(value)
            return write(value) if is_written else value
        case list():
            return [_deep(item, write) for item in value]
        case dict():
            return {key: _deep(item, write) for key, item in value.items()}
        case _:
            return value


def make_shape(rng: random.Random) -> tuple[Shape, list[Any]]:
    """Return a random shape, and values some of which are in it."""
    document = make_document(rng, depth=rng.choice([1, 2, 3]))
    try:
        schema = make_schema(document)
    except InvalidSchema:
        return ANY, []
    shape = from_schema(schema)
    return shape, list(payloads(schema, seed=rng.randrange(2**32), limit=6))


def combine(rng: random.Random) -> tuple[Shape, list[Any]]:
    """Return a shape that is made of others, and values some of which are in it."""
    shape, values = make_shape(rng)
    for _ in range(rng.randrange(3)):
        other, more = make_shape(rng)
        values = values + more
        match rng.choice(["join", "join", "meet", "minus"]):
            case "join":
                shape = join(shape, other)
            case "meet":
                shape = meet(shape, other)
            case "minus":
                shape = minus_value(shape, rng.choice(ODD))
    return shape, values


@given(seed=st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_to_document__of_any_shape__its_members_are_valid(seed: int) -> None:
    """Whatever is in a shape is valid under the schema that it is written as."""
    shape, values = combine(random.Random(seed))
    for value in [*values, *ODD]:
        assert not contains(shape, value) or is_valid(shape, value)


_NUMBERS = st.one_of(
    st.fractions(min_value=-10, max_value=10, max_denominator=60),
    st.sampled_from([Fraction(value) for value in ODD if isinstance(value, (int, float))]),
)


@given(
    low=st.none() | _NUMBERS,
    high=st.none() | _NUMBERS,
    flags=st.tuples(st.booleans(), st.booleans()),
    step=st.sampled_from([None, None, 1, 2, 3]),
    forms=st.sampled_from([Form.EITHER, Form.INTEGER, Form.FLOAT]),
    holes=st.frozensets(_NUMBERS, max_size=3),
    facts=st.frozensets(st.sampled_from([0.5, 1.5, 2.5]), max_size=2),
)
@example(
    low=Fraction(1, 3),
    high=Fraction(2, 3),
    flags=(True, True),
    step=None,
    forms=Form.EITHER,
    holes=frozenset(),
    facts=frozenset(),
)
@settings(max_examples=300, deadline=None)
def test_to_document__of_numbers__allows_them_and_no_others(
    low: Fraction | None,
    high: Fraction | None,
    flags: tuple[bool, bool],
    step: int | None,
    forms: Form,
    holes: frozenset[Fraction],
    facts: frozenset[float],
) -> None:
    """Ranges, steps, holes and multiples are written out; only how a number is written is lost,
    and that of floats without bounds every second or third is meant."""
    shape = numbers(
        Numbers(
            low,
            high,
            is_above_low=flags[0],
            is_below_high=flags[1],
            step=step,
            forms=forms,
            holes=holes,
            facts=frozenset(make_fact("multipleOf", fact) for fact in facts),
        )
    )
    near = [float(bound) for bound in (low, high) if bound is not None]
    for value in [*ODD, *near, 1 / 3, 2 / 3]:
        assert not contains(shape, value) or is_valid(shape, value), value
        is_small = low is not None and high is not None and not is_large(max(-low, high))
        is_exact = forms is Form.INTEGER or step in (None, 1) or is_small
        if is_exact and not (isinstance(value, (int, float)) and is_large(Fraction(value))):
            assert is_valid(shape, value) == is_member(shape, value), value


LARGE = [
    sign * value
    for base in (2**53, 2**60, 2**63, 2**64, 10**20, 1152921504606847000)
    for near in (base - 1, base, base + 1, base + 1024)
    for value in (near, float(near))
    for sign in (1, -1)
]
"""Numbers that a float and its shortest decimal tell apart, and their neighbours."""

KEYWORDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "const", "multipleOf")


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_from_schema__of_large_numbers__holds_what_the_validator_takes(keyword: str) -> None:
    """A validator reads a large float as its shortest decimal; the shape holds it all the same,
    and so does the schema that the shape is written as."""
    bounds = (
        [one for one in LARGE if abs(one) < 2**63]
        if keyword != "multipleOf"
        else [3, 5, 128, 2.5, 0.01, 2**60]
    )
    for bound in bounds:
        for node in ({keyword: bound}, {"not": {keyword: bound}}):
            schema = make_schema(node)
            shape = from_schema(schema)
            written = payload_validator(make_schema(to_document(shape)))
            for value in LARGE:
                if not isinstance(value, int) or -(2**63) <= value < 2**63:
                    is_met = payload_validator(schema).is_met(value)
                    assert not is_met or contains(shape, value), (node, value)
                    assert not contains(shape, value) or written.is_met(value), (node, value)


@given(values=st.frozensets(st.sampled_from(LARGE), min_size=1, max_size=2), joined=st.booleans())
@settings(max_examples=100, deadline=None)
def test_to_document__of_large_numbers__its_members_are_valid(
    values: frozenset[float], joined: bool
) -> None:
    """Listed large numbers are not written one by one, since floats are written otherwise."""
    forms = Form.EITHER if joined else Form.FLOAT
    shape = numbers(Numbers(forms=forms, values=frozenset(map(Fraction, values))))
    other = from_schema(make_schema({"type": "number", "multipleOf": 128}))
    for made in (shape, join(shape, other), meet(shape, other)):
        for value in LARGE:
            assert not contains(made, value) or is_valid(made, value), value


def _objects(**parts: Any) -> Shape:
    return objects(replace(Objects((), ANY), **parts))


_TREE = later("tree", lambda: _objects(fields=(("next", Field(_TREE_OR_NULL, True)),)))
_TREE_OR_NULL = join(_TREE, NULL)
_ENDLESS = later("endless", lambda: _objects(fields=(("next", Field(_ENDLESS, True)),)))


@pytest.mark.parametrize(
    ("shape", "document"),
    [
        (NOTHING, False),
        (ANY, True),
        (NULL, {"type": "null"}),
        (FALSE, {"enum": [False]}),
        (join(FALSE, literal(0)), {"anyOf": [{"enum": [False]}, {"enum": [0]}]}),
        (join(BOOLEAN, NULL), {"type": ["null", "boolean"]}),
        (
            integers(),
            {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
        ),
        (DATE, False),
        (
            texts(Texts(1, 3, None, frozenset({make_fact("pattern", "^a")}))),
            {"type": "string", "minLength": 1, "maxLength": 3, "pattern": "^a"},
        ),
        (
            texts(
                Texts(0, None, None, frozenset(make_fact("pattern", one) for one in ("^a", "b$")))
            ),
            {"type": "string", "allOf": [{"pattern": "^a"}, {"pattern": "b$"}]},
        ),
        (
            texts(
                Texts(values=frozenset(["a", "b"]), facts=frozenset([make_fact("pattern", "a")]))
            ),
            {"enum": ["a"]},
        ),
        (
            texts(Texts(values=frozenset(["b"]), facts=frozenset([make_fact("pattern", "a")]))),
            False,
        ),
        (
            arrays(Arrays((TEXT,), NOTHING, 1)),
            {"type": "array", "prefixItems": [{"type": "string"}], "minItems": 1, "maxItems": 1},
        ),
        (
            _objects(
                fields=(("a", Field(TEXT, True)), ("b", Field(NOTHING, False))),
                patterned=(("^a", NULL), ("^c", BOOLEAN)),
                fewest=2,
            ),
            {
                "type": "object",
                "properties": {"a": {"type": "string"}, "b": False},
                "required": ["a"],
                "patternProperties": {
                    "^a": {"anyOf": [{"type": "null"}, {"type": "string"}]},
                    "^c": {"type": "boolean"},
                },
                "minProperties": 2,
            },
        ),
    ],
)
def test_to_document__of_each_part__writes_its_keywords(shape: Shape, document: Any) -> None:
    """Each part has its keywords; a pattern allows what named keys hold that it matches."""
    assert to_document(shape) == document


def test_to_document__of_recursive_shapes__refers_to_itself() -> None:
    """A shape that holds itself is a definition that refers to itself."""
    assert is_valid(_TREE, {"next": {"next": None}})
    assert not is_valid(_TREE, {"next": {"next": 1}})
    assert not is_valid(_ENDLESS, {"next": {"next": {}}})


def test_to_document__of_shapes_that_are_false_and_zero__keeps_them_apart() -> None:
    """Python holds False for 0 and True for 1; what is written does not."""
    shape = join(join(FALSE, literal(0)), literal(1))
    assert [is_valid(shape, value) for value in (False, 0, 1, True)] == [True, True, True, False]
