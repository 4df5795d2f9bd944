"""Naming the places in the payload that a fault is about, once there is one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from agent.core import paths
from agent.core.language.absence import (
    MISSING,
    BoundPassed,
    OperationFailed,
    Table,
    Value,
    scalar_key,
)
from agent.core.language.bounds import Budget
from agent.core.language.evaluator import Evaluator, Fault
from agent.core.language.placed import place_of
from agent.core.language.places import Places
from agent.core.language.scopes import Binding, Item, Named, Scope
from agent.core.language.scoping import SOURCE, children
from agent.core.language.syntax import (
    ArrayComprehension,
    Call,
    Conditional,
    Expression,
    Field,
    Index,
    Name,
    ObjectComprehension,
    ObjectDisplay,
)
from agent.core.values import Json
from agent.errors import InvalidAdapter

ROOT: Final = "/"
"""How messages write the place of the whole payload; `""` says that no place is known."""

_UNKNOWN: Final = object()
"""What an expression gives that cannot be evaluated again."""


class _Read(NamedTuple):
    place: str
    value: Value


class Blame:
    """Finds places in one payload: best in one whose values are placed (`place_all`)."""

    def __init__(self, payload: Json) -> None:
        self._payload = payload
        self._places = Places(payload)
        # What is evaluated again was within the bounds of the payload before.
        self._evaluator = Evaluator(Budget(None))
        self._may_evaluate = True

    def sources(self, fault: Fault) -> tuple[str, ...]:
        """Return where what is at fault stands; several places where it is a pair of operands.

        A place exists in the payload, unless it is the fault that nothing is there.
        """
        culprits = fault.failure.culprits
        self._may_evaluate = not isinstance(fault.failure, BoundPassed)
        if len(culprits) > 1:
            found = [self._of_read(part, fault.scope, _UNKNOWN) for part in fault.blamed]
        else:
            found = [self._of_culprit(culprits[0] if culprits else _UNKNOWN, fault)]
        return tuple(dict.fromkeys(place or ROOT for place in found if place is not None))

    def _of_culprit(self, culprit: Value, fault: Fault) -> str | None:
        place = self._of_value(culprit)
        if place is not None:
            return place
        places = (self._of_read(part, fault.scope, culprit) for part in fault.blamed)
        return next((place for place in places if place is not None), None)

    def _of_read(self, expression: Expression, scope: Scope, culprit: Value) -> str | None:
        """Return the place of the first read in an expression, first of those of the culprit."""
        reads = list(self._reads(expression, scope, set()))
        same = [read for read in reads if read.value is culprit]
        for read in (*same, *reads):
            return read.place if read.value is MISSING is culprit else self._existing(read.place)
        return None

    def _existing(self, place: str) -> str:
        """Return a place, or the nearest one above it that is there."""
        while place and next(paths.find(self._payload, place), None) is None:
            place = paths.parent(place)
        return place

    def _of_value(self, value: Value) -> str | None:
        placed = place_of(value)
        return self._places.known(value) if placed is None else placed

    # Reads

    def _reads(self, expression: Expression, scope: Scope, seen: set[int]) -> Iterator[_Read]:
        """Yield the reads that an expression's value is made of, only of alternatives taken."""
        place = self._of_expression(expression, scope)
        if place is not None:
            yield _Read(place, self._value(expression, scope))
            return
        for part, around in self._parts(expression, scope, seen):
            yield from self._reads(part, around, seen)

    def _parts(
        self, expression: Expression, scope: Scope, seen: set[int]
    ) -> Iterator[tuple[Expression, Scope]]:
        """Yield what an expression is made of, each with the scope that it stands in."""
        match expression:
            case Name(name=name):
                binding = _find(name, scope)
                if isinstance(binding, (Named, Item)) and id(binding) not in seen:
                    seen.add(id(binding))
                    over = binding.expression if isinstance(binding, Named) else binding.over
                    yield over, binding.scope
            case ArrayComprehension(loops=loops) | ObjectComprehension(loops=loops):
                yield loops[0].over, scope
            case _:
                taken = self._taken(expression, scope)
                for part in children(expression) if taken is None else taken:
                    yield part, scope

    def _of_expression(self, expression: Expression, scope: Scope) -> str | None:
        """Return the place of what an expression reads, or None where it reads no single place."""
        place = self._of_value(self._value(expression, scope))
        if place is not None:
            return place
        match expression:
            case Name(name=name):
                return self._of_name(name, scope)
            case Field(of=of, key=key):
                return self._of_field(of, key, scope)
            case Index(of=of, position=position):
                return self._of_position(of, position, scope)
            case _:
                return None

    def _of_name(self, name: str, scope: Scope) -> str | None:
        binding = _find(name, scope)
        match binding:
            case Named(expression=expression, scope=around):
                return self._of_expression(expression, around)
            case Item(over=over, scope=around, index=None):
                return self._of_expression(over, around)
            case Item(container=container, index=index):
                array = self._places.known(container)
                if array is None:  # unpacked of a pair: the array at least is known
                    return self._of_paired(Name(name), "zip", index or 0, scope, index=None)
                return paths.child(array, index or 0)
            case _:
                return "" if name == SOURCE else None

    def _of_field(self, of: Expression, key: str, scope: Scope) -> str | None:
        base = self._of_expression(of, scope)
        if base is not None:
            return paths.child(base, key)
        holder = self._value(of, scope)
        if isinstance(holder, dict) and holder.keys() == {"key", "value"}:
            return place_of(holder["key"])  # what `entries` makes: the key is placed at its value
        if isinstance(holder, dict) and holder.keys() == {"index", "value"}:
            return self._of_paired(of, "enumerate", 0, scope, index=holder["index"])
        return None

    def _of_paired(
        self, item: Expression, function: str, argument: int, scope: Scope, *, index: int | None
    ) -> str | None:
        """Return where an item of `enumerate` or `zip` took a value from, by its position.

        Without an index it is the array that the value came from.
        """
        binding = _find(item.name, scope) if isinstance(item, Name) else None
        if not isinstance(binding, Item) or not isinstance(binding.over, Call):
            return None
        call = binding.over
        if call.function != function or not 0 <= argument < len(call.arguments):
            return None
        array = self._of_expression(call.arguments[argument], binding.scope)
        return array if array is None or index is None else paths.child(array, index)

    def _of_position(self, of: Expression, position: int, scope: Scope) -> str | None:
        base = self._of_expression(of, scope)
        if base is None:
            binding = _find(of.name, scope) if isinstance(of, Name) else None
            index = binding.index if isinstance(binding, Item) else None
            return self._of_paired(of, "zip", position, scope, index=index)
        array = self._value(of, scope)
        from_start = position + len(array) if position < 0 and isinstance(array, list) else position
        return paths.child(base, from_start) if from_start >= 0 else base

    # Values

    def _value(self, expression: Expression, scope: Scope) -> Value:
        if not self._may_evaluate:  # it would pass the bound again
            return _UNKNOWN
        try:
            return self._evaluator.evaluate(expression, scope)
        except (Fault, OperationFailed, InvalidAdapter):
            return _UNKNOWN

    def _taken(self, expression: Expression, scope: Scope) -> tuple[Expression, ...] | None:
        """Return the alternative that an expression took; None when it is no choice."""
        match expression:
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                return (then if self._value(condition, scope) is True else otherwise,)
            case Call(function="default" | "coalesce" | "if_missing" as name, arguments=choices):
                for choice in choices:
                    value = self._value(choice, scope)
                    if value is not MISSING and (value is not None or name == "if_missing"):
                        return (choice,)
                return choices[-1:]
            case Call(function="lookup" | "switch"):
                return self._taken_case(expression, scope)
            case _:
                return None

    def _taken_case(self, call: Call, scope: Scope) -> tuple[Expression, ...] | None:
        x, table, *others = call.arguments
        if not isinstance(table, ObjectDisplay):
            return None
        wanted = _key(self._value(x, scope))
        for key, value in reversed(table.entries):
            if _key(self._value(key, scope)) == wanted:
                return (value,)
        return (*others, *(otherwise for _, otherwise in call.named)) or None


def _key(value: Value) -> object:
    if value is _UNKNOWN or isinstance(value, (list, dict, Table)):
        return object()
    return scalar_key(None if value is MISSING else value)


def _find(name: str, scope: Scope) -> Binding | None:
    try:
        return scope.find(name)
    except InvalidAdapter:
        return None
