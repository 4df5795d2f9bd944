"""A shape: a set of JSON values, one part per JSON type. Unknown depths are read when needed.

Beside JSON a shape may hold the two values that the adapter language has and no payload holds:
dates and tables. Shapes are immutable. Equal shapes hold the same values; shapes that hold the
same values may be unequal, since what is read later is compared by where it is read from.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from agent.core.shapes.large import all_same
from agent.core.shapes.parts import (
    Arrays,
    Field,
    Form,
    Numbers,
    Objects,
    Texts,
    make_arrays,
    make_numbers,
    make_objects,
    make_texts,
)
from agent.core.values import Json


@dataclass(frozen=True, slots=True)
class Parts:
    """What a shape holds of each type. `objects` has one record per variant of a union.

    `tables` is the shape of the values of the tables that it may hold.
    """

    null: bool = False
    booleans: frozenset[bool] = frozenset()
    numbers: Numbers | None = None
    texts: Texts | None = None
    arrays: Arrays | None = None
    objects: tuple[Objects, ...] = ()
    dates: bool = False
    tables: Shape | None = None


_EMPTY: Final = Parts()


class Shape:
    """A set of JSON values. Made by `of_parts` and by the functions of this package."""

    __slots__ = ("_hash", "_key", "_make", "_parts", "is_json")

    def __init__(
        self,
        parts: Parts | None,
        *,
        key: Hashable = None,
        make: Callable[[], Shape] | None = None,
        is_json: bool = True,
    ) -> None:
        self._parts = parts
        self._key = key
        self._make = make
        self._hash = hash((Shape, key if make is not None else parts))
        self.is_json = is_json if parts is None else _is_json(parts)

    @property
    def parts(self) -> Parts:
        """What it holds, read now if that has not been done."""
        if self._parts is None:
            assert self._make is not None
            try:
                self._parts = self._make().parts
            except RecursionError:
                if not self.is_json:
                    raise
                # References may chain deeper than Python calls: everything is a sound answer.
                self._parts = _make_any().parts
        return self._parts

    @property
    def is_later(self) -> bool:
        """Whether its parts have yet to be read."""
        return self._parts is None

    @property
    def is_surely_nothing(self) -> bool:
        """Whether it is known, without reading more, to hold no value."""
        return self._parts == _EMPTY

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Shape) or self._hash != other._hash:
            return False
        if self._make is not None or other._make is not None:
            return self._make is not None and other._make is not None and self._key == other._key
        return self._parts == other._parts

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        from agent.core.shapes.printing import show

        return f"Shape({show(self)})"


def _is_json(parts: Parts) -> bool:
    if parts.dates or parts.tables is not None:
        return False
    if parts.arrays is not None and not (
        parts.arrays.rest.is_json and all(item.is_json for item in parts.arrays.first)
    ):
        return False
    return all(
        variant.others.is_json
        and all(field.shape.is_json for _, field in variant.fields)
        and all(shape.is_json for _, shape in variant.patterned)
        for variant in parts.objects
    )


def of_parts(parts: Parts) -> Shape:
    """Return the shape of some parts."""
    return NOTHING if parts == _EMPTY else Shape(parts)


def later(key: Hashable, make: Callable[[], Shape], *, is_json: bool = True) -> Shape:
    """Return a shape that is made when it is needed; the same key means the same shape."""
    return Shape(None, key=key, make=make, is_json=is_json)


NOTHING: Final = Shape(_EMPTY)
"""The shape of no value."""


def _make_any() -> Shape:
    return Shape(
        Parts(
            null=True,
            booleans=frozenset({True, False}),
            numbers=Numbers(),
            texts=Texts(),
            arrays=Arrays((), ANY),
            objects=(Objects((), ANY),),
        )
    )


ANY: Final = later("anything", _make_any)
"""Every JSON value."""


def _make_everything() -> Shape:
    return Shape(
        replace(
            _make_any().parts,
            arrays=Arrays((), EVERYTHING),
            objects=(Objects((), EVERYTHING),),
            dates=True,
            tables=EVERYTHING,
        )
    )


EVERYTHING: Final = later("everything", _make_everything, is_json=False)
"""Every value of the language: JSON, dates and tables, and arrays and objects of them."""

NULL: Final = of_parts(Parts(null=True))
BOOLEAN: Final = of_parts(Parts(booleans=frozenset({True, False})))
TRUE: Final = of_parts(Parts(booleans=frozenset({True})))
FALSE: Final = of_parts(Parts(booleans=frozenset({False})))
NUMBER: Final = of_parts(Parts(numbers=Numbers()))
TEXT: Final = of_parts(Parts(texts=Texts()))
DATE: Final = of_parts(Parts(dates=True))
ANY_OBJECT: Final = of_parts(Parts(objects=(Objects((), ANY),)))


def numbers(part: Numbers) -> Shape:
    """Return the shape of some numbers."""
    made = make_numbers(part)
    return NOTHING if made is None else Shape(Parts(numbers=made))


def integers(low: int | None = None, high: int | None = None) -> Shape:
    """Return the shape of numbers that are written as integers."""
    return numbers(
        Numbers(
            None if low is None else Fraction(low),
            None if high is None else Fraction(high),
            forms=Form.INTEGER,
        )
    )


def texts(part: Texts) -> Shape:
    """Return the shape of some texts."""
    made = make_texts(part)
    return NOTHING if made is None else Shape(Parts(texts=made))


def arrays(part: Arrays) -> Shape:
    """Return the shape of some arrays."""
    made = make_arrays(part)
    return NOTHING if made is None else Shape(Parts(arrays=made))


def array_of(item: Shape, *, shortest: int = 0, longest: int | None = None) -> Shape:
    """Return the shape of arrays whose items all have one shape."""
    return arrays(Arrays((), item, shortest, longest))


def objects(part: Objects) -> Shape:
    """Return the shape of some objects."""
    made = make_objects(part)
    return NOTHING if made is None else Shape(Parts(objects=(made,)))


def closed_object(fields: dict[str, Field]) -> Shape:
    """Return the shape of objects with these fields and no others."""
    return objects(Objects(tuple(fields.items()), NOTHING))


def tables(values: Shape) -> Shape:
    """Return the shape of tables with such values."""
    return Shape(Parts(tables=values))


def literal(value: Json, *, forms: Form | None = None) -> Shape:
    """Return the shape of one JSON value.

    Numbers are as they are written, deeply; with `forms` they may be written in these forms, and
    are all that a validator takes for the same.
    """
    match value:
        case None:
            return NULL
        case bool():
            return TRUE if value else FALSE
        case int() | float():
            own = forms or (Form.INTEGER if isinstance(value, int) else Form.FLOAT)
            same = frozenset({Fraction(value)}) if forms is None else all_same(value)
            return numbers(Numbers(forms=own, values=same))
        case str():
            return texts(Texts(values=frozenset({value})))
        case list():
            items = tuple(literal(item, forms=forms) for item in value)
            return arrays(Arrays(items, NOTHING, len(items), len(items)))
        case dict():
            return closed_object(
                {key: Field(literal(item, forms=forms), True) for key, item in value.items()}
            )
        case _:
            raise TypeError(f"not a JSON value: {type(value).__name__}")


def without(shape: Shape, **parts: Any) -> Shape:
    """Return a shape with some parts replaced, as `without(shape, null=False)`."""
    return of_parts(replace(shape.parts, **parts))
