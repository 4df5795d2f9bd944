"""Hypothesis strategies: expressions, adapters and payloads of every kind that the parser gives."""

from __future__ import annotations

import functools
from typing import Any

from hypothesis import strategies as st

from agent.core.language.functions import FUNCTIONS
from agent.core.language.syntax import (
    Arithmetic,
    ArrayComprehension,
    ArrayDisplay,
    Call,
    Comparison,
    Conditional,
    CopyRow,
    EachRow,
    Expression,
    Field,
    GroupRow,
    Index,
    Literal,
    Logic,
    Loop,
    Name,
    Negative,
    Not,
    ObjectComprehension,
    ObjectDisplay,
    Row,
    Slice,
    ValueRow,
    WithRow,
)

KEYS = st.sampled_from(["a", "b", "items", "from", "content-type", "*", "a/b", "~", "", "é", "0"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["2024-01-31T10:00:00Z", "12", "1.50", "true", "a,b", "PT1H", "{}", "'", "\\", "\u202e\n"]
)
INTEGERS = st.integers(-(2**63), 2**63 - 1) | st.integers(-5, 5)
FLOATS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.5, -0.0, 1e300])
SCALARS = st.one_of(st.none(), st.booleans(), INTEGERS, FLOATS, TEXTS)

PAYLOADS: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)

OBJECTS: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("a", "b", "items", "from", "*", "0"), PAYLOADS)
)
"""Payloads that the generated expressions find something in."""

_POSITIONS = st.integers(-3, 3)
_BOUNDS = st.none() | _POSITIONS
_SURE_NON_NUMBERS = (ArrayDisplay, ArrayComprehension, ObjectDisplay, ObjectComprehension)


@functools.cache
def expressions(names: tuple[str, ...] = ("src",), *, depth: int = 3) -> st.SearchStrategy[Any]:
    """Return expressions that read `names`: any tree that the parser can give."""
    return st.deferred(lambda: _expressions(names, depth))


def _expressions(names: tuple[str, ...], depth: int) -> st.SearchStrategy[Any]:
    leaves = st.sampled_from([Name(name) for name in names]) | SCALARS.map(Literal)
    if depth == 0:
        return leaves
    inner = expressions(names, depth=depth - 1)
    return st.one_of(
        leaves,
        st.builds(Field, inner, KEYS | TEXTS),
        st.builds(Index, inner, _POSITIONS),
        st.builds(Slice, inner, _BOUNDS, _BOUNDS),
        st.builds(ArrayDisplay, st.lists(inner, max_size=3).map(tuple)),
        _objects(inner),
        st.builds(Conditional, inner, inner, inner),
        st.builds(
            Comparison, inner, st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in"]), inner
        ),
        st.builds(Comparison, inner, st.just("not in"), inner),
        st.builds(
            Logic,
            st.sampled_from(["and", "or"]),
            st.lists(inner, min_size=2, max_size=3).map(tuple),
        ),
        st.builds(Not, inner),
        st.builds(
            Arithmetic,
            numeric(inner),
            st.sampled_from(["+", "-", "*", "/", "//", "%"]),
            numeric(inner),
        ),
        st.builds(Negative, inner.filter(is_no_number)),
        _calls(inner),
        _comprehensions(names, depth),
    )


