"""Undoing one expression: where its value was read, and the expression that gives it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from agent.core import paths
from agent.core.language.inverse.records import Kind
from agent.core.language.inverse.sentences import loss_of_call, loss_of_expression
from agent.core.language.syntax import (
    Call,
    Expression,
    Field,
    Literal,
    Name,
    Negative,
    Not,
    ObjectDisplay,
)
from agent.core.language.types.inference import Typer
from agent.core.language.types.scope import Env
from agent.core.language.types.typed import Typed
from agent.core.shapes.parts import Numbers
from agent.core.shapes.shape import Parts, Shape

Back: TypeAlias = Callable[[Expression], Expression]

EXACT_INTEGER: Final = 2**53
"""Up to here every whole float is printed with all its digits, so decimals lose nothing."""

_DIGITS: Final = {"s": 0, "ms": 3, "us": 6}
"""Digits of a second that whole units of an epoch need."""

_NOT: Final = ObjectDisplay(
    ((Literal(True), Literal(False)), (Literal(False), Literal(True))),
)
"""A table, since `not` makes true of what is missing."""

_PASSED: Final = {
    "default": "missing or null",
    "if_missing": "missing",
    "coalesce": "missing or null",
    "not_null": "null",
    "require": "missing or null",
}
"""Functions that give their first argument as it is, unless it is this."""


@dataclass(frozen=True, slots=True)
class Later:
    """A name of a `let`: its expression, and where that has its meaning."""

    expression: Expression
    reach: Reach


@dataclass(frozen=True, slots=True)
class Reach:
    """The names in reach of an expression.

    A name stands for a pointer below the block's own root (the payload, or one item), for an
    expression, or for None: something outside that root.
    """

    names: Mapping[str, str | Later | None]
    env: Env

    def naming(self, name: str, meaning: str | Later | None) -> Reach:
        """Return the reach with one more name."""
        return replace(self, names={**self.names, name: meaning})


@dataclass(frozen=True, slots=True)
class Undone:
    """How an expression is undone: `back` makes the value at `read` from that of the target.

    Without `read` it cannot be. `kind` and `loss` are as in `RuleInversion`.
    """

    kind: Kind
    loss: str = ""
    read: str | None = None
    back: Back = lambda value: value


def path_of(expression: Expression, reach: Reach) -> str | None:
    """Return the pointer of a plain read below the block's root, or None for anything else."""
    match expression:
        case Name(name=name):
            meaning = reach.names.get(name)
            if isinstance(meaning, Later):
                return path_of(meaning.expression, meaning.reach)
            return meaning
        case Field(of=of, key=key):
            base = path_of(of, reach)
            return None if base is None else paths.child(base, key)
        case _:
            return None


def entries_of(expression: Expression, target: str) -> tuple[tuple[str, Expression], ...]:
    """Return what an expression writes, target by target: a display of fields writes each."""
    if not isinstance(expression, ObjectDisplay) or not expression.entries:
        return ((target, expression),)
    keys = [key.value for key, _ in expression.entries if isinstance(key, Literal)]
    texts = [key for key in keys if isinstance(key, str)]
    if len(set(texts)) != len(expression.entries):
        return ((target, expression),)
    return tuple(
        entry
        for key, (_, value) in zip(texts, expression.entries, strict=True)
        for entry in entries_of(value, paths.child(target, key))
    )


