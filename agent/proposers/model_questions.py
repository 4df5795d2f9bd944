"""Which targets a model is asked about, and where in the rule table their rules stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from agent.core import paths
from agent.core.language.rewrite import SOURCE_SCOPE, Scope, path_of
from agent.core.language.syntax import (
    ArrayDisplay,
    EachRow,
    Expression,
    GroupRow,
    ValueRow,
    WithRow,
)
from agent.core.language.walk import Place, bind, bind_all, places
from agent.core.proposing import Answer, RuleNote, Task
from agent.core.schema import FieldInfo
from agent.core.untrusted import visible

LONGEST_SHOWN = 300
"""Characters of a path or read that a model is shown; of a longer one it is not asked."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that stand together: below `rule` ("" is the whole table), with targets below `base`.

    `is_item` tells that `base` is the item of an array; `is_certain` that its object is always
    made, so that a required field may refuse a payload.
    """

    rule: str
    base: str
    scope: Scope
    is_item: bool
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One target to ask about. An ambiguous one has the place of its rule and the note on it."""

    target: FieldInfo
    block: Block
    rule: Place | None = None
    note: RuleNote | None = None

    @property
    def row_target(self) -> str:
        """Return the target as a row of the block names it."""
        return self.target.path[len(self.block.base) :]


def questions(task: Task, answer: Answer, *, asker: str) -> tuple[Question, ...]:
    """Return the open and ambiguous targets within reach: required, ambiguous, then optional.

    Left out are fields inside arrays without a rule that makes the items, fields that the pairs
    show to stay absent, fields whose names cannot be shown as they are, and what `asker` said.
    """
    blocks = blocks_of(answer)
    is_open = list(_open(task, answer, blocks))
    required = [one for one in is_open if one.target.is_required]
    optional = [one for one in is_open if not one.target.is_required]
    return (*required, *_ambiguous(task, answer, blocks, asker=asker), *optional)


@lru_cache(maxsize=20_000)
def is_showable(text: str) -> bool:
    """Return whether a text can be shown as it is: short, and without hidden characters."""
    return visible(text, limit=LONGEST_SHOWN) == text


def blocks_of(answer: Answer) -> tuple[Block, ...]:
    """Return every block of a rule table that further rows can be added to, outer ones first."""
    root = Block("", "", bind_all(SOURCE_SCOPE, answer.let), is_item=False, is_certain=True)
    found = {"": root}
    for place in places(answer.rows, let=answer.let):
        outer = found.get(_block_rule(place.rule))
        block = None if outer is None else _block_of(place, outer)
        if block is not None:
            found[place.rule] = block
    return tuple(found.values())


def _block_rule(rule: str) -> str:
    """Return the pointer of the row that holds the row at `rule`."""
    return paths.parent(paths.parent(rule))


def _block_of(place: Place, outer: Block) -> Block | None:
    scope = place.scope
    match place.row:
        case EachRow(value=None, each=each, name=name):
            inner = bind(scope, name, _items_path(each, scope))
            return Block(place.rule, paths.items(place.target), inner, True, True)
        case WithRow(over=over, name=name):
            inner = bind(scope, name, path_of(over, scope=scope))
            return Block(place.rule, place.target, inner, False, False)
        case GroupRow(when=when):
            is_certain = outer.is_certain and when is None
            return Block(place.rule, place.target, scope, False, is_certain)
        case _:
            return None


def _items_path(each: Expression, scope: Scope) -> str | None:
    """Return the source path of the items; of a one-item display it is the item's own path."""
    if isinstance(each, ArrayDisplay) and len(each.items) == 1:
        return path_of(each.items[0], scope=scope)
    path = path_of(each, scope=scope)
    return None if path is None else paths.items(path)


def _open(task: Task, answer: Answer, blocks: tuple[Block, ...]) -> Iterator[Question]:
    written = {
        place.target
        for place in places(answer.rows, let=answer.let)
        if not isinstance(place.row, GroupRow)
    }
    for path in dict.fromkeys(one.path for one in answer.unfed):
        target = task.contract.schema.field(path)
        block = _nearest(path, blocks)
        if target is None or block is None or path in written or not is_showable(path):
            continue
        if target.is_required or not _is_never_shown(task, path):
            yield Question(target, block)


def _nearest(path: str, blocks: tuple[Block, ...]) -> Block | None:
    """Return the innermost block that a row for `path` can be added to, or None.

    When several rows make the items of one array, a row in one of them would feed some items only.
    """
    around = [
        block
        for block in blocks
        if path != block.base
        and paths.is_within(path, block.base)
        and paths.ANY not in paths.parse(path[len(block.base) :])
    ]
    depth = max((len(block.base) for block in around), default=0)
    deepest = [block for block in around if len(block.base) == depth]
    if not deepest or sum(block.is_item for block in deepest) > 1:
        return None
    return next((block for block in deepest if block.is_certain), deepest[0])


def _is_never_shown(task: Task, path: str) -> bool:
    """Return whether there are pairs and the field is absent from all of them."""
    expected = [wanted for _, wanted in task.pairs()]
    return bool(expected) and not any(next(paths.find(one, path), None) for one in expected)


def _ambiguous(
    task: Task, answer: Answer, blocks: tuple[Block, ...], *, asker: str
) -> Iterator[Question]:
    rules: dict[str, list[Place]] = {}
    for place in places(answer.rows, let=answer.let):
        if isinstance(place.row, ValueRow):
            rules.setdefault(place.target, []).append(place)
    by_rule = {block.rule: block for block in blocks}
    for note in {one.target: one for one in answer.notes}.values():
        found = rules.get(note.target, [])
        target = task.contract.schema.field(note.target)
        is_ours = note.is_ambiguous and note.proposer != asker and is_showable(note.target)
        if is_ours and target is not None and len(found) == 1:
            block = by_rule.get(_block_rule(found[0].rule))
            if block is not None:
                yield Question(target, block, rule=found[0], note=note)
