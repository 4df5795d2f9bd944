"""What prior mappings say of a task: which fields were joined before, and by which expression.

A mapping of the same source and one of any other are told apart: what was decided for this very
source counts more. A rejection is about one rule, not about the two fields for ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import Any, Final

from agent.core import paths
from agent.core.language.absence import MISSING
from agent.core.language.parser import parse
from agent.core.language.printer import print_expression
from agent.core.language.rewrite import replace_reads
from agent.core.language.scoping import children
from agent.core.language.syntax import Call, Expression, Literal, Name
from agent.core.matching.names import words
from agent.core.matching.score import name_similarity, words_similarity
from agent.core.proposing import PriorMapping, Task
from agent.core.schema import FieldInfo
from agent.core.synthesis.examples import FAILED, Read, value_of
from agent.core.values import Json, json_type
from agent.errors import InvalidExpression

PRIOR_SCORE = 0.9
PRIOR_BONUS = 0.15
PRIOR_NAME = 0.6
"""From this likeness of names on a read is the one that was mapped before, called otherwise."""

OTHER_NAME = 0.85
"""The same for a mapping of another source."""

PRIOR_TARGET = {True: 0.85, False: 0.95}
"""From this likeness on a contract field is the one that was fed before, from the same source or
from another one: there it has to bear the same name."""

OTHER_SOURCE = 0.95
"""What a mapping of another source counts."""

REJECTED = 0.5
"""What a rejected rule leaves of a score. It says nothing of another source."""

ELSEWHERE = 0.75
"""What is left of the likeness of two fields of one name in objects that are called otherwise."""

LIKED = 0.4
"""From this score on a field may be the one that was mapped before under another name."""

SHORT = 3
"""Characters of a text that says nothing about a source: a separator, a unit."""

MAX_READS = 4
MOST_TRIED = 20
"""Samples, and values of one, that a remembered expression is tried on."""

PLAIN = "a"
"""The expression of a mapping that takes a field over as it is."""

_GUARDS: Final = frozenset({"require", "not_null"})
_HABITS: Final = _GUARDS | {"non_empty", "if_missing", "default"}


@dataclass(frozen=True, slots=True)
class Remembered:
    """One approved expression over fields of the task, and how surely it is meant here."""

    prior: PriorMapping
    shape: Expression
    reads: tuple[Read, ...]
    score: float

    def over(self, reads: Sequence[Expression]) -> Expression:
        """Return the expression over other reads, in order."""
        return substituted(self.shape, dict(zip(_NAMES, reads, strict=False)))


_NAMES: Final = "abcdefghijklmnopqrstuvwxyz"


@dataclass(slots=True)
class Priors:
    """The prior mappings of one task."""

    source: str
    mappings: Sequence[PriorMapping]
    payloads: Sequence[Json] = ()
    _joined: dict[tuple[str, str], tuple[float, PriorMapping | None]] = field(
        default_factory=dict, init=False
    )

    def likeness(self, source: str, target: str) -> float:
        """Return how surely a source field was joined with a contract field before, 0 to 0.9."""
        return self.joined(source, target)[0]

    def joined(self, source: str, target: str) -> tuple[float, PriorMapping | None]:
        """Return the likeness, and the approved mapping that it comes from."""
        key = (source, target)
        known = self._joined.get(key)
        if known is None:
            known = 0.0, None
            for prior in self.mappings:
                if prior.is_approved and len(prior.reads) == 1 and self._tells_of_reads(prior):
                    said = PRIOR_SCORE * self._strength(prior, source, target)
                    known = (said, prior) if said > known[0] else known
            self._joined[key] = known
        return known

    def _tells_of_reads(self, prior: PriorMapping) -> bool:
        """Return whether a mapping says that its field is the other one, not a part of its making.

        What another source puts together of a field is no reason to take that field as it is.
        """
        return self._is_own(prior) or habitless(prior.expression) == Name(PLAIN)

    def _is_own(self, prior: PriorMapping) -> bool:
        return prior.source == self.source

    def _strength(self, prior: PriorMapping, source: str, target: str) -> float:
        least = PRIOR_TARGET[self._is_own(prior)]
        to, given = alike(prior.target, target), alike(prior.reads[0], source)
        return to * given * self._scope(prior) if min(to, given) >= least else 0.0

    def _scope(self, prior: PriorMapping) -> float:
        return 1.0 if self._is_own(prior) else OTHER_SOURCE

    def approved(self, target: FieldInfo, reads: Sequence[Read]) -> list[Remembered]:
        """Return the approved expressions for a contract field over fields in reach, best first."""
        found = []
        for prior in self.mappings:
            is_usable = prior.is_approved and prior.expression != PLAIN
            if not is_usable or not 0 < len(prior.reads) <= MAX_READS:
                continue
            to, is_own = alike(prior.target, target.path), self._is_own(prior)
            if to < PRIOR_TARGET[is_own]:
                continue
            shape = unguarded(prior.expression, len(prior.reads))
            if shape is None or (not is_own and habitless(prior.expression) == Name(PLAIN)):
                continue
            for chosen in _stand_ins(prior, reads, is_own=is_own):
                if not is_own and not _is_portable(shape, chosen, target):
                    continue
                made = self._over(prior, shape, to, chosen, target.types)
                if made is not None:
                    found.append(made)
        return sorted(found, key=lambda one: (-one.score, one.prior.id))

    def _over(
        self,
        prior: PriorMapping,
        shape: Expression,
        to: float,
        reads: tuple[Read, ...],
        types: frozenset[str],
    ) -> Remembered | None:
        if not _may_work(shape, reads) or not self._works(shape, reads, types):
            return None
        given = min(alike(old, new.path) for old, new in zip(prior.reads, reads, strict=True))
        said = PRIOR_SCORE * to * given * self._scope(prior) if given >= PRIOR_NAME else 0.0
        liked = min(1.0, min(read.prior for read in reads) + PRIOR_BONUS)
        return Remembered(prior, shape, reads, max(said, liked))

    def _works(self, shape: Expression, reads: Sequence[Read], types: frozenset[str]) -> bool:
        """Return whether an expression gives a value of the right type on every sample."""
        for payload in self.payloads[:MOST_TRIED]:
            found = [[value for _, value in paths.find(payload, one.path)] for one in reads]
            if len({len(values) for values in found}) > 1:
                continue
            for values in islice(zip(*found, strict=True), MOST_TRIED):
                if not _fits(value_of(shape, dict(zip(_NAMES, values, strict=False))), types):
                    return False
        return True

    def rejected(self, target: FieldInfo, read: Read, shape: Expression) -> float:
        """Return what is left of the score of a rule over one read named `a`: 1 is all of it.

        A rule that was rejected with a guard around it says nothing of the one without, and what
        was wrong for one source may be right for another.
        """
        text = print_expression(shape)
        is_known = any(
            min(alike(one.target, target.path), alike(one.reads[0], read.path))
            >= PRIOR_TARGET[True]
            for one in self.mappings
            if not one.is_approved
            and self._is_own(one)
            and len(one.reads) == 1
            and one.expression == text
        )
        return REJECTED if is_known else 1.0


def priors_of(task: Task) -> Priors:
    """Return the prior mappings of a task, to be tried on its samples."""
    return Priors(task.source, task.priors, [sample.payload for sample in task.samples])


def _stand_ins(
    prior: PriorMapping, reads: Sequence[Read], *, is_own: bool
) -> list[tuple[Read, ...]]:
    """Return the fields in reach that stand for those of a mapping, in its order.

    For a mapping of one field every field that may be meant, whatever it is called now in the
    source that it was approved for; for several the likeliest of each. A field of another source
    that lists its values may be called less alike: what works for all of them is no accident.
    """
    if len(prior.reads) == 1:
        return [
            (one,)
            for one in reads
            if alike(prior.reads[0], one.path)
            >= (PRIOR_NAME if is_own or one.field.enum else OTHER_NAME)
            or (is_own and one.prior >= LIKED)
        ]
    chosen: list[Read] = []
    for path in prior.reads:
        best = max(reads, key=lambda one: (alike(path, one.path), one.prior), default=None)
        if best is None or best in chosen or alike(path, best.path) < PRIOR_NAME:
            return []
        chosen.append(best)
    return [tuple(chosen)]


def _fits(value: object, types: frozenset[str]) -> bool:
    """Return whether a value is of some types; what is missing or null is guarded elsewhere."""
    if value is FAILED:
        return False
    if value is MISSING or value is None or not types:
        return True
    kind = json_type(value)
    return kind in types or (kind == "integer" and "number" in types)


def _is_portable(shape: Expression, reads: Sequence[Read], target: FieldInfo) -> bool:
    """Return whether an expression says nothing of the values of another source.

    A text of some length in it must be one that these fields or the target are known to hold, and
    every listed value of a field must give something.
    """
    if len(reads) == 1 and any(
        value_of(shape, {PLAIN: value}) is FAILED for value in reads[0].field.enum or ()
    ):
        return False
    listed = [value for read in reads for value in (*(read.field.enum or ()), *read.field.examples)]
    listed += [*(target.enum or ()), target.const]
    known = {value for value in listed if isinstance(value, str)}
    return all(text in known for text in _texts(shape))


def _texts(shape: Expression) -> Iterator[str]:
    if isinstance(shape, Literal):
        if isinstance(shape.value, str) and len(shape.value) > SHORT and "%" not in shape.value:
            yield shape.value
        return
    for part in children(shape):
        yield from _texts(part)


def _may_work(shape: Expression, reads: Sequence[Read]) -> bool:
    """Return whether an expression over one listed field gives something for some value."""
    shown = reads[0].field.enum or ()
    if len(reads) != 1 or not shown:
        return True
    return any(value_of(shape, {PLAIN: value}) is not FAILED for value in shown)


@lru_cache(maxsize=200_000)
def alike(before: str, now: str) -> float:
    """Return how alike two places are by name: 1 where the last two steps are the same."""
    one, other = _ending(before), _ending(now)
    if before == now or one == other:
        return 1.0
    likeness = min(0.95, name_similarity(before, now))
    return likeness if _are_alike_around(one, other) else likeness * ELSEWHERE


def _are_alike_around(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Return whether two places stand at the root, or in objects that are called alike."""
    if len(one) != len(other):
        return False
    return len(one) < 2 or words_similarity(_words(one[0]), _words(other[0])) >= PRIOR_NAME