class Undoer:
    """Undoes expressions within one budget of inference."""

    def __init__(self, typer: Typer) -> None:
        self._typer = typer

    def typed(self, expression: Expression, reach: Reach) -> Typed:
        """Return what an expression may give."""
        return self._typer.infer(expression, reach.env)

    def undo(self, expression: Expression, reach: Reach) -> Undone:
        """Return how an expression is undone."""
        read = path_of(expression, reach)
        if read is not None:
            return Undone(Kind.ISO, read=read)
        match expression:
            case Name(name=name):
                meaning = reach.names.get(name)
                if isinstance(meaning, Later):
                    return self.undo(meaning.expression, meaning.reach)
                return Undone(Kind.NONE, loss_of_expression(expression))
            case Not(operand=operand):
                return self._after(operand, reach, self._undo_not(operand, reach))
            case Negative(operand=operand):
                return self._after(operand, reach, Undone(Kind.ISO, back=Negative))
            case Call():
                return self._call(expression, reach)
            case _:
                return Undone(Kind.LOSSY, loss_of_expression(expression))

    def _after(self, operand: Expression, reach: Reach, outer: Undone) -> Undone:
        """Return the undoing of an operation, then that of its operand."""
        inner = self.undo(operand, reach)
        if inner.read is None or outer.kind is Kind.NONE:
            return inner if inner.read is None else outer
        first, then = outer.back, inner.back
        loss = " ".join(text for text in (outer.loss, inner.loss) if text)
        kind = Kind.LOSSY if loss else Kind.ISO
        return Undone(kind, loss, inner.read, lambda value: then(first(value)))

    def _undo_not(self, operand: Expression, reach: Reach) -> Undone:
        typed = self.typed(operand, reach)
        loss = "" if not typed.may_be_nothing else "Missing and null become true, as false does."
        return Undone(_kind(loss), loss, back=lambda value: Call("lookup", (value, _NOT)))

    def _call(self, call: Call, reach: Reach) -> Undone:
        if not call.arguments:
            return Undone(Kind.NONE, loss_of_call(call.function))
        epoch = self._undo_dated(call, reach)
        if epoch is not None:
            return epoch
        operand = call.arguments[0]
        outer = _undo_call(call, self.typed(operand, reach))
        if outer is None:
            return Undone(Kind.LOSSY, loss_of_call(call.function))
        return self._after(operand, reach, outer)

    def _undo_dated(self, call: Call, reach: Reach) -> Undone | None:
        """Return how `iso_datetime(from_epoch(x, unit=…))` is undone, or None for others."""
        match call:
            case Call("iso_datetime", (Call("from_epoch", (number,), units),), fractions):
                unit = _literal(dict(units).get("unit", Literal("s")))
                digits = _literal(dict(fractions).get("fraction", Literal(False)))
            case _:
                return None
        outer = _undo_epoch(unit, digits, self.typed(number, reach).shape)
        return None if outer is None else self._after(number, reach, outer)


def _undo_call(call: Call, typed: Typed) -> Undone | None:
    match call.function, call.arguments[1:], call.named:
        case "scale", (Literal(value=int() as places),), () if not isinstance(places, bool):
            return _undo_scale(typed.shape, places)
        case "lookup", (ObjectDisplay() as table,), ():
            return _undo_lookup(table, typed.shape)
        case "text", (), ():
            return _undo_text(typed.shape)
        case (("number" | "integer"), (), ()):
            return _undo_number(call.function, typed.shape)
        case "default" | "if_missing" | "coalesce" | "not_null" | "require" as name, _, ():
            return _undo_passed(name, typed)
        case _:
            return None


def _kind(loss: str) -> Kind:
    return Kind.LOSSY if loss else Kind.ISO


def _literal(expression: Expression) -> object:
    return expression.value if isinstance(expression, Literal) else None


def _only(shape: Shape, name: str) -> bool:
    """Return whether a shape holds nothing but null and one part."""
    parts = shape.parts
    return parts == Parts(null=parts.null, **{name: getattr(parts, name)})


def _undo_scale(shape: Shape, places: int) -> Undone:
    loss = ""
    if not _is_exact(shape.parts.numbers):
        loss = (
            f"Numbers beyond {EXACT_INTEGER} that are written as floats come back as their "
            "shortest decimal; the schema does not bound them."
        )
    return Undone(_kind(loss), loss, back=lambda value: Call("scale", (value, Literal(-places))))


def _is_exact(numbers: Numbers | None) -> bool:
    if numbers is None:
        return True
    if numbers.low is None or numbers.high is None:
        return False
    return numbers.low >= -EXACT_INTEGER and numbers.high <= EXACT_INTEGER


