"""The syntax tree of the adapter language: a closed union of frozen nodes.

Expressions are values of `Expression`; a rule table is a tuple of `Row`. What cannot be checked
cannot be plugged in, so nothing outside these unions exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Scalar: TypeAlias = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Name:
    """A read of `src` or of a name bound by `let`, `as` or a comprehension."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A JSON scalar written in the expression. `True` and `1` are different literals."""

    value: Scalar

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Literal)
            and type(self.value) is type(other.value)
            and self.value == other.value
        )

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class Field:
    """A field read, `of.key` or `of['key']`; missing when `of` has no such field."""

    of: Expression
    key: str


@dataclass(frozen=True, slots=True)
class Index:
    """An array item by literal position (negative from the end); past an end it is missing."""

    of: Expression
    position: int


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of an array or text by literal bounds, as Python slices."""

    of: Expression
    start: int | None
    end: int | None


@dataclass(frozen=True, slots=True)
class ObjectDisplay:
    """`{key: value, …}`; missing values vanish. Keys are expressions that give text."""

    entries: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True)
class ArrayDisplay:
    """`[item, …]`; missing items vanish."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Loop:
    """One `for names in over if …` clause. Two names unpack an array of two."""

    names: tuple[str, ...]
    over: Expression
    conditions: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class ArrayComprehension:
    """`[item for …]` over finite inputs."""

    item: Expression
    loops: tuple[Loop, ...]


@dataclass(frozen=True, slots=True)
class ObjectComprehension:
    """`{key: value for …}`; a repeated key: the last wins."""

    key: Expression
    value: Expression
    loops: tuple[Loop, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """`then if condition else otherwise`; only the taken branch is evaluated."""

    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison; `operator` is one of `== != < <= > >= in not in`."""

    left: Expression
    operator: str
    right: Expression


@dataclass(frozen=True, slots=True)
class Logic:
    """`and` or `or` (the `operator`) over two or more operands, left to right, lazily."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Boolean negation."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left operator right` on numbers; `operator` is one of `+ - * / // %`."""

    left: Expression
    operator: str
    right: Expression


@dataclass(frozen=True, slots=True)
class Negative:
    """Arithmetic negation of a number that is not a literal."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function of the closed set; `named` are its keyword arguments in order."""

    function: str
    arguments: tuple[Expression, ...]
    named: tuple[tuple[str, Expression], ...] = ()


Expression: TypeAlias = (
    Name
    | Literal
    | Field
    | Index
    | Slice
    | ObjectDisplay
    | ArrayDisplay
    | ArrayComprehension
    | ObjectComprehension
    | Conditional
    | Comparison
    | Logic
    | Not
    | Arithmetic
    | Negative
    | Call
)

Bindings: TypeAlias = tuple[tuple[str, Expression], ...]
"""`let`: named expressions in order of writing."""


@dataclass(frozen=True, slots=True)
class ValueRow:
    """`target` gets the value of one expression."""

    target: str
    value: Expression
    when: Expression | None = None
    let: Bindings = ()


@dataclass(frozen=True, slots=True)
class EachRow:
    """`target` gets one output item per item of `each`, by `rows` or by `value`.

    With a `key` it gets an object: one field per item, and of a repeated key the last.
    """

    target: str
    each: Expression
    name: str
    rows: tuple[Row, ...] = ()
    value: Expression | None = None
    key: Expression | None = None
    where: Expression | None = None
    when: Expression | None = None
    let: Bindings = ()


@dataclass(frozen=True, slots=True)
class WithRow:
    """A block over one object, bound to `name`; left out when the object is missing."""

    target: str
    over: Expression
    name: str
    rows: tuple[Row, ...]
    when: Expression | None = None
    let: Bindings = ()


@dataclass(frozen=True, slots=True)
class CopyRow:
    """The fields of an object that the contract declares at `target`, minus `excluded`, deeply."""

    target: str
    copy: Expression
    excluded: tuple[str, ...] = ()
    when: Expression | None = None
    let: Bindings = ()


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Rows below one target, with nothing of their own."""

    target: str
    rows: tuple[Row, ...]
    when: Expression | None = None
    let: Bindings = ()


Row: TypeAlias = ValueRow | EachRow | WithRow | CopyRow | GroupRow


@dataclass(frozen=True, slots=True)
class Drop:
    """A source field that is not used, with the reason."""

    path: str
    reason: str
