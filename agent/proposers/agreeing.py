"""What the pairs say about a read: whether it may feed a place, and which items go together."""

from __future__ import annotations

from collections.abc import Sequence

from agent.core.language.absence import MISSING
from agent.core.language.syntax import ArrayDisplay, Call, Expression
from agent.core.synthesis.examples import Example, Read, equal, value_of


def stays_silent(expression: Expression, examples: Sequence[Example]) -> bool:
    """Return whether an expression gives nothing wherever pairs show nothing."""
    return all(
        value_of(expression, example.bindings) is MISSING
        for example in examples
        if example.expected is MISSING
    )


def are_explained(expression: Expression, examples: Sequence[Example]) -> bool:
    """Return whether an expression gives what every pair shows."""
    return all(
        equal(value_of(expression, example.bindings), example.expected) for example in examples
    )


def projects(given: object, expected: object) -> bool:
    """Return whether an expected object is a given one less undeclared fields."""
    if isinstance(given, dict) and isinstance(expected, dict):
        return all(key in given and projects(given[key], value) for key, value in expected.items())
    if isinstance(given, list) and isinstance(expected, list):
        return len(given) == len(expected) and all(map(projects, given, expected))
    return equal(given, expected)


def lengths_agree(read: Read, examples: Sequence[Example]) -> bool:
    """Return whether a source array has as many items as are expected, wherever both are there."""
    pairs = [
        (value_of(read.expression, example.bindings), example.expected) for example in examples
    ]
    both = [(g, w) for g, w in pairs if isinstance(g, list) and isinstance(w, list)]
    return bool(both) and any(w for _, w in both) and all(len(g) == len(w) for g, w in both)


def or_empty(each: Expression, examples: Sequence[Example]) -> Expression:
    """Return the array, or the empty one where pairs show that it stands for a missing array."""
    fills = [
        example.expected
        for example in examples
        if not isinstance(value_of(each, example.bindings), list)
        and example.expected is not MISSING
    ]
    if fills and all(value == [] for value in fills):
        return Call("default", (each, ArrayDisplay(())))
    return each


def item_examples(each: Expression, name: str, examples: Sequence[Example]) -> tuple[Example, ...]:
    """Return one example per item, where given and expected items stand in the same order."""
    found = []
    for example in examples:
        given, wanted = value_of(each, example.bindings), example.expected
        if not isinstance(given, list) or not isinstance(wanted, list) or len(given) != len(wanted):
            continue
        found += [
            Example({**example.bindings, name: left}, right)
            for left, right in zip(given, wanted, strict=True)
        ]
    return tuple(found)
