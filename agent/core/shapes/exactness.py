"""Where a schema says more than its shape: the keywords that shapes leave out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from agent.core import paths
from agent.core.dialects import subschemas
from agent.core.schema import Schema
from agent.core.shapes.lattice import MAX_VARIANTS, is_nothing, meet
from agent.core.shapes.parts import MAX_VALUES, Numbers, Texts
from agent.core.shapes.reading import reader_of
from agent.core.shapes.shape import Shape

_LOST: Final = (
    *("contains", "propertyNames", "dependentRequired", "dependentSchemas"),
    *("unevaluatedItems", "unevaluatedProperties", "not", "if"),
)

_IN_PLACE: Final = frozenset(["$ref", "allOf", "anyOf", "oneOf", "if"])


@dataclass(frozen=True, slots=True)
class Loss:
    """A keyword of a schema that its shape does not fully express; `pointer` says where it is."""

    keyword: str
    pointer: str


def losses(schema: Schema) -> tuple[Loss, ...]:
    """Return where the shape of a schema may hold more than the schema allows, in reading order.

    It may name a keyword that makes no difference; it never leaves out one that does.
    """
    found: list[Loss] = []
    has_unions = _mentions(schema.document, _IN_PLACE)
    stack: list[tuple[str, Any]] = [("", schema.document)]
    while stack:
        pointer, node = stack.pop()
        if not isinstance(node, dict):
            continue
        lost = [keyword for keyword in _LOST if keyword in node]
        lost += _lost_unions(schema, node)
        lost += ["patternProperties"] if has_unions and "patternProperties" in node else []
        found.extend(Loss(keyword, paths.child(pointer, keyword)) for keyword in lost)
        below = [(_pointer(pointer, tokens), part) for tokens, part in subschemas(node)]
        stack.extend(reversed(below))
    return tuple(found)


def _mentions(document: Any, keywords: frozenset[str]) -> bool:
    stack = [document]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if keywords & node.keys():
                return True
            stack.extend(part for _, part in subschemas(node))
    return False


def is_exact(schema: Schema) -> bool:
    """Return whether a shape holds nothing but the values that are valid under its schema."""
    return not losses(schema)


def _pointer(pointer: str, tokens: tuple[str, ...]) -> str:
    for token in tokens:
        pointer = paths.child(pointer, token)
    return pointer


def _lost_unions(schema: Schema, node: dict[str, Any]) -> list[str]:
    reader = reader_of(schema)
    lost = []
    for keyword in ("anyOf", "oneOf"):
        arms = [reader.read(arm) for arm in node.get(keyword, ())]
        if len(arms) > MAX_VARIANTS or any(
            not _stay_apart(one, other, is_exclusive=keyword == "oneOf")
            for index, one in enumerate(arms)
            for other in arms[:index]
        ):
            lost.append(keyword)
    values = node.get("enum", ())
    if len(values) > MAX_VALUES or sum(isinstance(value, (list, dict)) for value in values) > 1:
        lost.append("enum")
    return lost


def _stay_apart(one: Shape, other: Shape, *, is_exclusive: bool) -> bool:
    """Return whether the union of two arms is neither more than both nor counts one value twice."""
    left, right = one.parts, other.parts
    if is_exclusive and not is_nothing(meet(one, other)):
        return False
    return not (
        _is_blurred(left.numbers, right.numbers)
        or _is_blurred(left.texts, right.texts)
        or (left.arrays and right.arrays)
    )


def _is_blurred(left: Numbers | Texts | None, right: Numbers | Texts | None) -> bool:
    """Return whether the join of two parts holds more than both: listed values stay exact."""
    if left is None or right is None:
        return False
    return left.values is None or right.values is None or bool(left.facts | right.facts)
