"""Fields that no pair shows, made like others of the same shape that pairs explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from agent.core import paths
from agent.core.confidence.signals import Ground, Signals
from agent.core.language.rewrite import path_of, replace_name, replace_reads
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Call,
    Conditional,
    Expression,
    Index,
    Literal,
    ObjectDisplay,
)
from agent.core.language.syntax import Field as FieldRead
from agent.core.language.walk import bind
from agent.core.matching.score import name_similarity
from agent.core.proposing import Evidence, EvidenceKind
from agent.core.schema import FieldInfo, Schema
from agent.core.synthesis.build import V, call
from agent.core.synthesis.examples import Read
from agent.proposers.agreeing import stays_silent
from agent.proposers.choosing import Choice, has_pairs
from agent.proposers.place import Place
from agent.proposers.reach import Reach

NAMESAKE: Final = 0.8
"""From this likeness on a source field is what a contract field is made of."""

MAX_DEPTH: Final = 6
_OF_ITS_OWN: Final = frozenset({"lookup", "switch", "format", "default", "if_missing"})
"""What depends on the values of one field, and says nothing of others."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """A contract field that pairs explain as a conversion of `v`, one source field."""

    target: str
    source: str
    conversion: Expression


@dataclass(slots=True)
class Analogies:
    """What pairs explain, to be carried over to fields that they do not show."""

    reach: Reach
    _shown: list[_Shown] = field(default_factory=list, init=False)

    def remember(self, expression: Expression, at: str, scope: Mapping[str, str]) -> None:
        """Take note of every conversion of one read in an explanation of a contract path."""
        for target, part, names in _parts(expression, at, scope):
            found = _conversion(part, names)
            if found is None:
                continue
            source, conversion = found
            if name_similarity(source, target) >= NAMESAKE:
                self._shown.append(_Shown(target, source, conversion))

    def choice(self, child: FieldInfo, place: Place) -> Choice | None:
        """Return how a field is made when a field of the same shape is known to be made so."""
        examples = place.examples_of(child.path)
        if not self._shown or has_pairs(examples):
            return None
        for read in self.reach.reads(child, place)[:3]:
            if name_similarity(read.path, child.path) < NAMESAKE:
                continue
            for shown in self._shown:
                if self._is_like(shown, read.path, child.path):
                    made = self._made(shown, read, place)
                    return made if stays_silent(_whole(made), examples) else None
        return None

    def _is_like(self, shown: _Shown, source: str, target: str) -> bool:
        after, contract = self.reach.task.after, self.reach.task.contract.schema
        return (
            shown.target != target
            and has_same_shape(after, shown.source, source)
            and has_same_shape(contract, shown.target, target)
        )

    def _made(self, shown: _Shown, read: Read, place: Place) -> Choice:
        made = replace_name(shown.conversion, V.name, read.expression)
        is_put_together = isinstance(made, (ArrayDisplay, ObjectDisplay))
        may_be_absent = place.may_be_absent(self.reach.task.after, read.path)
        text = (
            f"{read.path} is like {shown.source}, from which pairs make {shown.target} in this way"
        )
        return Choice(
            made,
            (read.path,),
            Signals(Ground.ANALOGY),
            (Evidence(EvidenceKind.SAMPLE, text),),
            when=call("present", read.expression) if is_put_together and may_be_absent else None,
        )


def _whole(made: Choice) -> Expression:
    if made.when is None:
        return made.expression
    return Conditional(made.when, made.expression, call("absent"))


def has_same_shape(schema: Schema, one: str, other: str, *, depth: int = MAX_DEPTH) -> bool:
    """Return whether two fields have the same types, formats and fields below them."""
    left, right = schema.field(one), schema.field(other)
    if left is None or right is None or depth == 0:
        return left is right
    if left.types != right.types or left.format != right.format or left.enum or right.enum:
        return one == other
    below = {child.path[len(one) :] for child in schema.children(one)}
    return below == {child.path[len(other) :] for child in schema.children(other)} and all(
        _is_same_below(schema, one + name, other + name, depth) for name in below
    )


def _is_same_below(schema: Schema, one: str, other: str, depth: int) -> bool:
    left, right = schema.field(one), schema.field(other)
    if left is not None and right is not None and left.enum:
        return left.enum == right.enum
    return has_same_shape(schema, one, other, depth=depth - 1)


def _parts(
    expression: Expression, at: str, scope: Mapping[str, str]
) -> Iterator[tuple[str, Expression, Mapping[str, str]]]:
    """Yield the contract paths that an expression writes, each with its part and the names."""
    match expression:
        case Conditional(then=then, otherwise=other) if other == call("absent"):
            yield from _parts(then, at, scope)
        case ObjectDisplay(entries=entries):
            for key, value in entries:
                if isinstance(key, Literal):
                    yield from _parts(value, paths.child(at, str(key.value)), scope)
        case ArrayComprehension(item=item, loops=(loop,)) if len(loop.names) == 1:
            over = path_of(loop.over, scope=scope)
            inner = bind(scope, loop.names[0], None if over is None else paths.items(over))
            yield from _parts(item, paths.items(at), inner)
        case _:
            yield at, expression, scope


def _conversion(expression: Expression, scope: Mapping[str, str]) -> tuple[str, Expression] | None:
    """Return the one source path that an expression reads, and the expression over `v`."""
    if _is_of_its_own(expression):
        return None
    found: set[str] = set()

    def abstract(read: Expression, _: str) -> Expression:
        base = _before_items(read)
        found.add(path_of(base, scope=scope) or "")
        return _over_v(read, base)

    conversion = replace_reads(expression, abstract, scope=scope, is_deep=False)
    if len(found) != 1 or conversion == V:
        return None
    return found.pop(), conversion


def _before_items(read: Expression) -> Expression:
    """Return the part of a read before it goes into an array, or all of it."""
    base, at = read, read
    while isinstance(at, (FieldRead, Index)):
        base = at.of if isinstance(at, Index) else base
        at = at.of
    return base


def _over_v(read: Expression, base: Expression) -> Expression:
    if read == base:
        return V
    assert isinstance(read, (FieldRead, Index))
    return replace(read, of=_over_v(read.of, base))


def _is_of_its_own(expression: object) -> bool:
    if isinstance(expression, Conditional):
        return True
    if isinstance(expression, Call) and expression.function in _OF_ITS_OWN:
        return True
    parts = (
        [getattr(expression, name) for name in expression.__dataclass_fields__]
        if hasattr(expression, "__dataclass_fields__")
        else list(expression)
        if isinstance(expression, tuple)
        else []
    )
    return any(map(_is_of_its_own, parts))
