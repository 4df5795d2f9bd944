"""Likeness of the values that fields are known to hold: enums, examples, constants, defaults."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

import numpy as np

from agent.core.matching.names import words
from agent.core.matching.word_tables import Table
from agent.core.schema import FieldInfo
from agent.core.values import Json

VALUES_READ = 40
"""Known values of one field that are compared; more say nothing new."""

_RUNS = re.compile(r"[A-Z]+|[a-z]+|[0-9]+|[^\W\d_]+|\s+")


def known_values(field: FieldInfo) -> tuple[str, ...]:
    """Return the different scalar values that a field is known to hold, as text."""
    said = [*(field.enum or ()), *field.examples]
    if field.has_default:
        said.append(field.default)
    scalars = (
        _text(value)
        for value in said
        if isinstance(value, (str, int, float)) and not isinstance(value, bool)
    )
    return tuple(dict.fromkeys(text for text in scalars if text))[:VALUES_READ]


def _text(value: Json) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def overlap_table(left: Sequence[FieldInfo], right: Sequence[FieldInfo]) -> Table:
    """Return the share of the smaller set of known values that is in the other, as words."""
    one, other = (
        [dict.fromkeys(map(_said, known_values(field))) for field in side] for side in (left, right)
    )
    column = {value: at for at, value in enumerate(dict.fromkeys(v for said in one for v in said))}
    rows, columns = _members(one, column), _members(other, column)
    sizes = np.minimum.outer([len(found) for found in one], [len(found) for found in other])
    shared: Table = rows @ columns.T / np.maximum(sizes, 1)
    return shared


def _said(value: str) -> Hashable:
    return words(value) or value


def _members(sets: Sequence[Iterable[Hashable]], column: dict[Hashable, int]) -> Table:
    made = np.zeros((len(sets), len(column)))
    for row, found in enumerate(sets):
        made[row, [column[value] for value in found if value in column]] = 1.0
    return made


def shape_table(left: Sequence[FieldInfo], right: Sequence[FieldInfo]) -> Table:
    """Return how alike the shapes of known values are, 0 to 1; 0 where one side shows none.

    A shape is a value with every run of letters, digits or space written as one sign:
    `2024-01-31` and `1999-12-01` have the same.
    """
    one = [Counter(map(_shape, known_values(field))) for field in left]
    other = [Counter(map(_shape, known_values(field))) for field in right]
    shapes = dict.fromkeys(shape for counts in (*one, *other) for shape in counts)
    column = {shape: at for at, shape in enumerate(shapes)}
    rows, columns = _shares(one, column), _shares(other, column)
    made: Table = rows @ columns.T
    return made


def _shares(counts: Sequence[Counter[str]], column: dict[str, int]) -> Table:
    made = np.zeros((len(counts), len(column)))
    for row, found in enumerate(counts):
        for shape, times in found.items():
            made[row, column[shape]] = times
    made /= np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)
    return made


def _shape(value: str) -> str:
    return _RUNS.sub(lambda run: _sign(run.group()[0]), value)


def _sign(character: str) -> str:
    if character.isdecimal():
        return "0"
    if character.isspace():
        return " "
    return "A" if character.isupper() else "a"