def _words(token: str) -> tuple[str, ...]:
    return words(paths.key_of(token))


def _ending(path: str) -> tuple[str, ...]:
    return tuple(token for token in paths.parse(path) if token != paths.ANY)[-2:]


@lru_cache(maxsize=10_000)
def unguarded(text: str, count: int) -> Expression | None:
    """Return a remembered expression without the guard around it, or None if it is none."""
    try:
        shape = parse(text, names=frozenset(_NAMES[:count]))
    except InvalidExpression:
        return None
    return without_guard(shape)


@lru_cache(maxsize=10_000)
def habitless(text: str) -> Expression | None:
    """Return a remembered expression over one field without what it does where that is absent.

    How one source writes nothing says nothing of another.
    """
    shape = unguarded(text, 1)
    while isinstance(shape, Call) and shape.function in _HABITS and shape.arguments:
        shape = shape.arguments[0]
    return shape


def without_guard(expression: Expression) -> Expression:
    """Return an expression without what refuses it or leaves it out where it is missing or null."""
    while isinstance(expression, Call) and expression.function in _GUARDS and expression.arguments:
        expression = expression.arguments[0]
    return expression


def substituted(expression: Expression, by: Mapping[str, Expression]) -> Expression:
    """Return the expression with several names that it reads from outside as other expressions."""

    def change(read: Any, _: str) -> Expression:
        return _rooted(read, by)

    return replace_reads(expression, change, scope=dict.fromkeys(by, ""), is_deep=False)


def _rooted(read: Any, by: Mapping[str, Expression]) -> Expression:
    if isinstance(read, Name):
        return by[read.name]
    moved: Expression = replace(read, of=_rooted(read.of, by))
    return moved
