"""Reads of fields, items and slices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from agent.core.language.syntax import Expression, Slice
from agent.core.language.types.typed import MayFail, Typed, merge_failures
from agent.core.language.types.values import listed, shape_of
from agent.core.shapes.containers import field_of
from agent.core.shapes.lattice import join_all, meet
from agent.core.shapes.parts import Arrays, Texts, make_arrays, make_texts
from agent.core.shapes.shape import Parts, Shape, of_parts, texts

NO_JSON_VALUE = "a date or table within a value"


def read_field_typed(of: Typed, key: str, expression: Expression) -> Typed:
    """Return a field of what is typed."""
    parts = of.shape.parts
    fields = [field_of(variant, key, meet=meet) for variant in parts.objects]
    shape = join_all(field.shape for field in fields)
    is_absent = of.may_be_nothing or any(not field.is_required for field in fields)
    refused = []
    if parts != Parts(null=parts.null, objects=parts.objects):
        refused.append("not an object")
    return _read(of, shape, is_absent, refused, f"read of {key!r}", expression)


def read_item_typed(of: Typed, position: int, expression: Expression) -> Typed:
    """Return an item of what is typed, at a written position."""
    parts = of.shape.parts
    array = parts.arrays
    refused = []
    if parts != Parts(null=parts.null, arrays=array):
        refused.append("not an array")
    shape, is_absent = of_parts(Parts()), of.may_be_nothing
    if array is not None:
        shape = join_all(items_at(array, position))
        needed = position + 1 if position >= 0 else -position
        is_absent = is_absent or array.shortest < needed
    return _read(of, shape, is_absent, refused, f"read of [{position}]", expression)


def items_at(array: Arrays, position: int) -> Iterable[Shape]:
    """Yield what may stand at a position, negative from the end."""
    if position >= 0:
        return (array.item(position),) if array.may_reach(position) else ()
    last = len(array.first) if array.longest is None else array.longest
    lengths = range(max(array.shortest, -position), max(last, array.shortest) + 1)
    if array.longest is None or len(lengths) > len(array.first) + 1:
        return (*array.first, array.rest)
    return tuple(array.item(length + position) for length in lengths)


def _read(
    of: Typed,
    shape: Shape,
    is_absent: bool,
    refused: list[str],
    operation: str,
    expression: Expression,
) -> Typed:
    if not shape.is_json and (shape.parts.dates or shape.parts.tables is not None):
        refused.append(NO_JSON_VALUE)
    own = tuple(MayFail(operation, reason, expression) for reason in refused)
    return Typed(shape, is_absent, merge_failures((of.failures, own)))


def read_slice_typed(of: Typed, expression: Slice) -> Typed:
    """Return a slice of what is typed."""
    parts = of.shape.parts
    start, end = expression.start, expression.end
    refused = []
    if parts != Parts(null=parts.null, texts=parts.texts, arrays=parts.arrays):
        refused.append("neither array nor text")
    own = tuple(MayFail("slice", reason, expression) for reason in refused)
    sliced = of_parts(
        Parts(
            null=parts.null,
            texts=None if parts.texts is None else slice_texts(parts.texts, start, end),
            arrays=None if parts.arrays is None else slice_arrays(parts.arrays, start, end),
        )
    )
    return Typed(sliced, of.may_be_missing, merge_failures((of.failures, own)))


def slice_texts(part: Texts, start: int | None, end: int | None) -> Texts | None:
    """Return the slices of texts."""
    values = listed(texts(part))
    if values is not None:
        return join_all(shape_of(value[start:end]) for value in values).parts.texts
    fewest, most = sliced_length(part.shortest, part.longest, start, end)
    return make_texts(Texts(fewest, most))


def slice_arrays(part: Arrays, start: int | None, end: int | None) -> Arrays | None:
    """Return the slices of arrays."""
    fewest, most = sliced_length(part.shortest, part.longest, start, end)
    if part.shortest == part.longest == len(part.first):
        first = part.first[start:end]
        return make_arrays(replace(part, first=first, shortest=fewest, longest=most))
    if (start or 0) >= 0 and (end is None or end >= 0):
        first = part.first[start:end]
        return make_arrays(Arrays(first, part.rest, fewest, most))
    rest = join_all((*part.first, part.rest))
    return make_arrays(Arrays((), rest, fewest, most))


def sliced_length(
    shortest: int, longest: int | None, start: int | None, end: int | None
) -> tuple[int, int | None]:
    """Return the least and the greatest length of a slice, as Python slices."""
    fewest = min(_length(count, start, end) for count in _lengths(shortest, longest, start, end))
    if longest is not None:
        counts = _lengths(shortest, longest, start, end)
        return fewest, max(_length(count, start, end) for count in counts)
    if end is not None and (end >= 0) == ((start or 0) >= 0):
        return fewest, max(0, end - (start or 0))
    if start is not None and start < 0 and end is None:
        return fewest, -start
    return (fewest, end) if end is not None and end >= 0 else (fewest, None)


def _lengths(
    shortest: int, longest: int | None, start: int | None, end: int | None
) -> Iterable[int]:
    """Return the lengths where the length of a slice has its least and greatest."""
    turns = {
        shortest,
        *(abs(bound) + step for bound in (start, end) if bound is not None for step in (-1, 0, 1)),
    }
    far = shortest + sum(abs(bound) for bound in (start, end) if bound is not None) + 2
    turns |= {sum(abs(bound) for bound in (start, end) if bound is not None)}
    turns.add(far if longest is None else longest)
    return [turn for turn in turns if turn >= shortest and (longest is None or turn <= longest)]


def _length(count: int, start: int | None, end: int | None) -> int:
    return len(range(*slice(start, end).indices(count)))