def _undo_text(shape: Shape) -> Undone:
    if _only(shape, "texts"):
        return Undone(Kind.ISO)
    if _only(shape, "numbers"):
        return Undone(Kind.ISO, back=lambda value: Call("number", (value,)))
    if _only(shape, "booleans"):
        return Undone(Kind.ISO, back=lambda value: Call("boolean", (value,)))
    return Undone(Kind.NONE, "A number, a boolean and the text of either become one text.")


def _undo_number(function: str, shape: Shape) -> Undone:
    if _only(shape, "numbers"):
        return Undone(Kind.ISO)
    if not _only(shape, "texts"):
        return Undone(Kind.NONE, "A number and its text become one number.")
    loss = f"How the text writes the number is lost: {function}('1.50') is {function}('1.5')."
    if function == "integer":
        loss = "How the text writes the number is lost: integer('1.0') is integer('1')."
    return Undone(Kind.LOSSY, loss, back=lambda value: Call("text", (value,)))


def _undo_passed(function: str, typed: Typed) -> Undone:
    lost = _PASSED[function]
    may_be = typed.shape.parts.null and "null" in lost
    if not may_be and not (typed.may_be_missing and "missing" in lost):
        return Undone(Kind.ISO)
    if function == "require":
        return Undone(Kind.LOSSY, "A value that is missing or null is refused, not carried.")
    if function == "not_null":
        return Undone(Kind.LOSSY, "Null becomes missing.")
    return Undone(Kind.LOSSY, f"That a value is {lost} is lost: the alternative stands for it.")


def _undo_epoch(unit: object, digits: object, shape: Shape) -> Undone | None:
    numbers = shape.parts.numbers
    if unit == "ns" or not isinstance(unit, str) or unit not in _DIGITS:
        return None
    kept = 6 if digits is True else digits if isinstance(digits, int) else 0
    if kept < _DIGITS[unit]:
        return Undone(Kind.NONE, "The fraction of a second is cut off.")
    loss = ""
    if numbers is not None and numbers.step is None:
        loss = "Fractions of a unit are cut off."
    return Undone(
        _kind(loss),
        loss,
        back=lambda value: Call("to_epoch", (value,), (("unit", Literal(unit)),)),
    )


def _undo_lookup(table: ObjectDisplay, shape: Shape) -> Undone | None:
    pairs = [
        (key, value)
        for key, value in table.entries
        if isinstance(key, Literal) and isinstance(value, Literal) and key.value is not None
    ]
    if len(pairs) != len(table.entries):
        return None
    if any(value.value is None for _, value in pairs):
        return Undone(Kind.NONE, "A key of the table becomes null, as null does.")
    keys, values = ([_key(pair[side]) for pair in pairs] for side in (0, 1))
    if len(set(keys)) != len(keys) or len(set(values)) != len(values):
        return Undone(Kind.NONE, "Several keys of the table have one value, or one key has two.")
    back = ObjectDisplay(tuple((value, key) for key, value in pairs))
    loss = "" if _is_covered(shape, keys) else "A value outside the table is refused, not carried."
    return Undone(_kind(loss), loss, back=lambda value: Call("lookup", (value, back)))


def _key(literal: Literal) -> tuple[str, object]:
    value = literal.value
    kind = "number" if isinstance(value, float) else type(value).__name__
    return ("number" if kind == "int" else kind, value)


def _is_covered(shape: Shape, keys: list[tuple[str, object]]) -> bool:
    parts = shape.parts
    if parts.arrays or parts.objects or parts.dates or parts.tables:
        return False
    if (parts.numbers and parts.numbers.values is None) or (
        parts.texts and parts.texts.values is None
    ):
        return False
    wanted: list[tuple[str, object]] = [("bool", value) for value in parts.booleans]
    wanted += [("number", value) for value in (parts.numbers and parts.numbers.values) or ()]
    wanted += [("str", value) for value in (parts.texts and parts.texts.values) or ()]
    return set(wanted) <= set(keys)
