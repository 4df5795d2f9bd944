"""Arms of a source union that pairs do not show: what a rule does with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from agent.core import paths
from agent.core.confidence.signals import Ground, Signals
from agent.core.fields import ALL_TYPES
from agent.core.language.rewrite import path_of, reads_in, replace_reads
from agent.core.language.syntax import ArrayDisplay, Call, Conditional, Expression, Field, Index
from agent.core.matching.names import own_name, words
from agent.core.proposing import Evidence, EvidenceKind
from agent.core.schema import FieldInfo, Schema
from agent.core.synthesis.build import call
from agent.proposers.choosing import Choice

_ABSENT: Final = call("absent")
_TESTS: Final = {
    "string": "is_text",
    "integer": "is_number",
    "number": "is_number",
    "boolean": "is_boolean",
    "object": "is_object",
    "array": "is_array",
}
_IDENTIFIERS: Final = frozenset({"identifier", "iri", "link", "code", "key"})
"""Names of the one field that another arm gives alone, as `{"id": "a"}` and `"a"` do."""

_SCALARS: Final = frozenset({"string", "integer", "number", "boolean"})


@dataclass(frozen=True, slots=True)
class Arms:
    """Completes expressions over the arms of unions that the source declares."""

    after: Schema

    def completed(self, expression: Expression, scope: Mapping[str, str]) -> Expression:
        """Return an expression whose reads of a field ask first whether there is an object.

        Where the other arm is what the field holds, as in `{"id": "a"}` and `"a"`, that arm stands
        for the field; elsewhere it gives nothing.
        """

        def ask(read: Expression, path: str) -> Expression:
            match read:
                case Field(of=of, key=key) if isinstance(of, (Field, Index)):
                    holder = self.after.field(paths.parent(path))
                    if holder is None or not _is_union(holder) or "object" not in holder.types:
                        return read
                    inner = ask(of, paths.parent(path)) if isinstance(of, Field) else of
                    other = inner if self._stands_for(holder, path) else _ABSENT
                    return Conditional(call("is_object", inner), Field(inner, key), other)
                case _:
                    return read

        return replace_reads(expression, ask, scope=scope)

    def _stands_for(self, holder: FieldInfo, path: str) -> bool:
        """Return whether the other arms of a union hold what an object has at a path.

        That is so for what identifies the object, and for the only field of a type that it must
        have.
        """
        own = self.after.field(path)
        if own is None or holder.types - {"object"} != own.types or not own.types <= _SCALARS:
            return False
        alike = [one for one in self.after.children(holder.path) if one.types == own.types]
        named = [one for one in alike if _identifies(one)]
        if named:
            return named[0].path == path
        return own.is_required and not any(one.is_required and one != own for one in alike)

    def taken(self, value: Expression, target: FieldInfo, scope: Mapping[str, str]) -> Expression:
        """Return a read of a union as what the contract takes of its arms.

        A text takes the text of a scalar; an array takes one item as an array of one. What else
        the contract does not take stays away from an optional field. Where the contract takes more
        than the source field holds, the one alternative beside it is read too.
        """
        path = path_of(value, scope=scope)
        source = None if path is None else self.after.field(path)
        if source is None or not isinstance(value, Field):
            return value
        if not _is_union(source):
            return self._with_alternative(value, source, target)
        rest = _rest(source, target)
        common = source.types - rest
        if not rest or not common:
            return value
        if common == {"array"} and self._is_one_item(rest, source.path):
            return Conditional(call("is_array", value), value, ArrayDisplay((value,)))
        if target.is_required:
            is_text = target.types == {"string"} and rest <= _SCALARS
            return call("text", value) if is_text else value
        return _only(value, common)

    def other_arm(
        self, child: FieldInfo, beside: FieldInfo, value: Expression, scope: Mapping[str, str]
    ) -> Expression | None:
        """Return the arms of a read that one field does not take, where another takes them."""
        read = _asked(value)
        path = path_of(read, scope=scope)
        source = None if path is None else self.after.field(path)
        if source is None or not _is_union(source):
            return None
        rest = _rest(source, beside)
        if not rest or not rest <= child.types or child.types & beside.types:
            return None
        made = _only(read, rest)
        return None if made == read else made

    def _with_alternative(self, value: Field, source: FieldInfo, target: FieldInfo) -> Expression:
        """Return a read, or else the other of just two fields that an object may have."""
        around = self.after.children(paths.parent(source.path))
        others = [one for one in around if one.path != source.path]
        if len(others) != 1 or any(one.is_required for one in around):
            return value
        (other,) = others
        if other.types & source.types or not (other.types | source.types) <= target.types:
            return value
        return call("coalesce", value, Field(value.of, paths.key_of(paths.last(other.path))))

    def _is_one_item(self, rest: frozenset[str], path: str) -> bool:
        item = self.after.field(paths.items(path))
        return item is not None and rest <= item.types


def alternative(made: Expression, beside: str) -> Choice:
    """Return the choice of the arms that a field beside does not take: a guess by types."""
    text = f"the values that {beside} does not take"
    return Choice(
        made,
        reads_in(made),
        Signals(Ground.BESIDE),
        (Evidence(EvidenceKind.TYPE, text),),
        is_ambiguous=True,
    )


def _rest(source: FieldInfo, target: FieldInfo) -> frozenset[str]:
    """Return the types of a source field that a contract field does not take."""
    rest = source.types - target.types
    return rest - {"integer"} if "number" in target.types else rest


def _only(value: Expression, kinds: frozenset[str]) -> Expression:
    """Return a read where it is of one kind; of more kinds, the read as it is."""
    tests = {_TESTS[kind] for kind in kinds}
    if len(tests) > 1:
        return value
    return Conditional(call(tests.pop(), value), value, _ABSENT)


def _asked(value: Expression) -> Expression:
    """Return the read of a value that is only there for one kind, else the value."""
    match value:
        case Conditional(Call(_, (read,)), then, _) if then == read:
            return read
        case _:
            return value


def _identifies(field: FieldInfo) -> bool:
    return not _IDENTIFIERS.isdisjoint(words(own_name(field.path))[-1:])


def _is_union(field: FieldInfo) -> bool:
    return 1 < len(field.types) < len(ALL_TYPES)


def holder_asked(value: Expression) -> Expression:
    """Return the read of a value that asks first whether there is an object, else the value."""
    match value:
        case Conditional(Call("is_object"), then, _):
            return then
        case _:
            return value
