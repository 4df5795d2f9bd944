"""Whether a value is in a shape."""

from __future__ import annotations

from fractions import Fraction

from agent.core.shapes.containers import field_of
from agent.core.shapes.facts import holds
from agent.core.shapes.lattice import meet
from agent.core.shapes.parts import Arrays, Form, Numbers, Objects, Texts, is_between
from agent.core.shapes.shape import Shape
from agent.core.values import Json


def contains(shape: Shape, value: Json) -> bool:
    """Return whether a JSON value is in a shape."""
    parts = shape.parts
    match value:
        case None:
            return parts.null
        case bool():
            return value in parts.booleans
        case int() | float():
            return parts.numbers is not None and _is_number(parts.numbers, value)
        case str():
            return parts.texts is not None and _is_text(parts.texts, value)
        case list():
            return parts.arrays is not None and _is_array(parts.arrays, value)
        case dict():
            return any(_is_object(variant, value) for variant in parts.objects)
        case _:
            raise TypeError(f"not a JSON value: {type(value).__name__}")


def _is_number(part: Numbers, value: int | float) -> bool:
    form = Form.INTEGER if isinstance(value, int) else Form.FLOAT
    return (
        form in part.forms
        and part.admits(Fraction(value))
        and all(holds(fact, value) for fact in part.facts)
    )


def _is_text(part: Texts, value: str) -> bool:
    return part.admits(value) and all(holds(fact, value) for fact in part.facts)


def _is_array(part: Arrays, value: list[Json]) -> bool:
    return (
        is_between(len(value), part.shortest, part.longest)
        and all(contains(part.item(index), item) for index, item in enumerate(value))
        and all(holds(fact, value) for fact in part.facts)
    )


def _is_object(part: Objects, value: dict[str, Json]) -> bool:
    if not is_between(len(value), part.fewest, part.most):
        return False
    if any(field.is_required and name not in value for name, field in part.fields):
        return False
    return all(contains(field_of(part, key, meet=meet).shape, item) for key, item in value.items())
