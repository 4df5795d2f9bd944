"""Objects and arrays as they are written, and comprehensions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agent.core.language.evaluator import name_of
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Expression,
    Literal,
    Loop,
    ObjectComprehension,
    ObjectDisplay,
)
from agent.core.language.types.narrowing import assume
from agent.core.language.types.reading import NO_JSON_VALUE
from agent.core.language.types.scope import Env, Inferrer, bind
from agent.core.language.types.typed import (
    MayFail,
    Typed,
    merge_failures,
    with_failures,
)
from agent.core.language.types.values import listed
from agent.core.shapes.lattice import join, join_all
from agent.core.shapes.parts import Arrays, Field, Objects
from agent.core.shapes.shape import (
    NOTHING,
    NULL,
    Parts,
    Shape,
    array_of,
    arrays,
    closed_object,
    objects,
    of_parts,
    tables,
    without,
)

NO_KEY = "a key that is no scalar"


def infer_array(typer: Inferrer, display: ArrayDisplay, env: Env) -> Typed:
    """Return the array of a display; missing items vanish."""
    items = [typer.infer(item, env) for item in display.items]
    failures = merge_failures(item.failures for item in items)
    if any(item.is_impossible for item in items):
        return Typed(NOTHING, failures=failures)
    kept = [item for item in items if not item.shape.is_surely_nothing]
    if not any(item.may_be_missing for item in kept):
        shapes = tuple(item.shape for item in kept)
        return Typed(arrays(Arrays(shapes, NOTHING, len(kept), len(kept))), failures=failures)
    fewest = sum(not item.may_be_missing for item in kept)
    shape = join_all(item.shape for item in kept)
    return Typed(array_of(shape, shortest=fewest, longest=len(kept)), failures=failures)


def infer_object(typer: Inferrer, display: ObjectDisplay, env: Env) -> Typed:
    """Return the object of a display, or the table that other keys than texts make."""
    pairs = [(typer.infer(key, env), typer.infer(value, env)) for key, value in display.entries]
    failures = merge_failures(typed.failures for pair in pairs for typed in pair)
    if any(typed.is_impossible for pair in pairs for typed in pair):
        return Typed(NOTHING, failures=failures)
    if all(isinstance(key, Literal) and isinstance(key.value, str) for key, _ in display.entries):
        fields = {
            key.value: Field(value.shape, not value.may_be_missing)
            for (key, _), (_, value) in zip(display.entries, pairs, strict=True)
            if isinstance(key, Literal) and isinstance(key.value, str)
        }
        return Typed(closed_object(fields), failures=failures)
    made, refused = made_of_pairs(pairs, display)
    if any(_makes_table(key, value) for key, value in pairs):
        made = without(made, objects=())
    return Typed(made, failures=merge_failures((failures, refused)))


def _makes_table(key: Typed, value: Typed) -> bool:
    """Return whether a pair is always written, and never under a text."""
    is_written = not key.may_be_missing and not value.may_be_missing
    return is_written and key.shape.parts.texts is None


def made_of_pairs(
    pairs: Iterable[tuple[Typed, Typed]], expression: Expression
) -> tuple[Shape, tuple[MayFail, ...]]:
    """Return what objects or tables any number of such pairs may make, and what they refuse."""
    fields: dict[str, Shape] = {}
    others = values = NOTHING
    is_table = refused = False
    for key, value in pairs:
        parts = key.shape.parts
        values = join(values, value.shape)
        if parts.texts is not None:
            texts = listed(of_parts(Parts(texts=parts.texts)))
            for text in texts or ():
                fields[text] = join(fields.get(text, NOTHING), value.shape)
            others = others if texts is not None else join(others, value.shape)
        is_table = is_table or bool(parts.null or parts.booleans or parts.numbers)
        scalars = Parts(
            null=parts.null, booleans=parts.booleans, numbers=parts.numbers, texts=parts.texts
        )
        refused = refused or parts != scalars
    named = {name: Field(join(shape, others), False) for name, shape in fields.items()}
    shape = objects(Objects(tuple(named.items()), others))
    if is_table:
        shape = join(shape, tables(values))
    failure = MayFail(name_of(expression), NO_KEY, expression)
    return shape, (failure,) if refused else ()


def keyed_object(key: Shape, value: Shape, *, fewest: int, most: int | None) -> Shape:
    """Return the objects that have between so many fields, all with such a key and such a value."""
    texts = listed(key) or ()
    is_certain = fewest > 0 and len(texts) == 1
    fields = tuple((text, Field(value, is_certain)) for text in texts if isinstance(text, str))
    is_open = bool(key.parts.texts) and not texts
    return objects(Objects(fields, value if is_open else NOTHING, fewest=fewest, most=most))


# Comprehensions


@dataclass(frozen=True, slots=True)
class _Rounds:
    """The scope of every round, how many there may be, and what may fail on the way."""

    env: Env
    fewest: int
    most: int | None
    failures: tuple[MayFail, ...]


def infer_array_loop(typer: Inferrer, loop: ArrayComprehension, env: Env) -> Typed:
    """Return the array of a comprehension."""
    over = typer.infer(loop.loops[0].over, env)
    rounds = _enter(typer, loop.loops, over, env)
    item = typer.infer(loop.item, rounds.env)
    fewest = 0 if item.may_be_missing else rounds.fewest
    made = array_of(item.shape, shortest=fewest, longest=rounds.most)
    if rounds.most == 0 or (rounds.env.is_dead and rounds.fewest == 0):
        made = array_of(NOTHING)
    return _like(over, made, over.failures, rounds.failures, item.failures)


def infer_object_loop(typer: Inferrer, loop: ObjectComprehension, env: Env) -> Typed:
    """Return the object, or table, of a comprehension."""
    over = typer.infer(loop.loops[0].over, env)
    rounds = _enter(typer, loop.loops, over, env)
    key, value = typer.infer(loop.key, rounds.env), typer.infer(loop.value, rounds.env)
    made, refused = made_of_pairs([(key, value)], loop)
    return _like(over, made, over.failures, rounds.failures, key.failures, value.failures, refused)


def _like(over: Typed, made: Shape, *failures: tuple[MayFail, ...]) -> Typed:
    """Return what is made of an array; of null it is null, of missing it is missing."""
    if over.shape.parts.arrays is None:
        made = NOTHING
    if over.shape.parts.null:
        made = join(made, NULL)
    return with_failures(Typed(made, over.may_be_missing), *failures)


def _enter(typer: Inferrer, loops: tuple[Loop, ...], over: Typed, env: Env) -> _Rounds:
    """Return the innermost scope of loops, the first of which runs over what is typed."""
    rounds = _enter_one(typer, loops[0], over, env)
    for loop in loops[1:]:
        below = typer.infer(loop.over, rounds.env)
        inner = _enter_one(typer, loop, below, rounds.env)
        most = None if None in (rounds.most, inner.most) else (rounds.most or 0) * (inner.most or 0)
        fewest = 0 if below.may_be_nothing else rounds.fewest * inner.fewest
        failures = merge_failures((rounds.failures, below.failures, inner.failures))
        rounds = _Rounds(inner.env, fewest, most, failures)
    return rounds


def _enter_one(typer: Inferrer, loop: Loop, over: Typed, env: Env) -> _Rounds:
    parts = over.shape.parts
    failures = []
    if parts != Parts(null=parts.null, arrays=parts.arrays):
        failures.append(MayFail("for", "not an array", loop.over))
    if parts.arrays is None:
        return _Rounds(env.dead(), 0, 0, tuple(failures))
    item = item_of(parts.arrays)
    if not without(item, arrays=None, objects=()).is_json:
        failures.append(MayFail("for", NO_JSON_VALUE, loop.over))
    names, refused = _unpack(loop, item)
    failures += refused
    inner = bind(env, names)
    fewest = parts.arrays.shortest
    found = tuple(failures)
    for condition in loop.conditions:
        typed = typer.infer(condition, inner)
        found = merge_failures((found, typed.failures, no_boolean(typed, condition)))
        inner = assume(typer, condition, inner, holds=True)
        fewest = 0
    return _Rounds(inner, fewest, parts.arrays.longest, found)


def item_of(array: Arrays) -> Shape:
    """Return what any item of an array may be."""
    return join_all((*array.first, array.rest))


def no_boolean(
    typed: Typed, condition: Expression, *, operation: str = "if"
) -> tuple[MayFail, ...]:
    """Return the failure of a condition that may be something else than a boolean."""
    parts = typed.shape.parts
    if parts == Parts(null=parts.null, booleans=parts.booleans):
        return ()
    return (MayFail(operation, "no boolean as a condition", condition),)


def _unpack(loop: Loop, item: Shape) -> tuple[dict[str, Typed], list[MayFail]]:
    """Return what the names of a loop stand for; two names unpack an array of two."""
    if len(loop.names) == 1:
        return {loop.names[0]: Typed(item)}, []
    count = len(loop.names)
    array = item.parts.arrays
    is_pair = array is not None and array.shortest == array.longest == count
    failures = []
    if not (is_pair and item.parts == Parts(arrays=array)):
        failures.append(MayFail("for", f"not an array of {count}", loop.over))
    if array is None or not _may_be_long(array, count):
        return {name: Typed(NOTHING) for name in loop.names}, failures
    return {name: Typed(array.item(index)) for index, name in enumerate(loop.names)}, failures


def _may_be_long(array: Arrays, count: int) -> bool:
    return array.shortest <= count and (array.longest is None or array.longest >= count)
