"""The best expression for one leaf of a contract, from pairs where there are some."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.core.confidence.estimating import rule_confidence
from agent.core.confidence.signals import Ground, Signals
from agent.core.language.absence import MISSING
from agent.core.language.functions import FUNCTIONS
from agent.core.language.printer import print_expression
from agent.core.language.rewrite import names_in, replace_name, replace_reads
from agent.core.language.syntax import (
    Call,
    Comparison,
    Expression,
    Index,
    Literal,
    Logic,
    Name,
)
from agent.core.proposing import Alternative, Evidence, EvidenceKind, PriorMapping
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import V, call, literal
from agent.core.synthesis.compositions import Composed, composed
from agent.core.synthesis.conversions import conversion, fixed_value
from agent.core.synthesis.examples import Example, Read, Solution
from agent.core.synthesis.flags import flags
from agent.core.synthesis.gathering import gathered
from agent.core.synthesis.problem import CLOSE, rank
from agent.core.synthesis.said import said_constant, said_default
from agent.proposers.remembered import PLAIN, Priors, Remembered

FLOOR = 0.4
"""Below this score a source field does not feed a contract field."""

AMBIGUOUS_GAP = 0.06
"""Two candidates nearer than this in score are both shown, and a person chooses."""

CLEAR_NAME = 0.9
"""From this score on a name says what is meant."""

TIED = 0.25
"""Explanations nearer than this in rank are a tie: nothing speaks for one, and a person is asked.
How far a rival is behind counts for the confidence."""

PLAIN_COST = 0.5
"""What costs less is a read that is taken as it is."""

NO_RIVAL = 4.0
"""The margin of an explanation that no other one comes near."""

SHOWN = 4
"""Alternatives kept beside a rule."""

SAFE = frozenset({"default", "if_missing", "require", "non_empty", "present"})
"""Calls that say what stands for a missing value, that it is refused, or whether it is there."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One expression for one target, with all that is known about it."""

    expression: Expression
    paths: tuple[str, ...]
    signals: Signals
    evidence: tuple[Evidence, ...]
    when: Expression | None = None
    alternatives: tuple[Alternative, ...] = ()
    is_lossy: bool = False
    is_ambiguous: bool = False
    question: str = ""


def has_pairs(examples: Sequence[Example]) -> bool:
    """Return whether some pair shows the target."""
    return any(example.expected is not MISSING for example in examples)


def choice_from(best: Solution, rest: Sequence[Solution]) -> Choice:
    """Return what explains the pairs as a choice; near rivals make it ambiguous."""
    rivals = [other for other in rest if _is_rival(best, other)]
    signals = Signals(
        ground=_ground(best),
        likeness=best.prior,
        values=best.support,
        cost=best.cost,
        margin=min((rank(other) - rank(best) for other in rest), default=NO_RIVAL),
        is_doubtful=best.is_ambiguous,
    )
    return Choice(
        expression=best.expression,
        paths=best.paths,
        signals=signals,
        evidence=(Evidence(EvidenceKind.SAMPLE, best.reason),),
        when=best.when,
        alternatives=_shown(rest, rule_confidence(signals)),
        is_ambiguous=signals.ground is not Ground.FIXED
        and (best.is_ambiguous or bool(rivals) or not _is_pinned_down(best)),
        is_lossy=best.is_lossy,
        question=_question(best, rivals),
    )


def _question(best: Solution, rivals: Sequence[Solution]) -> str:
    """Return what a person is asked, however sure the rest looks; nothing where nothing is open."""
    taken = print_expression(best.expression)
    if _ground(best) is Ground.CONSTANT:
        return f"no source field says so: is it always {taken}?"
    if best.is_ambiguous and best.support < 2 and isinstance(best.expression, (Comparison, Logic)):
        return f"pairs show one value alone: is it always `{taken}`?"
    tied = [other for other in rivals if rank(other) - rank(best) < TIED]
    if tied:
        other = print_expression(tied[0].expression)
        return f"`{taken}` and `{other}` both explain all pairs: which is right?"
    return ""


def _ground(best: Solution) -> Ground:
    if not best.paths:
        return Ground.CONSTANT if best.is_ambiguous else Ground.FIXED
    return Ground.CONDITION if best.is_condition or best.when is not None else Ground.PAIRS


def _is_pinned_down(best: Solution) -> bool:
    """Return whether pairs say enough: two different values, or a clear name and no conversion.

    A condition under which a value is left out is never pinned down by pairs alone.
    """
    if best.when is not None:
        return False
    return best.support > 1 or (best.prior >= CLEAR_NAME and best.cost < PLAIN_COST)


def _is_rival(best: Solution, other: Solution) -> bool:
    """Return whether another explanation might be meant: as simple, and no name decides."""
    gap = CLOSE / 2 if best.prior >= CLEAR_NAME else CLOSE
    is_same = other.paths == best.paths or _indexed(other.expression) == _indexed(best.expression)
    return not is_same and rank(other) - rank(best) < gap


