"""Which required contract fields no rule can write, and which targets no contract declares."""

from __future__ import annotations

from collections.abc import Sequence

from agent.core import paths
from agent.core.language.document import Adapter
from agent.core.language.rewrite import path_of
from agent.core.language.syntax import (
    Call,
    CopyRow,
    EachRow,
    Expression,
    GroupRow,
    Literal,
    ObjectDisplay,
    ValueRow,
    WithRow,
)
from agent.core.language.walk import Place, places
from agent.core.proposing import Unfed
from agent.core.schema import FieldInfo, Schema
from agent.core.verify.accounting import declares


def find_unsatisfied(
    adapter: Adapter, *, after: Schema, contract: Schema, unfed: Sequence[Unfed]
) -> tuple[str, ...]:
    """Return the required contract paths that nothing feeds, inside parents that must exist.

    A parent exists when a rule writes it or beneath it, or when it is required itself. `unfed`
    adds what a proposer found, as far as no rule writes it after all.
    """
    feeding = _Feeding(adapter, after, contract)
    required = [info.path for info in contract.fields if info.is_required and info.path]
    named = [one.path for one in unfed if one.is_required]
    missing = [
        path
        for path in dict.fromkeys([*required, *named])
        if not feeding.can_write(path) and feeding.must_exist(paths.parent(path))
    ]
    # An object that is missing because its required fields are: those say it better.
    return tuple(path for path in missing if not _has_below(path, missing))


def _has_below(path: str, others: Sequence[str]) -> bool:
    return any(other != path and paths.is_within(other, path) for other in others)


def find_undeclared_targets(adapter: Adapter, *, contract: Schema) -> tuple[str, ...]:
    """Return the targets of rules that write what the contract does not declare."""
    targets = dict.fromkeys(place.target for place in _writing(adapter))
    return tuple(target for target in targets if not declares(contract, target))


def _writing(adapter: Adapter) -> list[Place]:
    return [
        place
        for place in places(adapter.rows, let=adapter.let)
        if not isinstance(place.row, (GroupRow, WithRow)) and not _is_absent(place.row)
    ]


def _is_absent(row: object) -> bool:
    """Return whether a row only deletes or fails."""
    return (
        isinstance(row, ValueRow)
        and isinstance(row.value, Call)
        and row.value.function in ("absent", "fail")
    )


class _Feeding:
    """What the rows of one adapter can write."""

    def __init__(self, adapter: Adapter, after: Schema, contract: Schema) -> None:
        self._places = _writing(adapter)
        self._after = after
        self._contract = contract

    def can_write(self, path: str) -> bool:
        """Return whether some row may write a path, what holds it, or a part of it."""
        return any(
            paths.is_within(place.target, spelt) or self._covers(place, spelt)
            for spelt in _spellings(path, self._places)
            for place in self._places
        )

    def _covers(self, place: Place, path: str) -> bool:
        """Return whether a row writes a value that may hold `path` somewhere inside."""
        if isinstance(place.row, CopyRow):
            return paths.is_within(path, place.target) and _may_copy(
                place, path[len(place.target) :], self._after
            )
        return _covers(place, path)

    def must_exist(self, path: str) -> bool:
        """Return whether a parent is there in every output, or made by a row."""
        if path == "":
            return True
        if any(
            paths.is_within(place.target, path) or _makes_items(place, path)
            for place in self._places
        ):
            return True
        info = self._contract.field(path)
        is_owed = info is not None and info.is_required and _is_object(info)
        return is_owed and self.must_exist(paths.parent(path))


def _spellings(path: str, places: list[Place]) -> list[str]:
    """Return a path, and with `*` for the keys of maps that rows write: such a key may be any."""
    found = [path]
    for place in places:
        if isinstance(place.row, EachRow) and place.row.key is not None:
            depth = len(paths.parse(place.target))
            below = [one for one in found if paths.is_within(one, place.target)]
            tokens = [paths.parse(one) for one in below if one != place.target]
            found += [paths.join((*of[:depth], paths.ANY, *of[depth + 1 :])) for of in tokens]
    return list(dict.fromkeys(found))


def _is_object(info: FieldInfo) -> bool:
    return info.types == {"object"} and not info.is_nullable


def _makes_items(place: Place, path: str) -> bool:
    return isinstance(place.row, EachRow) and path == paths.items(place.target)


def _covers(place: Place, path: str) -> bool:
    """Return whether a row writes a value that may hold `path` somewhere inside."""
    match place.row:
        case ValueRow(value=value):
            return paths.is_within(path, place.target) and _may_hold(
                value, paths.parse(path[len(place.target) :])
            )
        case EachRow(value=value) if value is not None:
            items = paths.items(place.target)
            return paths.is_within(path, items) and _may_hold(
                value, paths.parse(path[len(items) :])
            )
        case _:
            return False


def _may_copy(place: Place, below: str, after: Schema) -> bool:
    """Return whether a copied object may hold a field: declared there, or nothing is."""
    assert isinstance(place.row, CopyRow)
    if any(paths.is_within(below, cut) for cut in place.row.excluded):
        return False
    base = path_of(place.row.copy, scope=place.scope)
    if base is None or after.is_truncated or after.field(base + below) is not None:
        return True
    nearest = base + below
    while nearest and after.field(nearest) is None:
        nearest = paths.parent(nearest)
    return not after.children(nearest)


def _may_hold(value: Expression, tokens: tuple[str, ...]) -> bool:
    """Return whether a value may have something at `tokens`; only displays are looked into."""
    if not tokens:
        return True
    if isinstance(value, Literal):
        return False
    if not isinstance(value, ObjectDisplay):
        return True
    for key, part in value.entries:
        if not isinstance(key, Literal) or key.value == paths.key_of(tokens[0]):
            return not isinstance(key, Literal) or _may_hold(part, tokens[1:])
    return False
