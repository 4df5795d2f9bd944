"""Boundary payloads of one schema: the ordinary payload with one thing changed at a time."""

from __future__ import annotations

import functools
import heapq
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from agent.core import paths
from agent.core.values import Json
from agent.core.verify.attempts import Attempts, Overrides
from agent.core.verify.choices import SIZE, Choice, Kind, Policy
from agent.core.verify.writing import Written

LEAF_KINDS = (Kind.TYPE, Kind.ARM, Kind.ENUM)
VALUE_KINDS = (Kind.NUMBER, Kind.TEXT)
_SHAPE_KINDS = (Kind.PRESENCE, Kind.SIZE, Kind.TYPE, Kind.ARM)
_NUMBER = re.compile(r"/\d+(?=/|$)")


def rotated(attempts: Attempts, base: Written, *, kinds: Sequence[Kind]) -> Iterator[Json]:
    """Yield payloads that together hold all options of some kinds of choice."""
    leaves = [choice for choice in base.choices if choice.kind in kinds]
    rounds = max((choice.options for choice in leaves), default=0)
    order = {choice.key: index for index, choice in enumerate(leaves)}

    def rotate(turn: int) -> Policy:
        def policy(choice: Choice) -> int:
            if choice.kind not in kinds:
                return attempts.base_of(choice)
            return (attempts.base_of(choice) + turn + order.get(choice.key, 0)) % choice.options

        return policy

    for turn in range(rounds):
        yield from _answered(attempts, rotate(turn))


def bare_objects(attempts: Attempts, base: Written) -> Iterator[Json]:
    """Yield payloads in which one object that is read, or each of a list, has only what it must.

    Then payloads that have only what they must but for one object.
    """
    groups: dict[str, dict[tuple[str, str], int]] = {}
    for choice in base.choices:
        if choice.kind is Kind.PRESENCE and choice.is_read:
            place = paths.parent(choice.at)
            for group in (place, generic(place)) if choice.ordinal == 0 else (generic(place),):
                groups.setdefault(group, {})[choice.key] = choice.least
    sizes = [choice for choice in base.choices if choice.detail == SIZE]
    once = {tuple(sorted(group.items())): (place, group) for place, group in groups.items()}
    for place, absent in once.values():
        yield from _answered(attempts, attempts.overridden(absent))
        for option in (1, 2) if paths.ANY in place else ():
            around = {one.key: option for one in sizes if _is_around(one, place, option)}
            yield from _answered(attempts, attempts.overridden({**absent, **around}))
    for place in dict.fromkeys(map(generic, groups)):
        yield from _answered(attempts, _only(attempts, place))


def _is_around(size: Choice, place: str, option: int) -> bool:
    return option < size.options and paths.is_within(place, paths.items(generic(size.at)))


def _only(attempts: Attempts, place: str) -> Policy:
    """Return the policy of the least payload in which one place is ordinary."""

    def policy(choice: Choice) -> int:
        at = generic(choice.at)
        is_around = choice.kind in _SHAPE_KINDS and paths.is_within(place, at)
        is_ordinary = is_around or paths.is_within(at, place)
        return attempts.base_of(choice) if is_ordinary else choice.least

    return policy


def all_items_alike(attempts: Attempts, base: Written) -> Iterator[Json]:
    """Yield payloads in which a field is absent, null or the same in every item of a list."""
    fields: dict[tuple[str, str], list[Choice]] = {}
    for choice in base.choices:
        if choice.is_read:
            fields.setdefault((generic(choice.at), choice.detail), []).append(choice)
    lists = [group for group in fields.values() if len(group) > 1]
    for group in sorted(lists, key=lambda group: group[0].kind in VALUE_KINDS):
        for option in _alike_options(group[0]):
            changed = {choice.key: option for choice in group if option < choice.options}
            yield from _answered(attempts, attempts.overridden(changed))


def _alike_options(choice: Choice) -> Iterator[int]:
    if choice.kind is Kind.PRESENCE:
        yield choice.least
    elif choice.kind is Kind.TYPE:
        yield choice.options - 1
    elif choice.kind in (Kind.ENUM, *VALUE_KINDS):
        yield 0


def one_by_one(attempts: Attempts, base: Written) -> Iterator[Json]:
    """Yield payloads with one option changed, then with options that a change opened.

    The weightiest change comes first: read before unread, shape before values, and the oddest
    text of every field before the next text of any.
    """
    known = {choice.key for choice in base.choices}
    ticket = itertools.count()
    waiting: list[Any] = []

    def wait(choices: Sequence[Choice], changed: Overrides) -> None:
        for one in _others(choices, attempts.base_of):
            heapq.heappush(waiting, (*_weigh(*one), next(ticket), one, changed))

    wait(base.choices, {})
    while waiting:
        *_, (choice, option), overrides = heapq.heappop(waiting)
        changed: Mapping[tuple[str, str], int] = {**overrides, choice.key: option}
        written = attempts.write(attempts.overridden(changed))
        if written is None:
            continue
        yield written.payload
        opened = [one for one in written.choices if one.key not in known]
        known.update(one.key for one in opened)
        wait(opened, changed)


def _others(
    choices: Sequence[Choice], base_of: Callable[[Choice], int]
) -> Iterator[tuple[Choice, int]]:
    for choice in choices:
        options = range(choice.options if choice.is_read else min(choice.options, 3))
        yield from ((choice, one) for one in options if one != base_of(choice))


def _weigh(choice: Choice, option: int) -> tuple[bool, bool, int, int]:
    """Return what orders changes, the weightiest least."""
    is_value = choice.kind in VALUE_KINDS
    rank = (option - choice.plausible) % choice.options + 1 if is_value else 0
    return (not choice.is_read, choice.ordinal > 0, rank, choice.kind)


@functools.lru_cache(maxsize=4096)
def generic(at: str) -> str:
    """Return a concrete pointer with `*` for every number."""
    return _NUMBER.sub(f"/{paths.ANY}", at)


def _answered(attempts: Attempts, policy: Policy) -> Iterator[Json]:
    written = attempts.write(policy)
    if written is not None:
        yield written.payload
