"""A contract field whose source is gone, and the one new source field that is left for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from agent.core import paths
from agent.core.confidence.signals import Ground, Signals
from agent.core.language.rewrite import path_of, reads_in
from agent.core.language.syntax import CopyRow, EachRow, Expression, Row, ValueRow, WithRow
from agent.core.language.walk import places
from agent.core.matching.names import own_name, stem, words
from agent.core.proposing import Evidence, EvidenceKind
from agent.core.schema import FieldInfo, Schema
from agent.proposers.choosing import Choice
from agent.proposers.place import Place

PLAIN_MAKE = 2
"""A make of so few parts is that of a plain text or number: its types and the end of its name."""


def left_for(
    gone: Sequence[FieldInfo], unread: Sequence[FieldInfo], contract: Schema, after: Schema
) -> dict[str, FieldInfo]:
    """Return for contract paths the source field of the same make, where each is the only one.

    Of the same make are texts of one format or enum, objects with the same fields, and plain texts
    or numbers whose names of several words end alike: enough for what may be absent only.
    """
    wanted = {
        make: fields
        for make, fields in _by_make(gone, contract).items()
        if len(make) > PLAIN_MAKE or not any(one.is_required for one in fields)
    }
    given = _by_make(unread, after)
    return {
        targets[0].path: given[make][0]
        for make, targets in wanted.items()
        if len(targets) == 1 and len(given.get(make, ())) == 1
    }


def remaining(read: Expression, source: FieldInfo) -> Choice:
    """Return the choice of a field because nothing else is left: a guess, for a person to see."""
    text = f"its source is gone, and {source.path} is the only new field of the same make"
    evidence = (Evidence(EvidenceKind.TYPE, text),)
    return Choice(read, (source.path,), Signals(Ground.LEFTOVER), evidence, is_ambiguous=True)


def _by_make(
    fields: Iterable[FieldInfo], schema: Schema
) -> dict[tuple[object, ...], list[FieldInfo]]:
    found: dict[tuple[object, ...], list[FieldInfo]] = {}
    for field in fields:
        below = tuple(
            sorted(
                one.path[len(field.path) :]
                for one in schema.fields
                if one.path != field.path and paths.is_within(one.path, field.path)
            )
        )
        said = words(own_name(field.path))
        head = stem(said[-1]) if len(said) > 1 else ""
        if field.format or field.enum or len(below) > 1:
            enum = tuple(sorted(map(repr, field.enum or ())))
            make: tuple[object, ...] = (field.types, field.format, enum, below)
            found.setdefault(make, []).append(field)
        elif not below and head:
            found.setdefault((field.types, head), []).append(field)
    return found


def unread_children(
    rows: tuple[Row, ...], place: Place, after: Schema, contract: Schema
) -> list[FieldInfo]:
    """Return the fields of the matching source object that no row reads.

    A field that the contract calls the same belongs to that one.
    """
    read = set(_reads(rows, place.scope))
    return [
        child
        for child in after.children(place.context)
        if contract.field(place.base + child.path[len(place.context) :]) is None
        and not any(paths.is_within(path, child.path) for path in read)
    ]


def _reads(rows: tuple[Row, ...], scope: Mapping[str, str]) -> Iterator[str]:
    for at in places(rows, scope=scope):
        match at.row:
            case ValueRow(value=value):
                yield from reads_in(value, scope=at.scope)
            case EachRow(each=each, value=value):
                yield from reads_in(each, scope=at.scope)
                if value is not None:
                    yield from reads_in(value, scope=at.scope)
            case WithRow(over=over):
                yield from reads_in(over, scope=at.scope)
            case CopyRow(copy=copy):
                base = path_of(copy, scope=at.scope)
                if base is not None:
                    yield base
            case _:
                pass
