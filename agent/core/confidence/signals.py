"""What speaks for a rule, in numbers: its confidence is estimated from them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ground(StrEnum):
    """What a rule rests on."""

    PAIRS = "pairs"
    CONDITION = "condition"
    CONSTANT = "constant"
    NAMES = "names"
    NAMES_BESIDE_PAIRS = "names beside pairs"
    UNEXPLAINED = "unexplained"
    PRIOR_MAPPING = "prior mapping"
    FIXED = "fixed"
    DEFAULT = "default"
    SAID = "said"
    COPY = "copy"
    COPY_BESIDE_PAIRS = "copy beside pairs"
    LOOP = "loop"
    LOOP_BESIDE_PAIRS = "loop beside pairs"
    ANALOGY = "analogy"
    BESIDE = "what a field beside does not take"
    LEFTOVER = "leftover"
    MODEL = "model"
    ABSENT = "absent"
    ABSENT_BESIDE_PAIRS = "absent beside pairs"
    ABSENT_AS_BEFORE = "absent as before"
    ABSENT_AFTER_ALL = "absent after all"
    CARRIED = "carried"
    RENAMED = "renamed"


SLOPES = {
    Ground.PAIRS: "pairs",
    Ground.CONDITION: "conditions",
    Ground.CONSTANT: "constants",
    Ground.NAMES: "names",
    Ground.NAMES_BESIDE_PAIRS: "names",
    Ground.UNEXPLAINED: "names",
    Ground.PRIOR_MAPPING: "names",
    Ground.COPY: "names",
    Ground.COPY_BESIDE_PAIRS: "names",
    Ground.LOOP: "names",
    Ground.LOOP_BESIDE_PAIRS: "names",
    Ground.RENAMED: "names",
}
"""The grounds whose numbers count, and whose weights they share."""

BESIDE_PAIRS = {
    Ground.NAMES: Ground.NAMES_BESIDE_PAIRS,
    Ground.ABSENT: Ground.ABSENT_BESIDE_PAIRS,
    Ground.COPY: Ground.COPY_BESIDE_PAIRS,
    Ground.LOOP: Ground.LOOP_BESIDE_PAIRS,
}
"""What a ground becomes where pairs show other fields, but not this one."""

_ON_PAIRS = ("values", "cost", "margin", "doubtful", "left out right", "left out wrong")

NUMBERS = {
    "pairs": _ON_PAIRS,
    "conditions": _ON_PAIRS,
    "constants": _ON_PAIRS,
    "names": ("likeness", "margin", "doubtful"),
}
"""The numbers that count for each sort of ground."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for one rule.

    `likeness` is that of names and meaning, 0 to 1; `values` counts the different values that
    pairs show; `cost` is what the expression assumes; `margin` is how far the next explanation is
    behind, in the unit of its ground. `is_doubtful` tells that the
    expression itself is a guess: a part of a text, a table with gaps, a conversion that could be
    meant otherwise. `left_out_right` and `left_out_wrong` count the pairs on which the target was
    so when each was left out in turn.
    """

    ground: Ground
    likeness: float = 0.0
    values: int = 0
    cost: float = 0.0
    margin: float = 0.0
    is_doubtful: bool = False
    left_out_right: int = 0
    left_out_wrong: int = 0
