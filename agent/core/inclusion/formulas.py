"""Formulas about one JSON value: what a schema says, in negation normal form.

A leaf is a literal of the graph (a subschema or its complement) or an atom about one JSON type.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from typing import Final, TypeAlias

from agent.core.inclusion.graph import Literal
from agent.core.values import Json


class Type(StrEnum):
    """The types of JSON values; integers are numbers."""

    NULL = "null"
    BOOLEAN = "boolean"
    STRING = "string"
    NUMBER = "number"
    OBJECT = "object"
    ARRAY = "array"


ALL_TYPES: Final = frozenset(Type)


@dataclass(frozen=True, eq=False, slots=True)
class And:
    """All of these hold."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Or:
    """Some of these holds; `keyword` and `pointer` say what asks for the choice."""

    parts: tuple[Formula, ...]
    keyword: str = ""
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Types:
    """The value has one of these types."""

    types: frozenset[Type]


@dataclass(frozen=True, slots=True)
class OneOfValues:
    """The value is one of these, or with `positive` off none; `keys` are their value keys."""

    values: tuple[Json, ...]
    keys: frozenset[str]
    positive: bool = True


@dataclass(frozen=True, slots=True)
class Low:
    """A number is at least the bound, or above it."""

    bound: Fraction
    is_open: bool


@dataclass(frozen=True, slots=True)
class High:
    """A number is at most the bound, or below it."""

    bound: Fraction
    is_open: bool


@dataclass(frozen=True, slots=True)
class Multiple:
    """A number is a multiple."""

    of: Fraction


@dataclass(frozen=True, slots=True)
class Size:
    """A text, array or object has at least `count` characters, items or fields."""

    count: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text matches a pattern somewhere."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Format:
    """A text has a format; only where formats are asserted."""

    format: str


@dataclass(frozen=True, slots=True)
class Items:
    """All items from `start` on, before `end`, satisfy a literal."""

    start: int
    end: int | None
    literal: Literal


@dataclass(frozen=True, slots=True)
class Contains:
    """At least `count` items satisfy a literal."""

    literal: Literal
    count: int


@dataclass(frozen=True, slots=True)
class Unique:
    """No two items are equal."""


@dataclass(frozen=True, slots=True)
class Keys:
    """A set of keys: one name, those that a pattern matches, or those that no other one names.

    With `name` and `pattern` unset it holds the keys that are none of `names` and that none of
    `patterns` matches.
    """

    name: str | None = None
    pattern: str | None = None
    names: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fields:
    """All fields with a key of the set satisfy a literal."""

    keys: Keys
    literal: Literal


@dataclass(frozen=True, slots=True)
class Names:
    """All keys satisfy a literal, as texts."""

    literal: Literal


Body: TypeAlias = (
    Low | High | Multiple | Size | Pattern | Format | Items | Contains | Unique | Fields | Names
)


@dataclass(frozen=True, slots=True)
class Atom:
    """What a value of one type satisfies, or with `holds` off does not.

    `elsewhere` says whether it is true of values of other types: keywords are, their negations
    are not. Atoms that say the same are equal, wherever they stand.
    """

    type: Type
    body: Body
    holds: bool = True
    elsewhere: bool = True
    keyword: str = field(default="", compare=False)
    pointer: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Opaque:
    """A keyword that can be tested on a value and not reasoned about."""

    keyword: str
    pointer: str
    literal: Literal
    positive: bool = True


Formula: TypeAlias = Literal | And | Or | Types | OneOfValues | Atom | Opaque


def negated(formula: Formula) -> Formula:
    """Return the complement."""
    match formula:
        case int():
            return -formula
        case And():
            return Or(tuple(map(negated, formula.parts)))
        case Or():
            return And(tuple(map(negated, formula.parts)))
        case Types():
            return Types(ALL_TYPES - formula.types)
        case Atom():
            return replace(formula, holds=not formula.holds, elsewhere=not formula.elsewhere)
        case _:
            return replace(formula, positive=not formula.positive)