def numeric(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return the expressions that the parser takes as operands of arithmetic."""
    return inner.filter(
        lambda e: (
            not isinstance(e, _SURE_NON_NUMBERS)
            and not (isinstance(e, Literal) and isinstance(e.value, str))
        )
    )


def is_no_number(expression: Expression) -> bool:
    """Return whether an expression is none that the parser folds a minus sign into."""
    is_literal = isinstance(expression, Literal)
    return not (is_literal and type(expression.value) in (int, float))


def _objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    entries = st.lists(st.tuples(KEYS.map(Literal) | inner, inner), max_size=3)
    unique = entries.filter(lambda pairs: len({key for key, _ in pairs}) == len(pairs))
    return st.builds(ObjectDisplay, unique.map(tuple))


@st.composite
def _calls(draw: Any, inner: st.SearchStrategy[Any]) -> Call:
    function = draw(st.sampled_from(list(FUNCTIONS.values())))
    required = [p for p in function.parameters if p.is_required and not p.is_keyword_only]
    arguments = [draw(inner) for _ in required]
    if function.is_variadic:
        arguments += [draw(inner) for _ in range(draw(st.integers(0, 2)))]
    named = [
        (parameter.name, draw(inner))
        for parameter in function.parameters
        if function.parameter_named(parameter.name)
        and not parameter.is_required
        and draw(st.booleans())
    ]
    return Call(function.name, tuple(arguments), tuple(named))


@st.composite
def _comprehensions(draw: Any, names: tuple[str, ...], depth: int) -> Expression:
    """Draw comprehensions of one loop, or of two where the second runs within the first."""
    bound = draw(st.sampled_from([("x",), ("y",), ("k", "v")]))
    own = expressions((*names, *bound), depth=min(depth - 1, 1))
    loops = [Loop(bound, draw(inner_without_loops(names)), tuple(draw(st.lists(own, max_size=2))))]
    if draw(st.booleans()):
        loops.append(Loop(("z",), Field(Name(bound[0]), draw(KEYS)), ()))
    if draw(st.booleans()):
        return ArrayComprehension(draw(without_loops(own)), tuple(loops))
    return ObjectComprehension(draw(without_loops(own)), draw(without_loops(own)), tuple(loops))


def inner_without_loops(names: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Return small expressions to loop over, without loops of their own."""
    return without_loops(expressions(names, depth=1))


def without_loops(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Leave out expressions whose loops would make nests over independent arrays too deep."""
    return inner.filter(lambda e: "Loop(" not in repr(e))


_TARGETS = st.lists(st.sampled_from(["a", "b", "~2", "c~1d", "0", ""]), max_size=3).map(
    lambda tokens: "".join(f"/{token}" for token in tokens)
)
_EXCLUDED = st.lists(st.sampled_from(["/a", "/b/c", "/*", "/items/*/a"]), max_size=2).map(tuple)


@functools.cache
def rows(names: tuple[str, ...] = ("src",), *, depth: int = 2) -> st.SearchStrategy[Any]:
    """Return tables of rows of every kind. Their targets may clash."""
    return st.deferred(lambda: st.lists(_row(names, depth), max_size=3).map(tuple))


@st.composite
def _row(draw: Any, names: tuple[str, ...], depth: int) -> Row:
    own = expressions(names, depth=1)
    let = draw(st.lists(st.tuples(st.just("n"), own), max_size=1).map(tuple))
    reach = (*names, "n") if let else names
    when = draw(st.none() | expressions(reach, depth=1))
    target, name = draw(_TARGETS), f"item{depth}"
    kind = draw(st.sampled_from(["value", "value", "copy", "each", "with", "group"]))
    if depth == 0 or kind == "value":
        return ValueRow(target, draw(expressions(reach, depth=2)), when=when, let=let)
    if kind == "copy":
        return CopyRow(target, draw(own), draw(_EXCLUDED), when=when, let=let)
    if kind == "group":
        return GroupRow(target, draw(rows(reach, depth=depth - 1)), when=when, let=let)
    if kind == "with":
        below = draw(rows((*reach, name), depth=depth - 1))
        return WithRow(target, draw(own), name, below, when=when, let=let)
    where, key = (draw(st.none() | expressions((*reach, name), depth=1)) for _ in range(2))
    made = functools.partial(
        EachRow, target, draw(own), name, key=key, where=where, when=when, let=let
    )
    if draw(st.booleans()):
        return made(value=draw(expressions((*reach, name), depth=1)))
    return made(rows=draw(rows((*reach, name), depth=depth - 1)))
