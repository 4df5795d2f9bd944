"""Which items of an array, or entries of a map, a contract wants at all, and in which order.

A description that says "only" tells it; so does a part of the item that the array is called after,
without which an item has nothing of what the contract requires. "Sorted by" tells the order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Final

from agent.core import paths
from agent.core.language.printer import print_expression
from agent.core.language.rewrite import path_of
from agent.core.language.syntax import (
    ArrayComprehension,
    Call,
    Comparison,
    CopyRow,
    EachRow,
    Expression,
    Field,
    GroupRow,
    Literal,
    Logic,
    Loop,
    Name,
    Not,
    Row,
    ValueRow,
)
from agent.core.language.walk import bind
from agent.core.matching.names import asks_for, own_name, stems
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import value_of
from agent.core.synthesis.telling import telling
from agent.proposers.place import Place, named_children
from agent.proposers.reach import Reach

_ONLY: Final = re.compile(r"\bonly\b", re.IGNORECASE)
_SORTED: Final = re.compile(
    r"\b(?:sorted|ordered) (?:by|on) (?:the )?(?P<key>[\w-]+)(?P<down>,? descending)?",
    re.IGNORECASE,
)


def sifted(row: EachRow, child: FieldInfo, inner: Place, reach: Reach) -> EachRow:
    """Return a row with a condition on its items, where something tells which ones are wanted.

    `inner` is the place of an item.
    """
    lacking = tuple(dict.fromkeys(_lacking(row.rows, inner, reach)))
    if _ONLY.search(child.description) or _begins_with_value(child, inner, reach):
        wanted: list[Expression | str] = [*_told(child, inner, reach), *lacking]
    else:
        wanted = [root for root in lacking if _is_namesake(root, lacking, child)]
    conditions = []
    for one in wanted:
        made = one if not isinstance(one, str) else _present(one, inner, reach)
        if made is not None and made not in conditions:
            conditions.append(made)
    if row.where is not None:
        conditions.insert(0, row.where)
    if not conditions:
        return row
    where = conditions[0] if len(conditions) == 1 else Logic("and", tuple(conditions))
    return replace(row, where=where)


def sifted_too(row: EachRow, child: FieldInfo, place: Place, reach: Reach) -> EachRow:
    """Return a row that pairs explain, with what the contract says beside of the items it wants.

    `place` is that of the array, with what pairs expect of it. A condition under which pairs lose
    an item is not meant.
    """
    over = path_of(_undefaulted(row.each), scope=place.scope)
    if over is None or row.key is not None or not _ONLY.search(child.description):
        return row
    context = paths.items(over)
    scope = bind(place.scope, row.name, context)
    inner = Place(base=paths.items(child.path), scope=scope, context=context, examples=())
    kept = _kept(row, place)
    for condition in _told(child, inner, reach):
        both = condition if row.where is None else Logic("and", (row.where, condition))
        narrowed = replace(row, where=both)
        if _kept(narrowed, place) == kept:
            row = narrowed
    return row


def _undefaulted(over: Expression) -> Expression:
    """Return what is gone through, without what stands in for it where it is missing or empty."""
    match over:
        case Call("default" | "non_empty", (inner, *_)):
            return _undefaulted(inner)
        case _:
            return over


def _kept(row: EachRow, place: Place) -> list[int]:
    """Return how many items are kept in each pair; as none count those that cannot be gone over."""
    conditions = () if row.where is None else (row.where,)
    loop = ArrayComprehension(Name(row.name), (Loop((row.name,), row.each, conditions),))
    found = [value_of(loop, example.bindings) for example in place.examples]
    return [len(one) if isinstance(one, list) else 0 for one in found]


def ordered(row: EachRow, child: FieldInfo, inner: Place, reach: Reach) -> EachRow:
    """Return a row in the order that a description asks for: "sorted by id".

    The field must be read from the item as it is.
    """
    said = _SORTED.search(child.description)
    if said is None:
        return row
    wanted = stems(said["key"])
    keys = [key for target, key in _read_as_they_are(row, inner, reach) if target == wanted]
    if not keys:
        return row
    down = (("descending", Literal(True)),) if said["down"] else ()
    return replace(row, each=Call("sort_by", (row.each, Literal(keys[0])), down))


def _read_as_they_are(
    row: EachRow, inner: Place, reach: Reach
) -> Iterator[tuple[frozenset[str], str]]:
    """Yield the words of the fields that are keys of an item as they are, each with its key."""
    for one in row.rows:
        match one:
            case ValueRow(target=target, value=Field(Name(name), key)) if name == row.name:
                yield stems(own_name(target)), key
            case CopyRow(target="", copy=Name(name)) if name == row.name:
                for below in named_children(reach.task.after, inner.context):
                    yield stems(own_name(below.path)), own_name(below.path)
            case _:
                pass


def left_out(row: EachRow, child: FieldInfo, source: str, place: Place, reach: Reach) -> EachRow:
    """Return a row that writes nothing over nothing, where only that can make a field absent.

    So it is where the contract lets it be absent and the source never does.
    """
    field = reach.task.after.field(source)
    if child.is_required or field is None or field.is_nullable:
        return row
    if place.may_be_absent(reach.task.after, source):
        return row
    return replace(row, each=call("non_empty", row.each))


def is_left_out(row: EachRow) -> bool:
    """Return whether a row writes nothing over nothing."""
    return isinstance(row.each, Call) and row.each.function == "non_empty"


def which_items(row: EachRow) -> str:
    """Return the question that a condition on items raises, or nothing."""
    if row.where is None:
        return ""
    return f"are only those items wanted for which {print_expression(row.where)}?"


def _present(path: str, inner: Place, reach: Reach) -> Expression | None:
    read, field = inner.read(path), reach.task.after.field(path)
    if read is None:
        return None
    is_nullable = field is not None and field.is_nullable
    return call("present", call("not_null", read) if is_nullable else read)


def _begins_with_value(child: FieldInfo, inner: Place, reach: Reach) -> bool:
    """Return whether a description begins with a value of a closed text of the item.

    "Shipped parcels" are those of status `shipped`.
    """
    first = stems(" ".join(child.description.split()[:1]))
    return bool(first) and any(
        isinstance(value, str) and stems(value) == first
        for one in named_children(reach.task.after, inner.context)
        for value in one.enum or ()
    )


def _told(child: FieldInfo, inner: Place, reach: Reach) -> Iterator[Expression]:
    """Yield what a description says of the flags and the closed texts of an item."""
    for one in named_children(reach.task.after, inner.context):
        read = inner.read(one.path)
        if read is None:
            continue
        if one.types == {"boolean"}:
            sign = telling(" ".join(sorted(asks_for(one.path))), child.description)
            if sign:
                yield read if sign > 0 else Not(read)
        elif one.enum:
            closed = [value for value in one.enum if isinstance(value, str)]
            signs = {value: telling(value, child.description) for value in closed}
            told = [value for value in closed if signs[value]]
            if len(told) == 1:
                operator = "==" if signs[told[0]] > 0 else "!="
                yield Comparison(read, operator, Literal(told[0]))


def _lacking(rows: Sequence[Row], inner: Place, reach: Reach) -> Iterator[str]:
    """Yield the outermost optional part of the item around each read that is required."""
    for read in _required(rows, inner):
        root = _optional_part(read, inner, reach)
        if root is not None:
            yield root


def _required(rows: Sequence[Row], inner: Place) -> Iterator[str]:
    for row in rows:
        match row:
            case GroupRow(rows=below, when=None):
                yield from _required(below, inner)
            case ValueRow(value=Call("require", (value, _)), when=None):
                yield from _reads(value, inner)
            case _:
                pass


def _reads(value: object, inner: Place) -> Iterator[str]:
    """Yield the source paths that an expression reads at a place."""
    if isinstance(value, (Field, Name)):
        path = _path(value, inner)
        if path is not None:
            yield path
    elif isinstance(value, tuple):
        for one in value:
            yield from _reads(one, inner)
    elif is_dataclass(value):
        for part in fields(value):
            yield from _reads(getattr(value, part.name), inner)


def _path(read: Expression, inner: Place) -> str | None:
    """Return the source path of a read, also where something stands for a part of the item."""
    steps: list[str] = []
    while isinstance(read, (Field, Name)):
        for path, stands in inner.stand.items():
            if stands == read:
                return _below(path, steps)
        if isinstance(read, Name):
            path = inner.scope.get(read.name, "")
            return _below(path, steps) if path else None
        steps.insert(0, read.key)
        read = read.of
    return None


def _below(path: str, steps: Sequence[str]) -> str:
    for step in steps:
        path = paths.child(path, step)
    return path


def _optional_part(path: str, inner: Place, reach: Reach) -> str | None:
    found = None
    while path != inner.context and paths.is_within(path, inner.context):
        field = reach.task.after.field(path)
        if field is None or not field.is_required or field.is_nullable:
            found = path
        path = paths.parent(path)
    return found if path == inner.context else None


def _is_namesake(root: str, lacking: Sequence[str], child: FieldInfo) -> bool:
    """Return whether an array is called after the one part of an item that its fields need."""
    said = stems(own_name(root))
    return len(lacking) == 1 and bool(said) and said <= stems(own_name(child.path))
