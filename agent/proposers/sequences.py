"""A field that no pair shows, after fields that take the items of an array one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.core.confidence.signals import Ground, Signals
from agent.core.language.rewrite import reads_in
from agent.core.language.syntax import Call, Conditional, Expression, Index, Row, ValueRow
from agent.core.proposing import Evidence, EvidenceKind
from agent.core.schema import FieldInfo, Schema
from agent.core.synthesis.build import call
from agent.proposers.agreeing import stays_silent
from agent.proposers.choosing import SAFE, Choice, has_pairs
from agent.proposers.place import Place

FEWEST: Final = 2
"""Fields that take the first items, so that a next one may be thought of."""


def next_item(
    child: FieldInfo,
    beside: Sequence[FieldInfo],
    rows: Sequence[Row],
    place: Place,
    *,
    contract: Schema,
) -> Choice | None:
    """Return the item after those that fields beside take: `z`, where `x` and `y` take two.

    The field has to be the only one of their type that is left.
    """
    unseen = [one for one in beside if not has_pairs(place.examples_of(one.path))]
    if child.is_required or [one for one in unseen if one.types == child.types] != [child]:
        return None
    taken: dict[tuple[Expression, Expression | None], list[int]] = {}
    for row in rows:
        other = contract.field(place.base + row.target)
        if other is None or other.types != child.types or not isinstance(row, ValueRow):
            continue
        item = _item(row.value)
        if item is not None:
            taken.setdefault((item.of, row.when), []).append(item.position)
    for (of, when), positions in taken.items():
        made = Index(of, len(positions))
        whole = made if when is None else Conditional(when, made, call("absent"))
        is_sequence = sorted(positions) == list(range(len(positions)))
        if not is_sequence or len(positions) < FEWEST:
            continue
        if stays_silent(whole, place.examples_of(child.path)):
            text = f"fields beside it take the first {len(positions)} items of the same array"
            evidence = (Evidence(EvidenceKind.SAMPLE, text),)
            reads = tuple(reads_in(made, scope=place.scope))
            return Choice(
                made,
                reads,
                Signals(Ground.ANALOGY),
                evidence,
                when=when,
                is_ambiguous=True,
                question=f"is it item {len(positions)}, after those that fields beside it take?",
            )
    return None


def _item(value: Expression) -> Index | None:
    """Return the item of an array that a value takes, as it is or made safe."""
    match value:
        case Call(function=function, arguments=(first, *_)) if function in SAFE:
            return _item(first)
        case Index():
            return value
        case _:
            return None
