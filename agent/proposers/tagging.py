"""One list of tagged items out of several fields that are called after the tags.

`hasMember` and `derivedFrom` are lists of items of one type each; `billing_city` is the `city` of
the one item that is for billing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from agent.core import paths
from agent.core.confidence.signals import Ground, Signals
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Conditional,
    Expression,
    Field,
    Literal,
    Logic,
    Loop,
    Name,
    ObjectDisplay,
    Row,
    ValueRow,
)
from agent.core.matching.names import own_name, stems
from agent.core.proposing import Evidence, EvidenceKind
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import call
from agent.core.synthesis.examples import Read
from agent.core.synthesis.naming import fresh_name
from agent.proposers.agreeing import are_explained
from agent.proposers.choosing import Choice
from agent.proposers.notebook import Notebook
from agent.proposers.place import Place, named_children
from agent.proposers.reach import Reach

LIKENESS = 0.6
"""What it is worth that fields are called like the values of a tag."""


def joined_by_tag(
    child: FieldInfo, place: Place, reach: Reach, notebook: Notebook
) -> tuple[Row, ...]:
    """Return the row of an array whose items come from several fields, or none.

    Each of these is called like a value of the items' one closed text, which tells the items
    apart. They stand in the order of these values; pairs that show the array have to agree.
    """
    schema = reach.task.contract.schema
    items = paths.items(child.path)
    tags = [one for one in named_children(schema, items) if one.enum and one.is_required]
    if len(tags) != 1:
        return ()
    (tag,) = tags
    arrays = dict(_called(tag, child, place, reach))
    made = _lists(arrays, tag, place, reach) if arrays else _alone(tag, child, place, reach)
    if made is None:
        return ()
    value, read = made
    if not child.is_required:
        value = call("non_empty", value)
    if not are_explained(value, place.examples_of(child.path)):
        return ()
    choice = Choice(
        value,
        read,
        Signals(Ground.NAMES, likeness=LIKENESS),
        (Evidence(EvidenceKind.NAME, f"{', '.join(read)} are called like values of {tag.path}"),),
        is_ambiguous=True,
        question="are these all of its items, in this order?",
    )
    notebook.note(child.path, choice)
    return (ValueRow(place.relative(child.path), value),)


Made = tuple[Expression, tuple[str, ...]]
"""An expression with the source paths that it reads."""


def _lists(arrays: Mapping[str, Read], tag: FieldInfo, place: Place, reach: Reach) -> Made | None:
    made = [_items(value, read, tag, place, reach) for value, read in arrays.items()]
    lists = [one for one in made if one is not None]
    if len(lists) < 2 or len(lists) < len(made):
        return None
    return call("concat", *lists), tuple(read.path for read in arrays.values())


def _alone(tag: FieldInfo, child: FieldInfo, place: Place, reach: Reach) -> Made | None:
    """Return one item for each value of a tag, of plain fields called after both; all or none."""
    holder = paths.parent(tag.path)
    others = [
        one
        for one in named_children(reach.task.contract.schema, holder)
        if one.path != tag.path and one.is_required
    ]
    values = [one for one in tag.enum or () if isinstance(one, str) and stems(one)]
    items: list[Expression] = []
    read: list[str] = []
    for value in values:
        parts = [_beside(value, one, child, place, reach) for one in others]
        found = [one for one in parts if one is not None]
        if not others or len(found) < len(others):
            return None
        tagged = (Literal(own_name(tag.path)), Literal(value))
        named = zip(others, found, strict=True)
        display = ObjectDisplay(
            (tagged, *((Literal(own_name(one.path)), part.expression) for one, part in named))
        )
        missing = [
            call("present", part.expression)
            for part in found
            if place.may_be_absent(reach.task.after, part.path)
        ]
        items.append(_where_all(missing, display))
        read += [part.path for part in found]
    return (ArrayDisplay(tuple(items)), tuple(read)) if len(items) > 1 else None


def _where_all(conditions: Sequence[Expression], value: Expression) -> Expression:
    """Return a value where all conditions hold, and nothing elsewhere."""
    if not conditions:
        return value
    test = conditions[0] if len(conditions) == 1 else Logic("and", tuple(conditions))
    return Conditional(test, value, call("absent"))


def _beside(
    value: str, part: FieldInfo, child: FieldInfo, place: Place, reach: Reach
) -> Read | None:
    """Return the one field that is called after a value and a part: `billing_city`."""
    said = stems(value) | stems(own_name(part.path))
    found = [
        one
        for one in reach.reads(child, place)
        if one.field.types == part.types and stems(own_name(one.path)) == said
    ]
    near = [one for one in found if paths.parent(one.path) == place.context] or found
    return near[0] if len(near) == 1 else None


def _called(
    tag: FieldInfo, child: FieldInfo, place: Place, reach: Reach
) -> Iterator[tuple[str, Read]]:
    """Yield the arrays that are called like a value of a tag, with the value."""
    reads = reach.reads(child, place, kinds=frozenset({"array"}))
    for value in tag.enum or ():
        if not isinstance(value, str) or not stems(value):
            continue
        alike = [one for one in reads if stems(own_name(one.path)) == stems(value)]
        near = [one for one in alike if paths.parent(one.path) == place.context] or alike
        if len(near) == 1 and named_children(reach.task.after, paths.items(near[0].path)):
            yield value, near[0]


def _items(value: str, read: Read, tag: FieldInfo, place: Place, reach: Reach) -> Expression | None:
    """Return the items of one array with their tag, or None where they lack what they need."""
    schema = reach.task.contract.schema
    name = fresh_name(read.path, place.scope)
    source = paths.items(read.path)
    holder = paths.parent(tag.path)
    others = [one for one in named_children(schema, holder) if one.path != tag.path]
    made: Mapping[str, Expression | None]
    if len(others) == 1 and named_children(schema, others[0].path):
        made = {own_name(others[0].path): as_declared(Name(name), source, others[0], reach)}
    else:
        made = {own_name(one.path): _part(Name(name), source, one, reach) for one in others}
    lacks = any(one.is_required and made[own_name(one.path)] is None for one in others)
    parts = {key: part for key, part in made.items() if part is not None}
    if lacks or not parts:
        return None
    tagged = (Literal(own_name(tag.path)), Literal(value))
    entries = (tagged, *((Literal(key), part) for key, part in parts.items()))
    over = call("default", read.expression, ArrayDisplay(()))
    return ArrayComprehension(ObjectDisplay(entries), (Loop((name,), over, ()),))


def _part(read: Expression, at: str, target: FieldInfo, reach: Reach) -> Expression | None:
    """Return the namesake of a contract field below a source path, or None."""
    path = paths.child(at, own_name(target.path))
    if reach.task.after.field(path) is None:
        return None
    return as_declared(Field(read, own_name(target.path)), path, target, reach)


def as_declared(read: Expression, at: str, target: FieldInfo, reach: Reach) -> Expression | None:
    """Return a value as the contract declares it, field by field; None where something lacks."""
    given, children = reach.task.after.field(at), reach.task.contract.schema.children(target.path)
    if given is None or not given.types <= target.types:
        return None
    if not children:
        return read
    if any(paths.last(one.path) == paths.ANY for one in children):
        return None
    made = {one.path: _part(read, at, one, reach) for one in children}
    for one in children:
        mine = reach.task.after.field(paths.child(at, own_name(one.path)))
        if one.is_required and (made[one.path] is None or mine is None or not mine.is_required):
            return None
    return ObjectDisplay(
        tuple((Literal(own_name(path)), part) for path, part in made.items() if part is not None)
    )
