"""A contract map of arrays out of one array: its items, by a field that several share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from agent.core import paths
from agent.core.confidence.signals import Ground, Signals
from agent.core.language.syntax import (
    ArrayComprehension,
    Expression,
    Literal,
    Loop,
    Name,
    Row,
    ValueRow,
)
from agent.core.matching.names import own_name, stem, words
from agent.core.proposing import Evidence, EvidenceKind
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import Read
from agent.core.synthesis.naming import fresh_name
from agent.proposers.choosing import Choice, has_pairs
from agent.proposers.notebook import Notebook
from agent.proposers.place import Place, copies_whole, named_children
from agent.proposers.reach import Reach
from agent.proposers.tagging import as_declared

LIKENESS: Final = 0.5
"""What it is worth that an array holds just the items that the arrays of a map hold."""

_KINDS: Final = frozenset({"type", "kind", "category", "group", "class", "status", "state"})


def grouped(child: FieldInfo, place: Place, reach: Reach, notebook: Notebook) -> tuple[Row, ...]:
    """Return the row of a map whose values are arrays of the items of one source array, or none."""
    lists = paths.items(child.path)
    schema = reach.task.contract.schema
    values, item = schema.field(lists), schema.field(paths.items(lists))
    if values is None or item is None or values.types != {"array"}:
        return ()
    if not named_children(schema, item.path) or has_pairs(place.examples_of(child.path)):
        return ()
    for read in reach.reads(child, place, kinds=frozenset({"array"})):
        items = paths.items(read.path)
        if not copies_whole(reach.task.after, items, schema, item.path):
            continue
        if not reach.may_copy(items, item.path):
            continue
        keys = list(_keys(read, reach))
        name = fresh_name(read.path, place.scope)
        value = as_declared(Name(name), items, item, reach)
        if len(keys) != 1 or value is None or not _declares(item, keys[0], reach):
            continue
        each = ArrayComprehension(value, (Loop((name,), read.expression, ()),))
        made = call("group_by", each, Literal(own_name(keys[0].path)))
        return (_row(child, read, keys[0], made, place, notebook),)
    return ()


def _declares(item: FieldInfo, key: FieldInfo, reach: Reach) -> bool:
    path = paths.child(item.path, own_name(key.path))
    return reach.task.contract.schema.field(path) is not None


def _row(
    child: FieldInfo,
    read: Read,
    key: FieldInfo,
    made: Expression,
    place: Place,
    notebook: Notebook,
) -> Row:
    text = f"{read.path} has the items, and {key.path} is what some of them share"
    choice = Choice(
        made,
        (read.path, key.path),
        Signals(Ground.NAMES, likeness=LIKENESS),
        (Evidence(EvidenceKind.TYPE, text),),
        is_ambiguous=True,
        question=f"are the items of {read.path} to be grouped by {key.path}?",
    )
    notebook.note(child.path, choice)
    return ValueRow(place.relative(child.path), made)


def _keys(read: Read, reach: Reach) -> Iterator[FieldInfo]:
    """Yield the texts that every item has and that some items of one payload share.

    Where several do, only those that are called a kind.
    """
    shared = [
        one
        for one in named_children(reach.task.after, paths.items(read.path))
        if one.is_required and one.types == {"string"} and _is_shared(one.path, reach)
    ]
    kinds = [one for one in shared if stem(words(own_name(one.path))[-1]) in _KINDS]
    yield from kinds if len(shared) > 1 else shared


def _is_shared(path: str, reach: Reach) -> bool:
    for sample in reach.task.samples:
        counts = Counter(
            value for _, value in paths.find(sample.payload, path) if isinstance(value, str)
        )
        if any(times > 1 for times in counts.values()):
            return True
    return False
