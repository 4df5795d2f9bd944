"""The functions that know missing and null."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from agent.core.language.types.narrowing import narrow
from agent.core.language.types.rules.site import Rule, Site
from agent.core.language.types.scope import Env
from agent.core.language.types.typed import ABSENT, NEVER, Typed, join_typed, with_failures
from agent.core.shapes.lattice import meet
from agent.core.shapes.parts import make_arrays, make_objects
from agent.core.shapes.scalars import minus_text
from agent.core.shapes.shape import BOOLEAN, FALSE, NULL, TRUE, of_parts, without


def _default(site: Site) -> Typed:
    typed = _only(site, "x")
    if not typed.may_be_nothing:
        return typed
    nothing = Typed(meet(typed.shape, NULL), typed.may_be_missing)
    return join_typed(Typed(without(typed.shape, null=False)), _alternative(site, "y", nothing))


def _if_missing(site: Site) -> Typed:
    typed = _only(site, "x")
    if not typed.may_be_missing:
        return typed
    return join_typed(Typed(typed.shape), _alternative(site, "y", ABSENT))


def _only(site: Site, name: str) -> Typed:
    typed = site.argument(name)
    assert typed is not None
    return typed


def _alternative(site: Site, name: str, first: Typed) -> Typed:
    """Return a later argument, where the call's first argument is as typed."""
    expression = site.later(name)
    assert expression is not None
    env = narrow(site.typer, site.call.arguments[0], first, site.env)
    return site.typer.infer(expression, env)


def _coalesce(site: Site) -> Typed:
    env: Env = site.env
    found = NEVER
    for _, expression in site.waiting:
        typed = site.typer.infer(expression, env)
        found = with_failures(
            join_typed(found, Typed(without(typed.shape, null=False))), typed.failures
        )
        if not typed.may_be_nothing:
            return found
        nothing = Typed(meet(typed.shape, NULL), typed.may_be_missing)
        env = narrow(site.typer, expression, nothing, env)
    return replace(found, may_be_missing=True)


def _present(site: Site) -> Typed:
    typed = _only(site, "x")
    if not typed.may_be_missing:
        return Typed(TRUE)
    return Typed(FALSE if typed.shape.is_surely_nothing else BOOLEAN)


def _absent(_: Site) -> Typed:
    return ABSENT


def _not_null(site: Site) -> Typed:
    typed = _only(site, "x")
    return Typed(without(typed.shape, null=False), typed.may_be_nothing)


def _non_empty(site: Site) -> Typed:
    typed = _only(site, "x")
    parts = typed.shape.parts
    text, array = parts.texts, parts.arrays
    full = [
        make_objects(replace(variant, fewest=max(1, variant.fewest))) for variant in parts.objects
    ]
    kept = replace(
        parts,
        texts=None if text is None else minus_text(text, ""),
        arrays=None
        if array is None
        else make_arrays(replace(array, shortest=max(1, array.shortest))),
        objects=tuple(variant for variant in full if variant is not None),
    )
    has_empty = (
        (text is not None and text.admits(""))
        or (array is not None and array.shortest == 0)
        or any(variant.fewest == 0 for variant in parts.objects)
    )
    return Typed(of_parts(kept), typed.may_be_missing or has_empty)


def _require(site: Site) -> Typed:
    typed = _only(site, "x")
    if typed.may_be_nothing:
        site.fail("missing or null")
    return Typed(without(typed.shape, null=False))


def _fail(site: Site) -> Typed:
    site.fail("it always fails")
    return NEVER


ABSENT_RULES: Final[dict[str, Rule]] = {
    "default": _default,
    "if_missing": _if_missing,
    "coalesce": _coalesce,
    "present": _present,
    "absent": _absent,
    "not_null": _not_null,
    "non_empty": _non_empty,
    "require": _require,
    "fail": _fail,
}
