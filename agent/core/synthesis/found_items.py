"""Items that a key picks out, another value points to, or a position gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.syntax import (
    ArrayComprehension,
    Comparison,
    Expression,
    Field,
    Literal,
    Loop,
    Name,
)
from agent.core.matching.names import words
from agent.core.synthesis.build import call
from agent.core.synthesis.columns import (
    MAX_DEPTH,
    Column,
    holds_objects,
    is_scalar_value,
    item_keys,
    walk,
)
from agent.core.values import Json

MAX_PICKS: Final = 12
"""Most different values of a key by which items are picked out."""

PICK_COST: Final = 0.8
JOIN_COST: Final = 1.2
AT_COST: Final = 1.0
MAX_POSITIONS: Final = 10
"""Most numbers of a scope that are tried as positions in arrays."""

KIND_GAIN: Final = 0.3
"""What it is worth that items are picked by what tells their kind or language apart."""

ONCE_COST: Final = 0.8
"""What it costs to pick by a value that only one item has: it may be any text."""

_KINDS: Final = frozenset(
    {"type", "kind", "category", "class", "mode", "role", "use", "system", "language", "locale"}
)
_CODES: Final = _KINDS | {"link", "scheme", "relation", "key", "code"}
"""What keys are called, in their words, whose values tell items apart by what they are."""


def picked(column: Column) -> Iterator[Column]:
    """Yield the item whose key has some value, for keys that tell items apart."""
    for key in keys_of(column.values):
        known: dict[str, int] = {}
        arrays = 0
        for value in column.values:
            arrays += isinstance(value, list) and bool(value)
            for item in value if isinstance(value, list) else ():
                if isinstance(item, dict) and isinstance(item.get(key), str):
                    known[item[key]] = known.get(item[key], 0) + 1
        # A code comes back from array to array; what comes once may be any text.
        said = set(words(key)[-1:])
        tells = bool(_CODES & said)
        codes = [text for text, count in known.items() if count > 1 or tells or arrays < 2]
        # A value that every item has picks nothing out, unless a key says that others have others.
        if (_KINDS & said or len(known) > 1) and len(known) <= MAX_PICKS:
            for text in codes:
                wanted = tuple(text for _ in column.values)
                if tells:
                    extra = -KIND_GAIN if _KINDS & said else -KIND_GAIN / 2
                else:
                    extra = ONCE_COST if known[text] == 1 else 0.0
                array = replace(column, cost=column.cost + extra, code=text)
                yield from found_by(array, key, Literal(text), wanted)


def keys_of(values: Sequence[object]) -> list[str]:
    """Return the keys whose scalar values are different in every item of every array."""
    return [key for key in item_keys(values) if _tells_apart(key, values)]


def _tells_apart(key: str, values: Sequence[object]) -> bool:
    some = False
    for value in values:
        own = [
            item[key]
            for item in (value if isinstance(value, list) else ())
            if isinstance(item, dict) and key in item
        ]
        some = some or bool(own)
        if any(not isinstance(one, (str, int)) or isinstance(one, bool) for one in own):
            return False
        if len(set(map(repr, own))) != len(own):
            return False
    return some


def points(pointer: Column, array: Column, key: str) -> bool:
    """Return whether most values of a read are among the keys of an array's items."""
    hits = total = 0
    for value, items in zip(pointer.values, array.values, strict=True):
        if is_scalar_value(value) and value is not None and isinstance(items, list):
            total += 1
            hits += any(isinstance(item, dict) and item.get(key) == value for item in items)
    return total > 0 and hits * 2 > total


