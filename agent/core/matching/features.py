"""What speaks for every pair of fields of two schemas: one table for each named feature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agent.core.matching.names import TEXT_LIMIT, path_words, words
from agent.core.matching.score import naming_words, type_similarity
from agent.core.matching.value_tables import known_values, overlap_table, shape_table
from agent.core.matching.word_tables import Table, likeness_table, rarity_table
from agent.core.schema import FieldInfo

FEATURES = (
    "naming",
    "path",
    "rare words",
    "meaning",
    "description",
    "type",
    "format",
    "values",
    "shape",
)
"""The last axis of `feature_tables`, each from 0 to 1, `format` from -1 to 1:

`naming`: words of the names, a generic name with its parent's; `path`: words of the whole paths;
`rare words`: cosine of all that is said of them, rare words weighing more; `meaning`: cosine of
their texts under the embedder; `description`: that of their descriptions alone, where both have
one; `type`: whether values pass as they are; `format`: the same, another or none; `values` and
`shape`: likeness of the values that they are known to hold.
"""


@dataclass(frozen=True)
class Meaning:
    """Cosines of the embedded `names.matching_text` and description, rows by source field."""

    text: Table
    description: Table


def feature_tables(
    sources: Sequence[FieldInfo], targets: Sequence[FieldInfo], meaning: Meaning
) -> Table:
    """Return the features of every pair; the shape is (sources, targets, `FEATURES`)."""
    both = sources, targets
    names = [[naming_words(field.path) for field in side] for side in both]
    routes = [[path_words(field.path) for field in side] for side in both]
    texts = [[_all_words(field) for field in side] for side in both]
    has_said = [np.array([bool(field.description) for field in side]) for side in both]
    said = np.logical_and.outer(has_said[0], has_said[1])
    return np.stack(
        (
            likeness_table(*names),
            likeness_table(*routes),
            rarity_table(*texts),
            np.maximum(meaning.text, 0.0),
            np.where(said, np.maximum(meaning.description, 0.0), 0.0),
            type_table(sources, targets),
            _format_table(sources, targets),
            overlap_table(sources, targets),
            shape_table(sources, targets),
        ),
        axis=-1,
    )


def _all_words(field: FieldInfo) -> tuple[str, ...]:
    values = (word for value in known_values(field) for word in words(value))
    said = f"{field.title} {field.description}"[:TEXT_LIMIT]
    return (*path_words(field.path), *words(said), *values)


def type_table(sources: Sequence[FieldInfo], targets: Sequence[FieldInfo]) -> Table:
    """Return `type_similarity`, asked once for every two sets of types."""
    left = list(dict.fromkeys(field.types for field in sources))
    right = list(dict.fromkeys(field.types for field in targets))
    asked = np.array([[type_similarity(one, other) for other in right] for one in left])
    rows = [left.index(field.types) for field in sources]
    columns = [right.index(field.types) for field in targets]
    found: Table = asked[np.ix_(rows, columns)]
    return found


def _format_table(sources: Sequence[FieldInfo], targets: Sequence[FieldInfo]) -> Table:
    left = np.array([field.format for field in sources], dtype=object)[:, None]
    right = np.array([field.format for field in targets], dtype=object)[None, :]
    both = (left != "") & (right != "")
    return np.where(both, np.where(left == right, 1.0, -1.0), 0.0)
