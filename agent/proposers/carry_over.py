"""The rules of the adapter in force that a change leaves alone, or only renames."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.core import paths
from agent.core.changes import Change
from agent.core.confidence.estimating import rule_confidence
from agent.core.confidence.signals import Ground, Signals
from agent.core.language.rewrite import (
    SOURCE_SCOPE,
    Scope,
    names_in,
    path_of,
    read_of,
    reads_in,
    replace_reads,
)
from agent.core.language.syntax import (
    Bindings,
    CopyRow,
    EachRow,
    Expression,
    Field,
    GroupRow,
    Index,
    Name,
    Row,
    Slice,
    ValueRow,
    WithRow,
)
from agent.core.language.walk import bind, bind_all, item_scope, outer_names, places
from agent.core.proposing import Answer, Evidence, EvidenceKind, RuleNote, Task
from agent.proposers.contradicted import uncontradicted

RENAME_FLOOR = 0.6
"""Renames less sure than this are left to matching, which weighs the alternatives."""

MOVES = frozenset({"field-renamed", "field-moved"})


class _Touched(Exception):
    """A read goes to a field that the change touches in more than its name."""


@dataclass(frozen=True, slots=True)
class _Map:
    """Where each old source path is now."""

    renames: tuple[tuple[str, str, float], ...]
    touched: frozenset[str]
    excluded: frozenset[str]
    lost: frozenset[str] = frozenset()
    """Names of the adapter's `let` that read what is touched."""

    def new(self, path: str) -> str:
        """Return the new path of an old one.

        Raises:
            _Touched: the field, or one around it, changed in more than its name.
        """
        if any(paths.is_within(path, t) for t in self.touched):
            raise _Touched(path)
        for old, new, _ in self.renames:
            if paths.is_within(path, old):
                return new + path[len(old) :]
        return path


class CarryOver:
    """Keeps what the change does not touch, and follows the renames that are sure."""

    name = "carry-over"
    is_free = True

    def propose(self, task: Task, so_far: Answer) -> Answer:
        """Return the answer with every rule of the adapter in force that still holds."""
        if task.in_force is None or task.diff is None:
            return so_far
        moves = _moves(task)
        let, moves = _carry_names(task.in_force.let, moves)
        scope = bind_all(SOURCE_SCOPE, task.in_force.let)
        rows = uncontradicted(task, _carry_rows(task.in_force.rows, scope, moves), let)
        notes = tuple(
            _note(place.target, place.row, place.scope, moves) for place in places(rows, let=let)
        )
        return replace(so_far, let=let, rows=rows + so_far.rows, notes=notes + so_far.notes)


def _moves(task: Task) -> _Map:
    assert task.diff is not None
    renames = [
        (rename.before_path, rename.after_path, rename.confidence)
        for rename in task.diff.renames
        if rename.confidence >= RENAME_FLOOR
    ]
    followed = {old for old, _, _ in renames}
    touched = {
        change.before_path
        for change in task.diff.changes
        if _touches(change) and not (change.check in MOVES and change.before_path in followed)
    }
    renames.sort(key=lambda rename: -len(rename[0]))
    return _Map(tuple(renames), frozenset(touched), frozenset(touched | followed))


def _touches(change: Change) -> bool:
    return not change.is_addition and not change.severity.is_info and change.before_path != ""


def _carry_rows(rows: tuple[Row, ...], scope: Scope, moves: _Map) -> tuple[Row, ...]:
    carried = (_carry_row(row, scope, moves) for row in rows)
    return tuple(row for row in carried if row is not None)


def _carry_row(row: Row, scope: Scope, moves: _Map) -> Row | None:
    """Return the row as it is now, or None when the change touches it."""
    try:
        return _carried(row, scope, moves)
    except _Touched:
        return None


def _carried(row: Row, scope: Scope, moves: _Map) -> Row | None:
    outer = bind_all(scope, outer_names(row))
    within = item_scope(row, outer) if isinstance(row, (EachRow, WithRow)) else outer

    def carry(expression: Expression, scope: Scope = outer) -> Expression:
        return _carry_expression(expression, scope, moves)

    let = tuple(
        (name, carry(value, _without(within, row.let[number:])))
        for number, (name, value) in enumerate(row.let)
    )
    when = None if row.when is None else carry(row.when)
    match row:
        case ValueRow():
            _require_same_inside(row.value, outer, moves)
            return replace(row, value=carry(row.value), when=when, let=let)
        case CopyRow():
            return _carry_copy(replace(row, when=when, let=let), outer, moves)
        case GroupRow():
            inner = _carry_rows(row.rows, outer, moves)
            return replace(row, rows=inner, when=when, let=let) if inner else None
        case WithRow():
            inner = _carry_rows(row.rows, within, moves)
            over = carry(row.over)
            return replace(row, over=over, rows=inner, when=when, let=let) if inner else None
        case EachRow():
            if row.value is not None:
                _require_same_inside(row.value, within, moves)
            return replace(
                row,
                each=carry(row.each),
                rows=_carry_rows(row.rows, within, moves),
                value=None if row.value is None else carry(row.value, within),
                key=None if row.key is None else carry(row.key, within),
                where=None if row.where is None else carry(row.where, within),
                when=when,
                let=let,
            )


