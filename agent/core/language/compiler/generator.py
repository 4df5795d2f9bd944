"""Writes the Python of one adapter: values of expressions, each computed once where it can be.

Two forms of the same code: over plain values, where every read is guarded by what the schema says
of its place, and over what the typed decoder gives, which has checked that already. A guard that
fails leaves the fast path; the reference interpreter decides then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from agent.core.language.absence import MISSING
from agent.core.language.bounds import MAX_DEPTH
from agent.core.language.compiler import kinds, runtime
from agent.core.language.compiler.code import CannotCompile, Code, Origin
from agent.core.language.compiler.reductions import Reduction
from agent.core.language.compiler.source import Node
from agent.core.language.compiler.values import FOREIGN, Value, constant
from agent.core.language.document import Adapter
from agent.core.language.operators import is_true
from agent.core.language.syntax import Call, Expression, Literal, Name

ABSENT = Value("M", kinds.MISSING)
Steps: TypeAlias = tuple[str | int | None, ...]
"""Where rows write, from the root: keys, indexes of items, and None for a computed key."""

REFUSE = "raise ValueError"
_SMALLEST, _LARGEST = -(2**63), 2**63 - 1


DEEPEST_LOOPS: Final = 16
"""Loops within each other; Python allows 20 blocks that it has to leave again."""

Writer: TypeAlias = Callable[["Generator", Call], Value | None]
"""Writes one function out, or returns None where the plain call has to do."""


@dataclass(slots=True)
class _Pending:
    """Checks that a block still has to make: of texts, of objects, of the work that is left."""

    texts: list[str] = field(default_factory=list)
    objects: dict[str, None] = field(default_factory=dict)
    is_charged: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The loops that a block of rows always runs, by the identity of what they run over.

    `level` is that of the block, `origin` the rows that it is within.
    """

    level: int
    reductions: dict[int, list[Reduction]]
    origin: Origin


