"""Targets: which pointers a row may write to, and which rows write to one place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent.core import paths
from agent.core.language.syntax import EachRow, GroupRow, Row, WithRow
from agent.errors import InvalidAdapter

_BAD_ESCAPE = re.compile(r"~(?![012])")


def pointer_problem(pointer: str) -> str:
    """Return why a text is no JSON Pointer, or ""."""
    if pointer and not pointer.startswith("/"):
        return f"{pointer!r}, which does not start with /"
    if _BAD_ESCAPE.search(pointer):
        return f"{pointer!r}, where ~ stands alone (it is written ~0)"
    return ""


def target_problem(target: str) -> str:
    """Return why a text is no target, or ""."""
    if problem := pointer_problem(target):
        return problem
    if paths.ANY in paths.parse(target):
        return f"{target!r}, where * stands for items (arrays come from `each`; a key * is ~2)"
    return ""


@dataclass(frozen=True, slots=True)
class _Written:
    """A place that a row writes as a whole, and whether only under a `when`.

    `holds` is what an `each` makes there: an array, or a map.
    """

    tokens: tuple[str, ...]
    rule: str
    is_conditional: bool
    holds: str = ""


def require_no_clash(rows: Sequence[Row], *, where: str) -> None:
    """Refuse two rows of one block that write one place, unless both carry a `when`.

    Rows of `with` blocks and groups count where they write, and share their block's `when`. Groups
    themselves may meet. Nothing is written beneath an `each`: its items are its own.

    Raises:
        InvalidAdapter: two rows clash; `where` points at the later.
    """
    seen: dict[tuple[str, ...], _Written] = {}
    for place in _places(rows, (), where, is_conditional=False):
        first = seen.get(place.tokens)
        if first is not None and _clash(first, place):
            raise InvalidAdapter(
                where=place.rule,
                found=f"target {paths.join(place.tokens)!r} once more, after {first.rule}",
                help="give both rows a `when`, or merge them",
            )
        _refuse_beneath_items(place, seen)
        if first is None or not place.is_conditional:
            seen[place.tokens] = place


def _clash(first: _Written, second: _Written) -> bool:
    """Return whether two rows may both write; a block does not clash with its own rows."""
    is_own = second.rule.startswith(f"{first.rule}/")
    return not (is_own or (first.is_conditional and second.is_conditional))


def _refuse_beneath_items(place: _Written, seen: dict[tuple[str, ...], _Written]) -> None:
    for length in range(len(place.tokens)):
        above = seen.get(place.tokens[:length])
        if above is not None and above.holds and _clash(above, place):
            target = paths.join(place.tokens)
            raise InvalidAdapter(
                where=place.rule,
                found=f"target {target!r} within the {above.holds} of {above.rule}",
                help="write items by the rules of `each`",
            )


def _places(
    rows: Sequence[Row], above: tuple[str, ...], where: str, *, is_conditional: bool
) -> Iterator[_Written]:
    for number, row in enumerate(rows):
        rule = f"{where}/rules/{number}"
        tokens = above + paths.parse(row.target)
        has_when = is_conditional or row.when is not None
        if not isinstance(row, GroupRow):
            yield _Written(tokens, rule, has_when, _made_by(row))
        if isinstance(row, (GroupRow, WithRow)):
            yield from _places(row.rows, tokens, rule, is_conditional=has_when)


def _made_by(row: Row) -> str:
    if not isinstance(row, EachRow):
        return ""
    return "array" if row.key is None else "map"
