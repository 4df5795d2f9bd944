"""What a diff means for one direction, and what that stands on: inclusion, or the table of checks.

Readers of responses and events are safe when every new payload was an old one (new in old), the
writers of requests when every old payload is still taken (old in new). Where inclusion answers,
it decides about payloads. What it cannot speak about stays with the table: a `format` is an
annotation, and a consumer may rely on an optional field that is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from agent.core.blame import shown_changes
from agent.core.changes import (
    Change,
    Direction,
    Level,
    Policy,
    SchemaDiff,
    Severity,
    Verdict,
    worst,
)
from agent.core.flow import Versions, ask, is_same
from agent.core.inclusion import Verdict as Answer
from agent.core.values import Json

ANNOTATION_CHECKS = frozenset(
    {
        "format-changed",
        "content-changed",
        "default-changed",
        "deprecation-changed",
        "access-changed",
        "invariants-changed",
    }
)
"""Checks about annotations: no payload shows them, so inclusion says nothing about them."""
_ACCESS_CHECKS = frozenset({"became-read-only", "became-write-only"})
"""Checks about who sends a field: they tell something also where all payloads stay the same."""
_READ = frozenset({"field-removed", "field-renamed", "field-moved", "became-write-only"})
_RELIED_ON = {
    Direction.RESPONSE: _READ,
    Direction.EVENT: _READ,
    Direction.REQUEST: frozenset({"field-renamed", "field-moved"}),
}
"""What a side may rely on though no schema promised it: a reader on an optional field that came, a
writer on a value that is now looked for under another name."""


class Decider(StrEnum):
    """What a verdict follows from: a proof or a witness, or the table of checks alone."""

    INCLUSION = "inclusion"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class Weighed:
    """A change and its level for the direction and policy that were asked about.

    `is_shown` says that the witness shows it.
    """

    change: Change
    level: Level
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict of a diff for one direction. `witness` is there when `has_witness`.

    The witness is a payload that one side may send and the other refuses; two independent
    validators agree about it. `obstacle` says what kept inclusion from an answer, "" when it gave
    one.
    """

    direction: Direction
    policy: Policy
    verdict: Verdict
    decided_by: Decider
    changes: tuple[Weighed, ...] = ()
    has_witness: bool = False
    witness: Json = None
    obstacle: str = ""

    @property
    def is_breaking(self) -> bool:
        """Whether the verdict is `breaking`; `breaking-possible` is not."""
        return self.verdict is Verdict.BREAKING


def judge(
    diff: SchemaDiff, versions: Versions, *, direction: str, policy: str = Policy.DECLARED
) -> Judgement:
    """Return what the diff of two versions means; `none` is the worse of response and request."""
    asked = Direction(direction)
    if asked is not Direction.NONE:
        return _judge_one(diff, versions, direction=asked, policy=Policy(policy))
    both = [
        _judge_one(diff, versions, direction=one, policy=Policy(policy))
        for one in (Direction.RESPONSE, Direction.REQUEST)
    ]
    return _worse(*both)


def judge_by_table(diff: SchemaDiff, *, direction: str, policy: str = Policy.DECLARED) -> Judgement:
    """Return what the table of checks alone says."""
    asked, by = Direction(direction), Policy(policy)
    changes = _weighed(diff.changes, asked, by)
    return Judgement(asked, by, diff.verdict(asked, by), Decider.POLICY, changes)


def _judge_one(
    diff: SchemaDiff, versions: Versions, *, direction: Direction, policy: Policy
) -> Judgement:
    answer = ask(versions, direction, policy)
    changes = _weighed(diff.changes, direction, policy)
    match answer.verdict:
        case Answer.NO:
            found = _with_a_cause(changes, answer.witness, versions, direction)
            judged = Judgement(
                direction, policy, Verdict.BREAKING, Decider.INCLUSION, found, True, answer.witness
            )
        case Answer.YES:
            judged = _judge_harmless(changes, versions, direction, policy)
        case _:
            why = str(answer.obstacle) if answer.obstacle else ""
            by_table = judge_by_table(diff, direction=direction, policy=policy)
            judged = replace(by_table, obstacle=why or "no answer")
    return judged