def found_by(
    array: Column, key: str, wanted: Expression, values: Sequence[object]
) -> Iterator[Column]:
    """Yield the fields of the item with a key's value."""
    is_constant = isinstance(wanted, Literal)
    cost = array.cost + (PICK_COST if is_constant else JOIN_COST)
    found: list[object] = []
    for items, value in zip(array.values, values, strict=True):
        own = [
            item
            for item in (items if isinstance(items, list) else ())
            if isinstance(item, dict) and _same_key(item.get(key, MISSING), value)
        ]
        found.append(own[0] if own else MISSING)
    test = Comparison(Field(Name("x"), key), "==", wanted)
    loop = (Loop(("x",), array.expression, (test,)),)
    token = wanted.value if isinstance(wanted, Literal) else None
    said = paths.child(array.said, token) if isinstance(token, str) else paths.items(array.said)
    item = Column(
        Name("x"),
        paths.items(array.path),
        said,
        tuple(found),
        cost,
        array.name,
        is_constant,
        array.code,
        array.via,
    )
    for part in walk(item, MAX_DEPTH - 3):
        if part.expression in (Name("x"), Field(Name("x"), key)):
            continue
        yield Column(
            call("first", ArrayComprehension(part.expression, loop)),
            part.path,
            part.said,
            _null_where_null(part.values, array.values),
            part.cost,
            part.name,
            part.is_guess,
            part.code,
            part.via,
        )


def _null_where_null(values: Sequence[object], over: Sequence[object]) -> tuple[object, ...]:
    """Return the values, null where what is gone through is null: null in, null out."""
    return tuple(None if at is None else one for one, at in zip(values, over, strict=True))


def _same_key(left: object, right: object) -> bool:
    return left is not MISSING and type(left) is type(right) and left == right


def looked_up(plain: list[Column]) -> Iterator[Column]:
    """Yield what a map holds under a key that a text here names."""
    maps = [
        one
        for one in plain
        if any(isinstance(value, dict) and value for value in one.values) and one.cost == 0
    ]
    texts = [one for one in plain if one.is_scalar and one.cost == 0][:40]
    for column in maps[:20]:
        for text in texts:
            values: list[object] = []
            used: set[object] = set()
            hits = total = 0
            for value, key in zip(column.values, text.values, strict=True):
                is_there = isinstance(value, dict) and isinstance(key, str) and key in value
                total += isinstance(key, str)
                hits += is_there
                used |= {key} if is_there else set()
                values.append(_under(value, key) if is_there else MISSING)
            # One key alone is read by its name, and what an entry holds by the entry.
            at = paths.items(column.path)
            is_own = any(one.name == text.name and one.values == tuple(values) for one in plain)
            if len(used) >= 2 and hits * 2 > total and not is_own:
                found = Column(
                    call("at", column.expression, text.expression),
                    at,
                    paths.items(column.said),
                    tuple(values),
                    AT_COST,
                    text.name,
                )
                yield from walk(found, MAX_DEPTH - 2)


def at_positions(plain: list[Column], said: frozenset[str]) -> Iterator[Column]:
    """Yield the item of an array of objects at a position that a number here gives.

    Any number may be one that always gives an item, and different ones; of a number that is said
    to be a position, less is asked.
    """
    arrays = [one for one in plain if one.cost == 0 and holds_objects(one.values)]
    numbers = [one for one in plain if one.cost == 0 and _is_position(one)]
    for number in sorted(numbers, key=lambda one: one.path not in said)[:MAX_POSITIONS]:
        for array in arrays:
            if paths.is_within(number.path, array.path):
                continue
            values = tuple(map(_item_at, array.values, number.values))
            used = {
                place
                for place, item in zip(number.values, values, strict=True)
                if item is not MISSING
            }
            is_known = number.path in said and bool(used)
            is_always = MISSING not in values or is_known
            if is_always and (is_known or len(used) >= 2):
                read = call("at", array.expression, number.expression)
                path, said_path = paths.items(array.path), paths.items(array.said)
                cost = AT_COST / 2 if is_known else AT_COST
                item = Column(read, path, said_path, values, cost, number.name)
                yield from walk(item, MAX_DEPTH - 2)


def _is_position(column: Column) -> bool:
    given = [value for value in column.values if value is not MISSING and value is not None]
    return bool(given) and all(type(value) is int and value >= 0 for value in given)


def _item_at(items: object, place: object) -> object:
    is_there = isinstance(items, list) and isinstance(place, int) and place < len(items)
    return items[place] if is_there else MISSING  # type: ignore[index]


def _under(value: Json, key: Json) -> object:
    return value[key]