def _carry_expression(expression: Expression, scope: Scope, moves: _Map) -> Expression:
    def follow(read: Expression, path: str) -> Expression:
        new = moves.new(path)
        if new == path:
            return read
        name, base, is_plain = _start(read, path)
        if not is_plain:
            return _respelt(read, paths.parse(new), base=moves.new(base))
        now = {known: moves.new(at) for known, at in {**scope, name: base}.items()}
        followed = read_of(new, scope=now)
        if followed is None:
            raise _Touched(path)
        return followed

    if names_in(expression) & moves.lost:
        raise _Touched("")
    return replace_reads(expression, follow, scope=scope)


def _start(read: Expression, path: str) -> tuple[str, str, bool]:
    """Return the name that a chain starts from, its path, and whether only fields follow."""
    is_plain = True
    while isinstance(read, (Field, Index, Slice)):
        path = path if isinstance(read, Slice) else paths.parent(path)
        is_plain = is_plain and isinstance(read, Field)
        read = read.of
    return (read.name if isinstance(read, Name) else ""), path, is_plain


def _respelt(read: Expression, tokens: tuple[str, ...], *, base: str) -> Expression:
    """Return a chain with indexes, its fields called as in `tokens`, from a name of path `base`.

    Raises:
        _Touched: the new path has other steps than the chain.
    """
    match read:
        case Slice(of=of):
            return replace(read, of=_respelt(of, tokens, base=base))
        case Index(of=of) if tokens[-1:] == (paths.ANY,):
            return replace(read, of=_respelt(of, tokens[:-1], base=base))
        case Field(of=of) if tokens and tokens[-1] != paths.ANY:
            inner = _respelt(of, tokens[:-1], base=base)
            return Field(inner, paths.key_of(tokens[-1]))
        case Name() if paths.join(tokens) == base:
            return read
        case _:
            raise _Touched(base)


def _without(scope: Scope, let: Bindings) -> Scope:
    """Return the scope without the names that are bound later."""
    later = {name for name, _ in let}
    return {name: path for name, path in scope.items() if name not in later}


def _require_same_inside(value: Expression, scope: Scope, moves: _Map) -> None:
    """Return quietly unless a value is taken over whole and the change is inside of it.

    Raises:
        _Touched: it is.
    """
    path = path_of(value, scope=scope)
    if path is not None and any(paths.is_within(cut, path) for cut in moves.excluded - {path}):
        raise _Touched(path)


def _carry_names(let: Bindings, moves: _Map) -> tuple[Bindings, _Map]:
    """Return the names of the adapter that still hold, and the map with those that do not."""
    scope, kept = SOURCE_SCOPE, []
    for name, value in let:
        try:
            kept.append((name, _carry_expression(value, scope, moves)))
        except _Touched:
            moves = replace(moves, lost=moves.lost | {name})
        scope = bind(scope, name, path_of(value, scope=scope))
    return tuple(kept), moves


def _carry_copy(row: CopyRow, scope: Scope, moves: _Map) -> CopyRow:
    """Return the copy without the fields that the change touches; others will feed those."""
    base = path_of(row.copy, scope=scope)
    if base is None:
        raise _Touched("")
    copied = _carry_expression(row.copy, scope, moves)
    inside = sorted(path[len(base) :] for path in moves.excluded if paths.is_within(path, base))
    cut = {_before_star(path) for path in inside if path}
    outermost = [path for path in sorted(cut) if not any(_above(path, other) for other in cut)]
    excluded = row.excluded + tuple(path for path in outermost if path not in row.excluded)
    return replace(row, copy=copied, excluded=excluded)


def _before_star(path: str) -> str:
    """Return the path up to its first array or map: those are fed as a whole or not at all."""
    return path.partition(f"/{paths.ANY}")[0]


def _above(path: str, other: str) -> bool:
    return other != path and paths.is_within(path, other)


def _note(target: str, row: Row, scope: Scope, moves: _Map) -> RuleNote:
    signals = Signals(Ground.CARRIED)
    text = "carried over from the adapter in force"
    kind = EvidenceKind.IN_FORCE
    new_places = {new: confidence for _, new, confidence in moves.renames}
    if isinstance(row, ValueRow):
        for path in reads_in(row.value, scope=scope):
            for new, confidence in new_places.items():
                if paths.is_within(path, new):
                    alike = (
                        confidence
                        if kind is EvidenceKind.IN_FORCE
                        else min(signals.likeness, confidence)
                    )
                    signals, kind = Signals(Ground.RENAMED, likeness=alike), EvidenceKind.RENAME
                    text = f"carried over; its field is now {path}"
    return RuleNote(
        target,
        rule_confidence(signals),
        (Evidence(kind, text),),
        proposer=CarryOver.name,
        signals=signals,
    )
