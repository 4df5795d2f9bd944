"""Laws of inclusion over any two schemas, and schemas that are two spellings of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agent.core.inclusion import Verdict
from agent.core.values import Json
from tests.core.inclusion.making import NAMES, Maker


@dataclass(frozen=True)
class Law:
    """A pair made of two schemas, and the verdict that it never gets."""

    name: str
    pair: Callable[[Json, Json], tuple[Json, Json]]
    never: Verdict


LAWS = (
    Law("S in S", lambda one, _: (one, one), Verdict.NO),
    Law("S and T in S", lambda one, two: ({"allOf": [one, two]}, one), Verdict.NO),
    Law("S in S or T", lambda one, two: (one, {"anyOf": [two, one]}), Verdict.NO),
    Law("S in not not S", lambda one, _: (one, {"not": {"not": one}}), Verdict.NO),
    Law("false in S", lambda one, _: (False, one), Verdict.NO),
    Law("S in true", lambda one, _: (one, True), Verdict.NO),
    Law("S and not S in T", lambda one, two: ({"allOf": [one, {"not": one}]}, two), Verdict.NO),
    Law("true in S or not S", lambda one, _: (True, {"anyOf": [one, {"not": one}]}), Verdict.NO),
    Law("one of S, T in any", lambda *two: ({"oneOf": [*two]}, {"anyOf": [*two]}), Verdict.NO),
    Law("true in S and not S", lambda one, _: (True, {"allOf": [one, {"not": one}]}), Verdict.YES),
    Law("S or null in not S", lambda one, _: (_or_null(one), {"not": _or_null(one)}), Verdict.YES),
    Law(
        "items of S and T",
        lambda *two: ({"items": {"allOf": [*two]}}, {"allOf": [{"items": one} for one in two]}),
        Verdict.NO,
    ),
    Law(
        "field of S or T",
        lambda *two: (
            {"anyOf": [{"properties": {"a": one}} for one in two]},
            {"properties": {"a": {"anyOf": [*two]}}},
        ),
        Verdict.NO,
    ),
)


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def equivalents(maker: Maker) -> Iterator[tuple[str, Json, Json]]:
    """Yield a name and two spellings of one schema."""
    rng = maker.rng
    one, two, three = maker.schema(2), maker.schema(1), maker.schema(1)
    value, other, name = maker.value(), maker.value(), rng.choice(NAMES)
    negation = {"not": one}
    yield "const and enum", {"const": value}, {"enum": [value]}
    yield (
        "enum and anyOf",
        {"enum": [value, other]},
        {"anyOf": [{"const": value}, {"const": other}]},
    )
    yield (
        "if and anyOf",
        {"if": one, "then": two, "else": three},
        {"anyOf": [{"allOf": [one, two]}, {"allOf": [negation, three]}]},
    )
    yield "double negation", one, {"not": {"not": one}}
    yield (
        "dependentRequired and anyOf",
        {"dependentRequired": {name: ["b"]}},
        {"anyOf": [{"not": {"type": "object", "required": [name]}}, {"required": ["b"]}]},
    )
    yield (
        "dependentSchemas and if",
        {"dependentSchemas": {name: one}},
        {"if": {"type": "object", "required": [name]}, "then": one},
    )
    yield (
        "oneOf and exclusion",
        {"oneOf": [one, two]},
        {"anyOf": [{"allOf": [one, {"not": two}]}, {"allOf": [two, negation]}]},
    )
    yield "items and no contains", {"items": one}, {"not": {"type": "array", "contains": negation}}
    yield (
        "properties and a pattern",
        {"properties": {name: one}},
        {"patternProperties": {f"^{name}$": one}},
    )
    yield (
        "De Morgan",
        {"not": {"anyOf": [one, two]}},
        {"allOf": [negation, {"not": two}]},
    )
    yield (
        "closed twice",
        {"properties": {name: one}, "additionalProperties": False},
        {
            "properties": {name: one},
            "unevaluatedProperties": False,
        },
    )
    yield (
        "propertyNames and additionalProperties",
        {"propertyNames": {"enum": [name]}},
        {"properties": {name: True}, "additionalProperties": False},
    )
