"""An adapter's rows as leaves: every write with its target and how it is undone.

Groups and blocks are flattened; an `each` is one leaf, with the leaves of its items within.
Pointers are relative to the block: the payload and the output, or one item of both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from agent.core import paths
from agent.core.language.declared import Declared, Place
from agent.core.language.document import Adapter
from agent.core.language.inverse.copying import left_out
from agent.core.language.inverse.records import Kind
from agent.core.language.inverse.undoing import (
    Later,
    Reach,
    Undoer,
    Undone,
    entries_of,
    path_of,
)
from agent.core.language.printer import print_expression
from agent.core.language.scoping import SOURCE, split
from agent.core.language.syntax import (
    Bindings,
    CopyRow,
    EachRow,
    Expression,
    GroupRow,
    Row,
    ValueRow,
    WithRow,
)
from agent.core.language.types.displays import item_of
from agent.core.language.types.inference import Typer
from agent.core.language.types.scope import Env, bind, with_let
from agent.core.language.types.typed import Typed
from agent.core.shapes.shape import NOTHING, TRUE, Parts, Shape, of_parts


@dataclass(frozen=True, slots=True)
class Leaf:
    """One write. `is_null`: the null of a block; `is_cover`: a display, over what stood there.

    `items` are the leaves of an item of an `each`, where `name` is the item.
    """

    rule: str
    target: str
    undone: Undone
    items: tuple[Leaf, ...] | None = None
    name: str = ""
    is_null: bool = False
    is_cover: bool = False

    @property
    def read(self) -> str:
        """The pointer of what it reads; only where it can be undone."""
        return self.undone.read or ""

    @property
    def is_undone(self) -> bool:
        """Whether the inverse has a rule for it."""
        return self.undone.read is not None

    def spoilt(self, loss: str, kind: Kind = Kind.LOSSY) -> Leaf:
        """Return the leaf without an inverse, for this reason."""
        worse = Kind.NONE if Kind.NONE in (kind, self.undone.kind) else kind
        text = " ".join(part for part in (loss, self.undone.loss) if part)
        items = self.items and tuple(item.spoilt(loss, kind) for item in self.items)
        return replace(self, undone=Undone(worse, text), items=items)


@dataclass(frozen=True, slots=True)
class _Block:
    """Where rows stand. `steps` lead to the block's output, `target` below it.

    `trouble` is why nothing here comes back, `guard` the objects that must be there for rows to
    run at all.
    """

    reach: Reach
    rule: str = ""
    target: str = ""
    steps: tuple[str, ...] = ()
    trouble: str = ""
    guard: tuple[str, ...] = ()


def leaves_of(adapter: Adapter, source: Shape) -> tuple[Leaf, ...]:
    """Return the leaves of an adapter for payloads of a shape."""
    reach = _with_let(Reach({SOURCE: ""}, bind(Env({}), {SOURCE: Typed(source)})), adapter.let)
    return tuple(_Reader(adapter).rows(adapter.rows, _Block(reach)))


def _with_let(reach: Reach, let: Bindings) -> Reach:
    env = with_let(reach.env, let)
    for name, expression in let:
        reach = reach.naming(name, Later(expression, replace(reach, env=env)))
    return replace(reach, env=env)


class _Reader:
    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._undoer = Undoer(Typer())

    def rows(self, rows: tuple[Row, ...], block: _Block) -> Iterator[Leaf]:
        """Yield the leaves of some rows."""
        for number, row in enumerate(rows):
            is_block = isinstance(row, (EachRow, WithRow))
            outer = split(row.let, row.name)[0] if is_block else row.let  # type: ignore[union-attr]
            inner = replace(
                block,
                reach=_with_let(block.reach, outer),
                rule=f"{block.rule}/rules/{number}",
                target=block.target + row.target,
            )
            if row.when is not None and not self._always(row.when, inner.reach):
                text = f"It is written only when `{print_expression(row.when)}` holds."
                inner = replace(inner, trouble=inner.trouble or text)
            yield from self._row(row, inner)

    def _always(self, condition: Expression, reach: Reach) -> bool:
        typed = self._undoer.typed(condition, reach)
        return not typed.may_be_missing and typed.shape.parts == TRUE.parts

    def _row(self, row: Row, block: _Block) -> Iterator[Leaf]:
        match row:
            case ValueRow(value=value):
                parts = entries_of(value, block.target)
                if parts[0][1] is not value:
                    cover = Undone(Kind.NONE)
                    yield Leaf(block.rule, block.target, cover, is_cover=True)
                for target, part in parts:
                    undone = self._undoer.undo(part, block.reach)
                    typed = self._undoer.typed(part, block.reach)
                    yield self._done(Leaf(block.rule, target, undone), block, typed)
            case GroupRow(rows=rows):
                yield from self.rows(rows, block)
            case WithRow():
                yield from self._with(row, block)
            case CopyRow():
                yield self._copy(row, block)
            case EachRow():
                yield self._each(row, block)
            case _:
                assert_never(row)

    def _done(self, leaf: Leaf, block: _Block, typed: Typed) -> Leaf:
        """Return a leaf with what its block and its target spoil."""
        if block.trouble:
            return leaf.spoilt(block.trouble, Kind.NONE)
        if not leaf.is_undone:
            return leaf
        outside = [over for over in block.guard if not leaf.read.startswith(f"{over}/")]
        if outside:
            return leaf.spoilt(f"It is written only where {outside[0] or '/'} is an object.")
        may_be_missing = typed.may_be_missing or bool(block.guard)
        if leaf.target == "" and may_be_missing and not leaf.is_null:
            return leaf.spoilt("Where it is missing an empty object is written.")
        return leaf

    def _with(self, row: WithRow, block: _Block) -> Iterator[Leaf]:
        found = self._undoer.typed(row.over, block.reach)
        over = path_of(row.over, block.reach)
        parts = found.shape.parts
        env = bind(block.reach.env, {row.name: Typed(of_parts(Parts(objects=parts.objects)))})
        reach = replace(block.reach.naming(row.name, over), env=env)
        inner = replace(block, reach=_with_let(reach, split(row.let, row.name)[1]))
        if over is None:
            trouble = f"Its block is over `{print_expression(row.over)}`, which is no plain read."
            inner = replace(inner, trouble=block.trouble or trouble)
        elif found.may_be_nothing:
            inner = replace(inner, guard=(*block.guard, over))
        if parts.null and over is not None:
            null = Undone(Kind.ISO, read=over)
            yield self._done(Leaf(block.rule, block.target, null, is_null=True), block, found)
        yield from self.rows(row.rows, inner)

    # Arrays

    def _each(self, row: EachRow, block: _Block) -> Leaf:
        found = self._undoer.typed(row.each, block.reach)
        read = path_of(row.each, block.reach)
        arrays = found.shape.parts.arrays
        item = NOTHING if arrays is None else item_of(arrays)
        names = dict.fromkeys(block.reach.names)
        reach = Reach({**names, row.name: ""}, bind(block.reach.env, {row.name: Typed(item)}))
        inner = _Block(
            reach=_with_let(reach, split(row.let, row.name)[1]),
            rule=block.rule,
            steps=(*block.steps, block.target, paths.ANY),
        )
        items, loss = self._items(row, inner, item)
        undone = Undone(Kind.LOSSY if loss else Kind.ISO, loss, read)
        if read is None:
            undone = Undone(Kind.LOSSY)
        leaf = Leaf(block.rule, block.target, undone, items, row.name)
        if read is None:
            leaf = leaf.spoilt(f"Its array, `{print_expression(row.each)}`, is no plain read.")
        if row.key is not None:
            text = (
                f"Items become fields by `{print_expression(row.key)}`; no array is made of them."
            )
            leaf = leaf.spoilt(text, Kind.NONE)
        if row.where is not None:
            text = f"Items are left out unless `{print_expression(row.where)}` holds."
            if not self._always(row.where, inner.reach):
                leaf = leaf.spoilt(text, Kind.NONE)
        return self._done(leaf, block, found)

    def _items(self, row: EachRow, block: _Block, item: Shape) -> tuple[tuple[Leaf, ...], str]:
        """Return the leaves of an item, and what the array itself loses."""
        if row.value is None:
            items = tuple(self.rows(row.rows, block))
        else:
            undone = self._undoer.undo(row.value, block.reach)
            items = (Leaf(f"{block.rule}/value", "", undone),)
            if self._undoer.typed(row.value, block.reach).may_be_missing:
                text = "An item whose value is missing is left out, and the count with it."
                return tuple(leaf.spoilt(text) for leaf in items), text
        if any(leaf.is_undone and leaf.read == "" and not leaf.is_null for leaf in items):
            return items, ""
        parts = item.parts
        if parts == Parts(objects=parts.objects):
            return items, ""
        return items, "An item that is no object comes back as one."

    # Copies

    def _copy(self, row: CopyRow, block: _Block) -> Leaf:
        found = self._undoer.typed(row.copy, block.reach)
        read = path_of(row.copy, block.reach)
        undone = Undone(Kind.LOSSY, f"`{print_expression(row.copy)}` is no plain read.")
        place = self._place((*block.steps, block.target))
        if place is None:
            undone = Undone(Kind.NONE, "The contract declares no such place; nothing is copied.")
        elif read is not None:
            loss = self._loss_of_copy(row, found, place)
            undone = Undone(Kind.LOSSY if loss else Kind.ISO, loss, read)
        return self._done(Leaf(block.rule, block.target, undone), block, found)

    def _loss_of_copy(self, row: CopyRow, found: Typed, place: Place) -> str:
        shape = of_parts(Parts(objects=found.shape.parts.objects))
        names = (*row.excluded, *left_out(self._adapter.declared, shape, place))
        if not names:
            return ""
        shown = ", ".join(name or "more" for name in names[:10])
        return f"What the copy leaves out is lost: {shown}{', …' if len(names) > 10 else ''}."

    def _place(self, steps: tuple[str, ...]) -> Place | None:
        contract: Declared = self._adapter.declared
        place: Place | None = contract.root
        for step in steps:
            if step == paths.ANY:
                place = None if place is None else contract.item(place, 0)
                continue
            for token in paths.parse(step):
                place = None if place is None else contract.field(place, paths.key_of(token))
        return place


def is_own(outer: Leaf, other: Leaf) -> bool:
    """Return whether a leaf stands within the block or the display that another leaf is of."""
    if outer.is_cover and outer.rule == other.rule:
        return True
    return outer.is_null and other.rule.startswith(f"{outer.rule}/")
