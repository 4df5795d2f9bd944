"""What comparisons give and refuse."""

from __future__ import annotations

import itertools

from agent.core.language.absence import MISSING, Value
from agent.core.language.operators import compare
from agent.core.language.types.ordering import is_one_kind, may_order
from agent.core.language.types.typed import Typed
from agent.core.language.types.values import MAX_LISTED, either_form, listed, tried
from agent.core.shapes.lattice import is_nothing, join_all, meet
from agent.core.shapes.shape import BOOLEAN, FALSE, TRUE, Parts, Shape, of_parts, without

_TRUTHS = {
    frozenset[bool](): of_parts(Parts()),
    frozenset({True}): TRUE,
    frozenset({False}): FALSE,
    frozenset({True, False}): BOOLEAN,
}


def compare_typed(left: Typed, operator: str, right: Typed) -> tuple[Shape, tuple[str, ...]]:
    """Return what a comparison gives, and what it may refuse."""
    if left.is_impossible or right.is_impossible:
        return of_parts(Parts()), ()
    exact = _tried(left, operator, right)
    if exact is not None:
        return exact
    match operator:
        case "==" | "!=":
            return _equality(left, operator, right)
        case "in" | "not in":
            return _membership(left, operator, right)
        case _:
            return _order(left, operator, right)


def _tried(left: Typed, operator: str, right: Typed) -> tuple[Shape, tuple[str, ...]] | None:
    one, two = values_of(left), values_of(right)
    if one is None or two is None or len(one) * len(two) > MAX_LISTED:
        return None
    found, refused = set(), []
    for a, b in itertools.product(one, two):
        result = tried(compare, a, operator, b)
        if isinstance(result, str):
            refused.append(result)
        else:
            found.add(bool(result[0]))
    return _TRUTHS[frozenset(found)], tuple(dict.fromkeys(refused))


def values_of(typed: Typed) -> tuple[Value, ...] | None:
    """Return every value that an expression may have, missing among them, where they are few."""
    found = listed(typed.shape)
    return (*found, MISSING) if found is not None and typed.may_be_missing else found


def _equality(left: Typed, operator: str, right: Typed) -> tuple[Shape, tuple[str, ...]]:
    refused: tuple[str, ...] = ()
    if _may_hold_table(left.shape) or _may_hold_table(right.shape):
        refused = ("a table",)
    if is_nothing(meet(left.shape, either_form(right.shape)), depth=1):
        return (FALSE if operator == "==" else TRUE), refused
    return BOOLEAN, refused


def _may_hold_table(shape: Shape) -> bool:
    parts = shape.parts
    if parts.tables is not None:
        return True
    return not shape.is_json and (parts.arrays is not None or bool(parts.objects))


def _membership(left: Typed, operator: str, right: Typed) -> tuple[Shape, tuple[str, ...]]:
    one, two = without(left.shape, null=False), without(right.shape, null=False)
    result = BOOLEAN
    if one.is_surely_nothing or two.is_surely_nothing:
        return (FALSE if operator == "in" else TRUE), ()
    refused: tuple[str, ...] = ()
    if not _takes(one, two):
        refused = ("`in` looks into arrays, for keys of objects, and for text in text",)
    parts = two.parts
    if parts.arrays is not None and parts == Parts(arrays=parts.arrays):
        items = join_all((*parts.arrays.first, parts.arrays.rest))
        if is_nothing(meet(one, either_form(items)), depth=1):
            result = FALSE if operator == "in" else TRUE
    return result, refused


def _takes(one: Shape, two: Shape) -> bool:
    """Return whether every value of one can be looked for in every value of the other."""
    parts = two.parts
    if parts.numbers or parts.booleans or parts.dates:
        return False
    if parts.tables is not None or not one.is_json or not two.is_json:
        return False
    return parts.texts is None or one.parts == Parts(texts=one.parts.texts)


def _order(left: Typed, operator: str, right: Typed) -> tuple[Shape, tuple[str, ...]]:
    one, two = without(left.shape, null=False), without(right.shape, null=False)
    truths = set(may_order(one, operator, two))
    if left.may_be_nothing or right.may_be_nothing:
        truths.add(False)
    refused: tuple[str, ...] = ()
    if not one.is_surely_nothing and not two.is_surely_nothing and not is_one_kind(one, two):
        refused = ("values of different kinds, or of one that has no order",)
    return _TRUTHS[frozenset(truths)], refused