def _indexed(expression: Expression) -> Expression:
    """Return the first item of an array as the one at 0."""
    match expression:
        case Call("first", (array,), ()):
            return Index(array, 0)
        case _:
            return expression


def _shown(solutions: Sequence[Solution], confidence: float) -> tuple[Alternative, ...]:
    return tuple(
        Alternative(print_expression(other.expression), round(confidence / (2 + place), 3))
        for place, other in enumerate(solutions[:SHOWN])
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """One source field for one target, converted, with its score."""

    read: Read
    expression: Expression
    score: float
    reason: str
    is_lossy: bool
    is_ambiguous: bool
    evidence: tuple[Evidence, ...] = ()
    others: tuple[Read, ...] = ()
    """Further reads of an expression over several."""

    is_rejected: bool = False
    """Whether a person turned down this very rule before."""

    part: str = ""
    """Which part of what it reads it takes: other parts may feed other fields."""

    @property
    def paths(self) -> tuple[str, ...]:
        """Return the source paths that it reads."""
        return (self.read.path, *(other.path for other in self.others))


def candidates(
    target: FieldInfo,
    reads: Sequence[Read],
    priors: Priors | None = None,
    *,
    lowest: float = FLOOR / 2,
) -> tuple[Candidate, ...]:
    """Return the source fields that could feed a target without a pair, best first.

    Fields that are less alike than `lowest` are left out.
    """
    found = [
        made for read in reads if (made := _candidate(target, read, priors, lowest)) is not None
    ]
    several = (*composed(target, reads), *flags(target, reads), *gathered(target, reads))
    found += [composed_candidate(one) for one in several]
    if priors is not None:
        found += [_from_memory(one) for one in priors.approved(target, reads)]
    return tuple(sorted(found, key=lambda one: (-one.score, not one.evidence, one.read.path)))


def _from_memory(made: Remembered) -> Candidate:
    return Candidate(
        read=made.reads[0],
        others=made.reads[1:],
        expression=made.over([read.expression for read in made.reads]),
        score=made.score,
        reason="a prior mapping",
        is_lossy=False,
        is_ambiguous=False,
        evidence=(_approved(made.prior),),
    )


def _approved(prior: PriorMapping) -> Evidence:
    text = f"approved before for {prior.consumer}: {prior.target} from {', '.join(prior.reads)}"
    return Evidence(EvidenceKind.PRIOR_MAPPING, text)


def composed_candidate(made: Composed) -> Candidate:
    """Return an expression over several reads, or over a part of one, as a candidate."""
    return Candidate(
        read=made.reads[0],
        others=made.reads[1:],
        expression=made.expression,
        score=made.score,
        reason=made.reason,
        is_lossy=len(made.reads) == 1,
        is_ambiguous=True,
        part=made.reason,
    )


def _candidate(
    target: FieldInfo, read: Read, priors: Priors | None, lowest: float
) -> Candidate | None:
    converted = conversion(read.field, target)
    likeness = 0.0 if converted is None else max(read.prior, converted.worth)
    if converted is None or likeness < lowest:
        return None
    shape = _of(converted.expression, Name(PLAIN))
    kept = 1.0 if priors is None else priors.rejected(target, read, shape)
    said, prior = (0.0, None) if priors is None else priors.joined(read.path, target.path)
    return Candidate(
        read=read,
        expression=_of(converted.expression, read.expression),
        score=likeness * converted.certainty * kept,
        reason=converted.reason,
        is_lossy=converted.is_lossy,
        is_ambiguous=converted.is_ambiguous,
        evidence=(_approved(prior),) if prior is not None and said >= read.prior else (),
        is_rejected=kept < 1.0,
    )


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def choice_of(best: Candidate, rest: Sequence[Candidate]) -> Choice:
    """Return a candidate as a choice; near rivals make it ambiguous."""
    rivals = [other for other in rest if best.score - other.score < AMBIGUOUS_GAP]
    name = Evidence(
        EvidenceKind.NAME,
        f"{best.read.path} is like the field by name and meaning ({best.score:.2f})",
    )
    return Choice(
        expression=best.expression,
        paths=best.paths,
        signals=Signals(
            Ground.PRIOR_MAPPING if best.evidence else Ground.NAMES,
            likeness=best.score,
            is_doubtful=best.is_ambiguous,
            margin=10 * min((best.score - other.score for other in rest), default=NO_RIVAL),
        ),
        evidence=(*best.evidence, name, Evidence(EvidenceKind.TYPE, best.reason)),
        alternatives=tuple(
            Alternative(print_expression(other.expression), round(other.score * 0.5, 3))
            for other in rest[:SHOWN]
            if other.score >= FLOOR / 2
        ),
        is_lossy=best.is_lossy,
        is_ambiguous=best.is_ambiguous or bool(rivals),
        question=(
            f"`{print_expression(best.expression)}` and `{print_expression(rivals[0].expression)}` "
            "are both like it: which is right?"
            if rivals
            else ""
        ),
    )


def constant_choice(target: FieldInfo) -> Choice | None:
    """Return the one value that the contract fixes for a required field, or None."""
    fixed = fixed_value(target)
    if fixed is None:
        return None
    text = "the contract allows only this value"
    return Choice(
        literal(fixed[0]), (), Signals(Ground.FIXED), (Evidence(EvidenceKind.CONTRACT, text),)
    )


def default_choice(target: FieldInfo) -> Choice | None:
    """Return the default that the contract documents for a required field, or None."""
    if not target.has_default:
        return None
    text, default = "the contract documents this default", literal(target.default)
    return Choice(
        default,
        (),
        Signals(Ground.DEFAULT),
        (Evidence(EvidenceKind.CONTRACT, text),),
        is_ambiguous=True,
        question=f"nothing feeds it: is it its default, {print_expression(default)}?",
    )


def copied(source: Read) -> Choice:
    """Return the choice to take over a whole source object."""
    text = f"{source.path or 'the payload'} has every field that the contract declares here"
    sure = Signals(Ground.COPY, likeness=source.prior, margin=NO_RIVAL)
    return Choice(source.expression, (source.path,), sure, (Evidence(EvidenceKind.TYPE, text),))


def said_choice(target: FieldInfo) -> Choice | None:
    """Return the value that the contract says a required field always has, or None."""
    said = said_constant(target)
    if said is None:
        return None
    return Choice(literal(said[0]), (), Signals(Ground.SAID), (_said(target),))


def fallback_choice(target: FieldInfo) -> Choice | None:
    """Return what the contract gives for when nothing is there, for a field that nothing feeds."""
    said = said_default(target)
    if said is None:
        return None
    signals = Signals(Ground.DEFAULT)
    return Choice(literal(said[0]), (), signals, (_said(target),), is_ambiguous=True)


def _said(target: FieldInfo) -> Evidence:
    text = f"the contract says: {target.description[:120]}"
    return Evidence(EvidenceKind.DESCRIPTION, text)


def guard(
    choice: Choice,
    target: FieldInfo,
    *,
    may_be_absent: bool,
    is_nullable: bool,
    is_certain: bool,
    said: tuple[object] | None = None,
    source: FieldInfo | None = None,
) -> Expression:
    """Return the expression made safe where its read is missing or null.

    An optional field stays absent; a required one takes the documented default, one that is told
    in words of it or of its `source`, or refuses the payload. Nothing is invented. `said` is what
    the contract says of a field with nothing in it.
    """
    expression = choice.expression
    may_be_absent = may_be_absent or _may_give_nothing(expression)
    if said is not None and (is_certain or said[0] is MISSING) and not _is_safe(expression):
        stated = _as_said(choice, said[0], may_be_absent=may_be_absent, is_nullable=is_nullable)
        if stated != expression:
            return stated
    if is_nullable and not target.is_nullable and not target.is_required:
        return _of_first(choice, lambda read: call("not_null", read))
    if not target.is_required or not (may_be_absent or is_nullable) or not is_certain:
        return expression
    if _is_safe(expression):
        return expression
    if is_nullable and not may_be_absent and target.is_nullable:
        return expression
    default = (target.default,) if target.has_default else said_default(target, source)
    if default is not None:
        function = "if_missing" if target.is_nullable else "default"
        return Call(function, (expression, literal(default[0])))
    if target.is_nullable:
        return Call("if_missing", (expression, Call("fail", (Literal(_needed(target)),))))
    return Call("require", (expression, Literal(_needed(target))))


def _may_give_nothing(expression: Expression) -> bool:
    """Return whether a call may give nothing although there is all that it reads."""
    if not isinstance(expression, Call) or _is_safe(expression):
        return False
    called = FUNCTIONS[expression.function]
    is_missed = called.gives_missing and not expression.named
    return is_missed or any(map(_may_give_nothing, expression.arguments))


def _is_safe(expression: Expression) -> bool:
    """Return whether an expression says already what stands for a missing value."""
    return isinstance(expression, Call) and expression.function in SAFE


def _as_said(choice: Choice, said: object, *, may_be_absent: bool, is_nullable: bool) -> Expression:
    """Return the expression with what the contract says in words where there is nothing."""
    if said is MISSING:
        given = choice.expression
        if is_nullable:
            given = _of_first(choice, lambda read: call("not_null", read))
        return call("non_empty", given)
    if not (may_be_absent or is_nullable):
        return choice.expression
    filler = literal(said)
    return Call("if_missing" if said is None else "default", (choice.expression, filler))


def _needed(target: FieldInfo) -> str:
    return f"the contract requires {_last(target.path)}"


def _of_first(choice: Choice, change: Callable[[Expression], Expression]) -> Expression:
    """Return the choice's expression with its read changed, when it has just one."""
    if len(choice.paths) != 1:
        return choice.expression
    return _wrap_reads(choice.expression, change)


def _wrap_reads(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """Wrap every read, whatever name it starts from."""
    scope = dict.fromkeys(names_in(expression), "")
    return replace_reads(expression, lambda read, _: change(read), scope=scope, is_deep=False)


def _of(expression: Expression, read: Expression) -> Expression:
    return replace_name(expression, V.name, read)