def _weighed(
    changes: tuple[Change, ...], direction: Direction, policy: Policy
) -> tuple[Weighed, ...]:
    return tuple(Weighed(c, c.severity.level(direction, policy)) for c in changes)


def _judge_harmless(
    changes: tuple[Weighed, ...], versions: Versions, direction: Direction, policy: Policy
) -> Judgement:
    """Judge a diff in which every payload is still fine: only what the table knows is left.

    When both versions take the same payloads, changes of how that is written are no changes.
    """
    takes_same = is_same(versions)
    kept = tuple(w for w in changes if not takes_same or _is_told_anyway(w.change))
    settled = tuple(Weighed(w.change, _settled(w, direction)) for w in kept)
    level = worst(w.level for w in settled)
    if not settled:
        verdict = Verdict.UNCHANGED
    else:
        verdict = Verdict.NON_BREAKING if level is Level.INFO else Verdict(level.value)
    is_raised = level in (Level.BREAKING, Level.POSSIBLE)
    decider = Decider.POLICY if is_raised else Decider.INCLUSION
    return Judgement(direction, policy, verdict, decider, settled)


def is_about_payloads(change: Change) -> bool:
    """Return whether inclusion decides about such a change."""
    return change.check not in ANNOTATION_CHECKS


def _is_told_anyway(change: Change) -> bool:
    return not is_about_payloads(change) or change.check in _ACCESS_CHECKS


def _settled(weighed: Weighed, direction: Direction) -> Level:
    change, level = weighed.change, weighed.level
    if not is_about_payloads(change) or level is Level.INFO:
        return level
    if change.check in _RELIED_ON[direction] and level is not Level.NON_BREAKING:
        return Level.POSSIBLE
    return Level.NON_BREAKING


def _with_a_cause(
    changes: tuple[Weighed, ...], witness: Json, versions: Versions, direction: Direction
) -> tuple[Weighed, ...]:
    """Return the changes of a refuted inclusion; the ones that the witness shows are breaking.

    Where the table calls some of those breaking and some not, the table is believed.
    """
    about = [weighed for weighed in changes if is_about_payloads(weighed.change)]
    if not about:
        return (*changes, Weighed(_untold(direction), Level.BREAKING, is_shown=True))
    seen = shown_changes((w.change for w in about), witness, versions, direction)
    suspects = [weighed for weighed in about if weighed.change in seen]
    for level in (Level.BREAKING, Level.POSSIBLE):
        suspects = [weighed for weighed in suspects if weighed.level is level] or suspects
        if suspects[0].level is level:
            break
    return tuple(
        Weighed(weighed.change, Level.BREAKING, is_shown=True) if weighed in suspects else weighed
        for weighed in changes
    )


def _untold(direction: Direction) -> Change:
    is_request = direction is Direction.REQUEST
    severity = Severity(
        Level.NON_BREAKING if is_request else Level.BREAKING,
        Level.BREAKING if is_request else Level.NON_BREAKING,
    )
    detail = "A payload shows a difference that no single field tells."
    return Change("schema-changed", "", "", severity, detail)


_ORDER = (Verdict.UNCHANGED, Verdict.NON_BREAKING, Verdict.POSSIBLE, Verdict.BREAKING)


def _worse(one: Judgement, other: Judgement) -> Judgement:
    """Return the worse judgement with the worse level of every change of both."""
    worse = max((one, other), key=lambda judged: _ORDER.index(judged.verdict))
    levels: dict[Change, list[Level]] = {}
    for weighed in (*one.changes, *other.changes):
        levels.setdefault(weighed.change, []).append(weighed.level)
    shown = {weighed.change for weighed in worse.changes if weighed.is_shown}
    return Judgement(
        Direction.NONE,
        worse.policy,
        worse.verdict,
        worse.decided_by,
        tuple(Weighed(c, worst(found), is_shown=c in shown) for c, found in levels.items()),
        worse.has_witness,
        worse.witness,
        one.obstacle or other.obstacle,
    )
