"""Kinds: which types of value an expression may give, as one small integer."""

from __future__ import annotations

from typing import Final

from agent.core.values import Json

MISSING: Final = 1
NULL: Final = 2
BOOLEAN: Final = 4
INTEGER: Final = 8
FLOAT: Final = 16
TEXT: Final = 32
ARRAY: Final = 64
OBJECT: Final = 128
DATE: Final = 256
TABLE: Final = 512

NOTHING: Final = MISSING | NULL
NUMBER: Final = INTEGER | FLOAT
SCALAR: Final = NULL | BOOLEAN | NUMBER | TEXT
CONTAINER: Final = ARRAY | OBJECT
JSON: Final = SCALAR | CONTAINER
ANYTHING: Final = MISSING | JSON | DATE | TABLE

OF_TYPES: Final = {
    "null": NULL,
    "boolean": BOOLEAN,
    "integer": INTEGER,
    "number": NUMBER,
    "string": TEXT,
    "array": ARRAY,
    "object": OBJECT,
}
"""Kinds by the name of a JSON Schema type; an integer that is written `1.0` is another kind."""

CLASSES: Final = {
    BOOLEAN: "bool",
    INTEGER: "int",
    FLOAT: "float",
    TEXT: "str",
    ARRAY: "list",
    OBJECT: "dict",
}
"""Python's class of each kind that has one, by its name in generated code."""


def kind_of(value: Json) -> int:
    """Return the kind of one JSON value."""
    match value:
        case None:
            return NULL
        case bool():
            return BOOLEAN
        case int():
            return INTEGER
        case float():
            return FLOAT
        case str():
            return TEXT
        case list():
            return ARRAY
        case _:
            return OBJECT


def has_one(kinds: int) -> bool:
    """Return whether exactly one kind is possible."""
    return kinds != 0 and kinds & (kinds - 1) == 0