class Generator:
    """The state of one compilation: the code so far and what names stand for."""

    def __init__(
        self,
        source: Node,
        adapter: Adapter,
        *,
        lets: dict[str, Expression],
        write: Callable[[Generator, Expression], Value],
        is_typed: bool,
    ) -> None:
        self.adapter = adapter
        self._write = write
        self.code = Code()
        self.is_typed = is_typed
        self.is_metered = False
        self.is_stale = False
        self.names: dict[str, Value] = {"src": self._source(source)}
        self.lets = lets
        self.plans: list[Plan] = []
        self.steps: Steps = ()
        self._pending = [_Pending()]
        self.code.objects["M"] = MISSING

    def _source(self, source: Node) -> Value:
        return self.of_node("src", source, depth=0, is_within_plain=not self.is_typed)

    # Blocks

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write a block; texts that it read are checked at its end."""
        with self.code.block(head):
            self._pending.append(_Pending())
            yield
            self.settle()
            self._pending.pop()

    @contextmanager
    def loop(self, head: str) -> Iterator[None]:
        """Write a block that runs once per item."""
        self.code.loops += 1
        if self.code.loops > DEEPEST_LOOPS:
            raise CannotCompile("loops too deep within each other")
        with self.block(head):
            yield
        self.code.loops -= 1

    def settle(self) -> None:
        """Write the checks of what was read in this block, all that can wait together."""
        pending = self._pending[-1]
        for name in pending.objects:
            self.code.line(f"if type({name}) is not dict: {REFUSE}")
        for name in pending.texts:
            # No text has no such method, and half of a surrogate pair has no bytes.
            self.code.line(f"if not {name}.isascii(): {name}.encode()")
        if pending.is_charged:
            self.code.line(f"if w < 0: {REFUSE}")
        self._pending[-1] = _Pending()

    def check_later(self, value: Value) -> None:
        """Note that a text or an object has to be checked before the block ends."""
        if value.has(kinds.TEXT):
            self._pending[-1].texts.append(value.code)
        else:
            self._pending[-1].objects[value.code] = None

    def found_object(self, name: str) -> None:
        """Note that a read of a field that must be there has shown a value to be an object."""
        self._pending[-1].objects.pop(name, None)

    def found_text(self, name: str) -> None:
        """Note that a table of texts has shown a value to be one of them."""
        texts = self._pending[-1].texts
        if name in texts:
            texts.remove(name)

    def check_all_texts(self, code: str) -> None:
        """Write the check that all of an array are texts, none with half of a surrogate pair."""
        check = self.code.hold(runtime.check_texts, "check_texts")
        self.code.line(f"if not ''.join({code}).isascii(): {check}({code})")

    def charge(self, amount: str) -> None:
        """Spend work, and leave the fast path at once when none is left."""
        self.is_metered = True
        self.code.line(f"w -= {amount}")
        self.code.line(f"if w < 0: {REFUSE}")

    def charge_size(self, code: str) -> None:
        """Spend as much work as there are values and characters within a value."""
        self.charge(f"{self.code.hold(runtime.size_of, 'size_of')}({code})")

    def charge_later(self, amount: str, *, test: str = "") -> None:
        """Spend work, and leave the fast path when the block is done and none is left."""
        self.is_metered = self._pending[-1].is_charged = True
        self.code.line(f"{test}w -= {amount}")

    def is_foreign(self, value: Value) -> bool:
        """Return whether a value may be visited more often than once in all."""
        return self.code.loops > 0 and value.depth != self.code.loops

    # Values

    def sharing(self, reduction: Reduction) -> list[Reduction]:
        """Return the loops that can share one with this: those over the same array, here."""
        plan = self.plans[-1]
        group = plan.reductions.get(id(reduction.over), []) if plan.level == self.code.level else []
        others = [
            each
            for each in group
            if each.known is not reduction.known and self.code.recall(each.known) is None
        ]
        return [reduction, *others]

    def value(self, expression: Expression) -> Value:
        """Return the value of an expression, with the code that computes it written."""
        match expression:
            case Literal(value=value):
                return constant(value)
            case Name(name=name) if name in self.names:
                return self.names[name]
        known = self.code.recall(expression)
        if known is None:
            known = self.code.remember(expression, self._write(self, expression))
        return known

    def made(self, expression: str, kind: int, **known: object) -> Value:
        """Return a value that was computed here."""
        is_tidy = not kind & ~(kinds.SCALAR | kinds.MISSING)
        known = {"is_tidy": is_tidy, "depth": self.code.loops, **known}
        return Value(self.code.assign(expression), kind, **known)  # type: ignore[arg-type]

    def boolean(self, expression: str) -> Value:
        """Return a truth value that was computed here."""
        return self.made(expression, kinds.BOOLEAN)

    def condition(self, expression: Expression) -> str:
        """Return the code of a condition: missing and null count as false, others fail."""
        return self.truth(self.value(expression))

    def truth(self, value: Value) -> str:
        """Return the code of a value's truth."""
        if value.is_within(kinds.NOTHING):
            return "False"
        if value.is_within(kinds.BOOLEAN):
            return value.code
        if not value.is_within(kinds.BOOLEAN | kinds.NOTHING):
            held = self.code.hold(is_true, "is_true")
            return self.code.assign(f"{held}({self.plain(value)})")
        return f"({value.code} is True)"

    # Reading places of the source

    def of_node(
        self,
        code: str,
        node: Node,
        *,
        depth: int,
        kind: int | None = None,
        is_within_plain: bool = True,
    ) -> Value:
        """Return the value that stands at a place, as far as the schema and the guards tell."""
        kind = node.kinds if kind is None else kind
        low, high = node.bounds if kind & kinds.NUMBER else (None, None)
        is_plain = is_within_plain or node.is_plain
        return Value(
            code,
            kind,
            node=node,
            low=low,
            high=high,
            longest=None if is_plain or not kind & kinds.TEXT else node.longest,
            depth=depth,
            is_shared=bool(kind & kinds.CONTAINER),
            is_tidy=not kind & kinds.CONTAINER,
            is_plain=is_plain,
        )

    @staticmethod
    def is_settled(node: Node) -> bool:
        """Return whether nothing is left to check at a place that the typed decoder gave."""
        return not node.is_plain and "pattern" not in node.schema

    def named(self, value: Value) -> Value:
        """Return a value that is read once, for code that looks at it several times."""
        if "." not in value.code:
            return value
        return value.but(code=self.code.assign(value.code))

    # Plain values

    def plain(self, value: Value) -> str:
        """Return the code of a value as the language's functions take it."""
        if value.parts is not None:
            return self.made_object(value).code
        if value.pairs is not None:
            held = self.code.hold(runtime.calling("entries"), "entries")
            return self.code.assign(f"{held}({self.plain(value.pairs)})")
        if value.keys is not None:
            raise CannotCompile("an index that is used as a value")
        if value.node is not None and value.has(kinds.CONTAINER) and not value.is_plain:
            self.use_whole(value.node)
        return value.code

    def made_object(self, value: Value) -> Value:
        """Return an object that was only thought of, as one that is there."""
        assert value.parts is not None
        if not value.is_present:
            raise CannotCompile("an object that may be nothing")
        codes = [(key, part, self.plain(part)) for key, part in value.parts]
        sure = [f"{key!r}: {code}" for key, part, code in codes if not part.has(kinds.MISSING)]
        held = self.holding([part for _, part in value.parts])
        made = self.made(f"{{{', '.join(sure)}}}", kinds.OBJECT, **held)
        for key, part, code in codes:
            if part.has(kinds.MISSING):
                self.code.line(f"if {code} is not M: {made.code}[{key!r}] = {code}")
        return made

    def holding(self, values: Sequence[Value]) -> dict[str, object]:
        """Return what is known of a container that holds some values."""
        return {
            "is_shared": any(value.is_shared or value.has(kinds.CONTAINER) for value in values),
            "is_tidy": all(value.is_plain_scalar for value in values),
            "depth": FOREIGN if any(map(self.is_foreign, values)) else self.code.loops,
        }

    def use_whole(self, node: Node) -> None:
        """Note that a place is used as one value: the decoder has to give it as it is."""
        if not node.is_simple:
            node.is_whole = self.is_stale = True

    def written(self, value: Value) -> Value:
        """Return a value as the output holds it: JSON, and nothing shared with the payload."""
        if not value.has(kinds.CONTAINER | kinds.DATE | kinds.TABLE):
            if self.is_foreign(value) and value.has(kinds.TEXT):
                self._charge_text(value)
            return value
        if value.is_tidy and not value.is_shared and value.parts is None and value.pairs is None:
            if self.is_foreign(value):
                self.charge_size(value.code)
            return value
        code = self.plain(value)
        if self.is_foreign(value) or value.node is None:
            self.charge_size(code)
        copy = self._copy_of(value, code)
        if value.has(kinds.MISSING):
            copy = f"{copy} if {code} is not M else M"
        return self.made(copy, value.kinds & (kinds.JSON | kinds.MISSING), is_tidy=True)

    def _copy_of(self, value: Value, code: str) -> str:
        node = value.node
        if node is not None and value.is_within(kinds.ARRAY) and node.item.kinds == kinds.TEXT:
            if not value.is_plain:
                return code
            self.check_all_texts(code)
            return f"{code}[:]"
        copy = self.code.hold(runtime.copy_value, "copy_value")
        return f"{copy}({code}, {MAX_DEPTH - len(self.steps)})"

    def _charge_text(self, value: Value) -> None:
        if value.longest is not None and value.longest <= _SHORT_TEXT:
            return
        test = ""
        if not value.is_within(kinds.TEXT | kinds.MISSING):
            test = f"if type({value.code}) is str: "
        elif value.has(kinds.MISSING):
            test = f"if {value.code} is not M: "
        self.charge_later(f"len({value.code})", test=test)

    def charge_made_text(self, value: Value) -> Value:
        """Spend the characters of a text that was made, unless they are known to be few."""
        if value.longest is None or value.longest > _SHORT_TEXT:
            self.charge(f"len({value.code})")
        return value


_SHORT_TEXT = 2_000
"""Texts that are no longer are not counted: each stands for one value of the payload."""
