"""What generated code knows of a value that it has in hand."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from agent.core.language.compiler import kinds
from agent.core.language.compiler.source import Node
from agent.core.values import Json

FOREIGN: Final = -1
"""The depth of a value that may be visited any number of times."""


class Keys(NamedTuple):
    """How an index holds its items: by plain Python keys of some kinds; `item` is one of them."""

    kinds: int
    item: Value


class Value(NamedTuple):
    """A value, by the Python expression that gives it: a name or a literal.

    `node` is its place in the source, when it stands there as it is. `item` tells of the items of
    an array (or the values of a map) that was made. `parts` are the fields of an object that is
    not made before someone needs it as one, `pairs` the map whose entries an array stands for, and
    `keys` tells of an index. `low` and `high` bound a number, `longest` a text. `depth` is the
    depth of the loops in which one round visits it once. `is_shared` tells that parts of the
    payload are within it, `is_tidy` that it holds nothing that cannot be written. `checked` are
    fields of an object that have been looked at before. What is not `is_plain` is a record of the
    typed decoder, or an array or map of such.
    """

    code: str
    kinds: int
    node: Node | None = None
    item: Value | None = None
    parts: tuple[tuple[str, Value], ...] | None = None
    pairs: Value | None = None
    keys: Keys | None = None
    low: int | None = None
    high: int | None = None
    longest: int | None = None
    depth: int = 0
    is_shared: bool = False
    is_tidy: bool = False
    is_likely_integer: bool = False
    checked: frozenset[str] = frozenset()
    is_plain: bool = True

    def but(self, **changes: Any) -> Value:
        """Return the value with some of what is known changed."""
        return self._replace(**changes)

    def has(self, kind: int) -> bool:
        """Return whether some of these kinds are possible."""
        return bool(self.kinds & kind)

    def is_within(self, allowed: int) -> bool:
        """Return whether only these kinds are possible."""
        return not self.kinds & ~allowed

    @property
    def is_plain_scalar(self) -> bool:
        """Whether it is a scalar that can be written as it is, or missing."""
        return not self.kinds & ~(kinds.SCALAR | kinds.MISSING)

    @property
    def is_present(self) -> bool:
        """Whether it is neither missing nor null."""
        return not self.kinds & kinds.NOTHING

    def absences(self, among: int = kinds.NOTHING) -> list[str]:
        """Return the tests of being null or missing, those that may hold."""
        return [
            f"{self.code} is {nothing}"
            for kind, nothing in ((kinds.NULL, "None"), (kinds.MISSING, "M"))
            if self.kinds & among & kind
        ]

    def presences(self) -> list[str]:
        """Return the tests of being neither null nor missing, those that are needed."""
        return [test.replace(" is ", " is not ") for test in self.absences()]

    @property
    def is_bounded(self) -> bool:
        """Whether both bounds of a number are known."""
        return self.low is not None and self.high is not None


def constant(value: Json) -> Value:
    """Return the value of a literal."""
    kind = kinds.kind_of(value)
    whole = value if kind == kinds.INTEGER else None
    longest = len(value) if kind == kinds.TEXT else None
    code = repr(value)
    if code.startswith("-"):
        code = f"({code})"
    return Value(code, kind, low=whole, high=whole, longest=longest, is_tidy=True)
