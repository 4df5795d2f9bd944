"""Tables, cases, allowed sets and tests of type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from agent.core.language.syntax import ObjectDisplay
from agent.core.language.types.narrowing import narrow
from agent.core.language.types.rules.site import Rule, Site
from agent.core.language.types.typed import ABSENT, NEVER, Typed, join_typed, with_failures
from agent.core.language.types.values import either_form, listed, singleton
from agent.core.shapes.containers import field_of, unnamed
from agent.core.shapes.lattice import is_nothing, join, join_all, meet
from agent.core.shapes.parts import Objects
from agent.core.shapes.reading import minus_value
from agent.core.shapes.shape import (
    BOOLEAN,
    FALSE,
    NOTHING,
    NULL,
    TRUE,
    Parts,
    Shape,
    of_parts,
    without,
)


def _lookup(site: Site) -> Typed:
    operand = site.argument("x")
    assert operand is not None
    scalars = _scalars(operand.shape)
    if scalars.parts != operand.shape.parts:
        site.fail("which is no key")
    found, left = _matches(site, "table", Typed(scalars))
    if left.is_impossible:
        return found
    otherwise = site.later("otherwise")
    if otherwise is None:
        site.fail("which the table does not know")
        return found
    env = narrow(site.typer, site.call.arguments[0], left, site.env)
    return join_typed(found, site.typer.infer(otherwise, env))


def _scalars(shape: Shape) -> Shape:
    return without(shape, arrays=None, objects=(), dates=False, tables=None)


def _switch(site: Site) -> Typed:
    operand = site.argument("x")
    assert operand is not None
    found, left = _matches(site, "cases", operand)
    cases = site.argument("cases")
    if cases is not None and cases.may_be_nothing:
        nothing = Typed(meet(cases.shape, NULL), cases.may_be_missing)
        found = join_typed(found, nothing)
    if left.is_impossible:
        return found
    otherwise = site.later("otherwise")
    if otherwise is None:
        return join_typed(found, ABSENT)
    env = narrow(site.typer, site.call.arguments[0], left, site.env)
    return join_typed(found, site.typer.infer(otherwise, env))


def _matches(site: Site, name: str, operand: Typed) -> tuple[Typed, Typed]:
    """Return what is found in a table, and the operands that may find nothing."""
    display = site.later(name)
    if isinstance(display, ObjectDisplay):
        return _match_display(site, display, operand)
    typed = site.argument(name)
    assert typed is not None
    parts = typed.shape.parts
    if parts != Parts(null=parts.null, objects=parts.objects, tables=parts.tables):
        site.fail("not a table")
    values = join_all((*_values_at(parts.objects, operand.shape), parts.tables or NOTHING))
    return Typed(values), operand


def _values_at(variants: tuple[Objects, ...], key: Shape) -> Iterator[Shape]:
    if key.parts.texts is None:
        return
    texts = listed(of_parts(Parts(texts=key.parts.texts)))
    for variant in variants:
        if texts is not None:
            yield from (field_of(variant, text, meet=meet).shape for text in texts)
        else:
            yield from (field.shape for _, field in variant.fields)
            yield unnamed(join, variant)


def _match_display(site: Site, display: ObjectDisplay, operand: Typed) -> tuple[Typed, Typed]:
    found, left = NEVER, operand
    for key, value in display.entries:
        typed = site.typer.infer(key, site.env)
        found = with_failures(found, typed.failures)
        if _scalars(typed.shape).parts != typed.shape.parts:
            site.fail("a key that is no scalar")
        met = _met(operand, typed)
        if met.is_impossible:
            continue
        alone = None if typed.may_be_missing else singleton(typed.shape)
        if alone is not None:
            left = _without(left, alone[0])
        env = narrow(site.typer, site.call.arguments[0], met, site.env)
        found = join_typed(found, site.typer.infer(value, env))
    return found, left


def _met(operand: Typed, key: Typed) -> Typed:
    """Return the operands that may find a key; missing finds the key null (in `switch`)."""
    is_missing = operand.may_be_missing and key.shape.parts.null
    shape = meet(_scalars(operand.shape), either_form(key.shape))
    return Typed(shape, is_missing)


def _without(operand: Typed, value: object) -> Typed:
    may_be_missing = operand.may_be_missing and value is not None
    return Typed(minus_value(operand.shape, value), may_be_missing)


def _one_of(site: Site) -> Typed:
    shape = site.shape("x")
    array = site.array("allowed")
    if array is None:
        return NEVER
    allowed = join_all((*array.first, array.rest))
    if array.shortest != array.longest or not _is_among(shape, array.first):
        site.fail("which is not allowed")
    if not shape.is_json or not allowed.is_json:
        site.fail("a table")
    return Typed(meet(shape, either_form(allowed)))


def _is_among(shape: Shape, items: tuple[Shape, ...]) -> bool:
    """Return whether every value of a shape surely equals some of the items."""
    left = shape
    for item in items:
        alone = singleton(item)
        if alone is not None:
            left = minus_value(left, alone[0])
    return is_nothing(left)


def _is(name: str) -> Rule:
    keep: Callable[[Parts], Parts] = {
        "is_text": lambda parts: Parts(texts=parts.texts),
        "is_number": lambda parts: Parts(numbers=parts.numbers),
        "is_boolean": lambda parts: Parts(booleans=parts.booleans),
        "is_object": lambda parts: Parts(objects=parts.objects),
        "is_array": lambda parts: Parts(arrays=parts.arrays),
    }[name]

    def rule(site: Site) -> Typed:
        parts = site.shape("x").parts
        kept = keep(parts)
        if kept == parts:
            return Typed(TRUE)
        return Typed(FALSE if kept == Parts() else BOOLEAN)

    return rule


def _is_null(site: Site) -> Typed:
    typed = site.argument("x")
    assert typed is not None
    if not typed.shape.parts.null:
        return Typed(FALSE)
    is_sure = typed.shape.parts == NULL.parts and not typed.may_be_missing
    return Typed(TRUE if is_sure else BOOLEAN)


CHOICE_RULES: Final[dict[str, Rule]] = {
    "lookup": _lookup,
    "switch": _switch,
    "one_of": _one_of,
    "is_text": _is("is_text"),
    "is_number": _is("is_number"),
    "is_boolean": _is("is_boolean"),
    "is_object": _is("is_object"),
    "is_array": _is("is_array"),
    "is_null": _is_null,
}
