"""Where in the payload the value of an expression came from, found only when someone asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from agent.core import paths
from agent.core.language.absence import Value
from agent.core.language.scopes import Binding, Item, Named, Scope
from agent.core.language.scoping import SOURCE, children
from agent.core.language.syntax import (
    ArrayComprehension,
    Expression,
    Field,
    Index,
    Name,
    ObjectComprehension,
    Slice,
)
from agent.core.values import Json
from agent.errors import InvalidAdapter


class Places:
    """The places of one payload.

    Objects and arrays are recognised by identity: the evaluator hands them on as they are, through
    filters, sorting and joins, so that an item is found where it really stands.
    """

    def __init__(self, payload: Json) -> None:
        self._payload = payload
        self._items: dict[int, tuple[Item, str | None]] = {}

    @cached_property
    def _pointers(self) -> dict[int, str]:
        found: dict[int, str] = {}
        stack: list[tuple[str, Json]] = [("", self._payload)]
        while stack:
            at, value = stack.pop()
            if not isinstance(value, (dict, list)) or id(value) in found:
                continue
            found[id(value)] = at
            pairs = value.items() if isinstance(value, dict) else enumerate(value)
            stack.extend((paths.child(at, key), item) for key, item in pairs)
        return found

    def _all(
        self, expressions: Iterable[Expression], scope: Scope, seen: set[int]
    ) -> Iterator[str]:
        """Yield the places of all reads in some expressions; a name is looked into once."""
        for expression in expressions:
            place = self.of(expression, scope)
            if place is not None:
                yield place
            elif isinstance(expression, Name):
                binding = _find(expression.name, scope)
                if isinstance(binding, Named) and id(binding) not in seen:
                    seen.add(id(binding))
                    yield from self._all((binding.expression,), binding.scope, seen)
            elif isinstance(expression, (ArrayComprehension, ObjectComprehension)):
                yield from self._all((expression.loops[0].over,), scope, seen)
            else:
                yield from self._all(children(expression), scope, seen)

    def of(self, expression: Expression, scope: Scope) -> str | None:
        """Return the source path of a chain of reads, or None for anything else.

        An item whose position is not known any more has `*` in its place.
        """
        match expression:
            case Name(name=name):
                return self._of_name(name, scope)
            case Field(of=of, key=key):
                base = self.of(of, scope)
                return None if base is None else paths.child(base, key)
            case Index(of=of, position=position):
                base = self.of(of, scope)
                return None if base is None else self._of_item(base, position)
            case Slice(of=of):
                return self.of(of, scope)
            case _:
                return None

    def _of_item(self, base: str, position: int) -> str:
        if position < 0:
            found = next((value for _, value in paths.find(self._payload, base)), None)
            position += len(found) if isinstance(found, list) else 0
        return paths.child(base, position) if position >= 0 else paths.items(base)

    def _of_name(self, name: str, scope: Scope) -> str | None:
        binding = _find(name, scope)
        match binding:
            case Named(expression=expression, scope=outer):
                return self.of(expression, outer)
            case Item():
                return self._of_item_binding(binding)
            case _:
                return "" if name == SOURCE else None

    def _of_item_binding(self, item: Item) -> str | None:
        # Kept by identity: a chain of blocks would be walked again for every read otherwise.
        if id(item) not in self._items:
            self._items[id(item)] = (item, self._look_up(item))
        return self._items[id(item)][1]

    def _look_up(self, item: Item) -> str | None:
        if (place := self.known(item.value)) is not None:
            return place
        if item.index is None:
            return self.of(item.over, item.scope)
        if (array := self.known(item.container)) is not None:
            return paths.child(array, item.index)
        place = next(self._all((item.over,), item.scope, set()), None)
        return None if place is None else paths.items(place)

    def known(self, value: Value) -> str | None:
        """Return where an object or array of the payload stands, or None for another value."""
        return self._pointers.get(id(value)) if isinstance(value, (dict, list)) else None


def _find(name: str, scope: Scope) -> Binding | None:
    try:
        return scope.find(name)
    except InvalidAdapter:
        return None
