"""How much work an invariant may be on an output: an upper bound, known before it is run.

CEL ends always, but not soon: loops inside loops multiply, and `m + m` in a loop doubles. So
every expression gets a size and a price from those of its parts, and what is too dear is not run.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from agent.core.invariants.functions import FUNCTIONS, Gives
from agent.core.invariants.syntax import (
    Call,
    Display,
    Expression,
    Literal,
    Loop,
    Name,
    Operation,
    Step,
)
from agent.core.values import Json

FLOOR = 50_000
CEILING = 2_500_000
"""Units of work that any output may ask for, and that none may pass; a unit is about 0.5 µs."""

_Merge: TypeAlias = Callable[[int, int], int]

_CALLBACK = 20
_GROWING = {"map": 10, "filter": 2}
"""The library joins the result of these item by item: n² / so many units (measured)."""


@dataclass(frozen=True, slots=True)
class Size:
    """An upper bound of a value: items per level of nesting, and characters of its longest text."""

    levels: tuple[int, ...] = ()
    text: int = 1

    @property
    def volume(self) -> int:
        """Return the most scalars that the value can hold."""
        return math.prod(max(level, 1) for level in self.levels)

    @property
    def below(self) -> Size:
        """Return the bound of what the value holds."""
        return Size(self.levels[1:], self.text)

    def joined(self, other: Size) -> Size:
        """Return the bound of either value."""
        return self._with(other, max, max)

    def added(self, other: Size) -> Size:
        """Return the bound of both values joined into one, as `+` does."""
        both = self._with(other, max, operator.add)
        first = sum(size.levels[0] for size in (self, other) if size.levels)
        return Size((first, *both.levels[1:]) if both.levels else (), both.text)

    def _with(self, other: Size, of_levels: _Merge, of_text: _Merge) -> Size:
        longest = max(len(self.levels), len(other.levels))
        mine, theirs = (one.levels + (0,) * (longest - len(one.levels)) for one in (self, other))
        levels = tuple(of_levels(one, two) for one, two in zip(mine, theirs, strict=True))
        return Size(levels, of_text(self.text, other.text))


def measure(value: Json) -> tuple[Size, int]:
    """Return the size of a value, and how many values it is made of."""
    levels: list[int] = []
    text, count, layer = 1, 0, [value]
    while layer:
        count += len(layer)
        below: list[Json] = []
        most, has_container = 0, False
        for item in layer:
            if isinstance(item, dict):
                below.extend(item.values())
                text = max(text, *map(len, item)) if item else text
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, str):
                text = max(text, len(item))
            if isinstance(item, (dict, list)):
                most, has_container = max(most, len(item)), True
        if has_container:
            levels.append(most)
        layer = below
    return Size(tuple(levels), text), count


def allowance(count: int) -> int:
    """Return the units of work that an output made of `count` values may ask for."""
    return min(max(FLOOR, count * count), CEILING)


def bound(tree: Expression, names: Mapping[str, Size]) -> tuple[int, Size]:
    """Return upper bounds of the work of an expression and of the size of what it gives."""
    match tree:
        case Literal(length=length):
            return 1, Size(text=length)
        case Name(name=name):
            return 1, names.get(name, Size())
        case Step(of=of, index=index):
            work, size = bound(of, names)
            return 1 + work + (bound(index, names)[0] if index else 0), size.below
        case Operation(operator=sign, operands=operands):
            return _bound_operation(sign, [bound(one, names) for one in operands])
        case Call(function=function, arguments=arguments):
            return _bound_call(function, [bound(one, names) for one in arguments])
        case Display(parts=parts):
            return _bound_display([bound(one, names) for one in parts])
        case Loop():
            return _bound_loop(tree, names)
        case _:
            assert_never(tree)


_Bound = tuple[int, Size]


def _bound_operation(sign: str, parts: list[_Bound]) -> _Bound:
    work = len(parts) + sum(work for work, _ in parts)
    sizes = [size for _, size in parts]
    if sign == "?":
        return work, sizes[1].joined(sizes[2])
    if sign == "+":
        total = sizes[0]
        for size in sizes[1:]:
            total = total.added(size)
            work += (total.levels or (0,))[0] + total.text // 8
        return work, total
    if sign in ("||", "&&", "*"):
        return work, Size()
    return work + sum(size.volume + size.text // 64 for size in sizes), Size()


def _bound_call(function: str, parts: list[_Bound]) -> _Bound:
    work = _CALLBACK + sum(work + size.volume + size.text // 8 for work, size in parts)
    size = parts[0][1] if parts else Size()
    if function == "matches":
        work += size.text
    match FUNCTIONS[function]:
        case Gives.SCALAR:
            return work, Size(text=size.text + 32)
        case Gives.LIST:
            return work + size.volume * 8, size
        case Gives.ITEM:
            return work, size.below
        case Gives.PARTS:
            return work + size.text, Size((size.text + 1,), size.text)
        case Gives.FLAT:
            return work, Size((math.prod(size.levels[:2]), *size.levels[2:]), size.text)
        case other:
            assert_never(other)


def _bound_display(parts: list[_Bound]) -> _Bound:
    held = Size()
    for _, size in parts:
        held = held.joined(size)
    work = 1 + len(parts) + sum(work for work, _ in parts)
    return work, Size((len(parts), *held.levels), held.text)


def _bound_loop(loop: Loop, names: Mapping[str, Size]) -> _Bound:
    work, over = bound(loop.over, names)
    rounds = over.levels[0] if over.levels else 0
    bodies = [bound(body, {**names, loop.variable: over.below}) for body in loop.bodies]
    work += rounds * (2 + sum(work for work, _ in bodies))
    if loop.macro not in _GROWING:
        return work, Size()
    work += rounds * rounds // _GROWING[loop.macro]
    if loop.macro == "filter":
        return work, over
    held = bodies[-1][1] if bodies else Size()
    return work, Size((rounds, *held.levels), held.text)
