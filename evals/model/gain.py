"""What a model adds over no model: the same cases scored twice, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from agent.core.values import Json
from evals.model.scores import PromptScore
from evals.model.weights import NAME
from evals.runner import Report
from evals.scoring import Score


@dataclass(frozen=True, slots=True)
class Row:
    """One consumer, without the model and with it."""

    name: str
    before: str
    after: str
    exact_before: int
    exact_after: int
    payloads: int
    calls: int
    tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Gain:
    """Every consumer of the sample, and what came of it."""

    seed: int
    prompt: str
    rows: tuple[Row, ...]
    solved_before: int
    solved_after: int
    gained: tuple[str, ...]
    broken: tuple[str, ...]
    new_silent_wrong: tuple[str, ...]


def gain_of(off: Report, on: Report, *, seed: int, prompt: str) -> Gain:
    """Return what one report has beyond another over the same consumers.

    What is right without the model, a refusal included, and not with it is broken.
    """
    before = {_name(one): one for one in off.scores}
    after = {_name(one): one for one in on.scores}
    names = sorted(before.keys() & after.keys())
    right_before = {name for name in names if before[name].is_right}
    right_after = {name for name in names if after[name].is_right}
    return Gain(
        seed=seed,
        prompt=prompt,
        rows=tuple(_row(name, before[name], after[name]) for name in names),
        solved_before=_solved(before.values()),
        solved_after=_solved(after.values()),
        gained=tuple(sorted(right_after - right_before)),
        broken=tuple(sorted(right_before - right_after)),
        new_silent_wrong=tuple(
            name
            for name in names
            if after[name].is_silent_wrong and not before[name].is_silent_wrong
        ),
    )


def _name(score: Score) -> str:
    return f"{score.family}/{score.case} {score.consumer}"


def _solved(scores: Iterable[Score]) -> int:
    return sum(one.is_feasible and one.is_right for one in scores)


def _row(name: str, before: Score, after: Score) -> Row:
    return Row(
        name,
        before.outcome.value,
        after.outcome.value,
        before.exact,
        after.exact,
        after.payloads,
        after.model_calls,
        after.model_tokens,
        round(after.seconds, 1),
    )


def gain_to_json(gain: Gain) -> Json:
    """Return the gain as one JSON document."""
    return asdict(gain) | {"totals": _totals(gain)}


def score_of(gain: Gain, *, style: str, suite: str) -> PromptScore:
    """Return the gain as a score of the prompts that were used."""
    totals = _totals(gain)
    return PromptScore(
        style=style,
        prompt=gain.prompt,
        model=NAME,
        suite=suite,
        cases=len({row.name.split()[0] for row in gain.rows}),
        seed=gain.seed,
        solved_before=gain.solved_before,
        solved_after=gain.solved_after,
        broken=len(gain.broken),
        new_silent_wrong=len(gain.new_silent_wrong),
        exact_before=int(totals["exact_before"]),
        exact_after=int(totals["exact_after"]),
        calls=int(totals["calls"]),
        tokens=int(totals["tokens"]),
        seconds_per_consumer=totals["seconds_per_consumer"],
    )


def _totals(gain: Gain) -> dict[str, float]:
    count = max(1, len(gain.rows))
    return {
        "calls": sum(row.calls for row in gain.rows),
        "tokens": sum(row.tokens for row in gain.rows),
        "seconds_per_consumer": round(sum(row.seconds for row in gain.rows) / count, 1),
        "exact_before": sum(row.exact_before for row in gain.rows),
        "exact_after": sum(row.exact_after for row in gain.rows),
        "payloads": sum(row.payloads for row in gain.rows),
    }


def render(gain: Gain) -> str:
    """Return the gain as text, a line per consumer and the totals."""
    lines = [
        f"{row.name}: {row.before} {row.exact_before}/{row.payloads} -> "
        f"{row.after} {row.exact_after}/{row.payloads}; "
        f"{row.calls} calls, {row.tokens} tokens, {row.seconds} s"
        for row in gain.rows
    ]
    totals = _totals(gain)
    lines += [
        f"solved without the model {gain.solved_before}, with it {gain.solved_after}; "
        f"gained {len(gain.gained)}, broken {len(gain.broken)}, "
        f"new silent wrong {len(gain.new_silent_wrong)} (seed {gain.seed})",
        f"{totals['calls']} calls, {totals['tokens']} tokens, "
        f"{totals['seconds_per_consumer']} s per consumer; payloads exact "
        f"{totals['exact_before']} -> {totals['exact_after']} of {totals['payloads']}",
    ]
    lines += [f"gained: {name}" for name in gain.gained]
    lines += [f"broken: {name}" for name in gain.broken]
    return "\n".join(lines)
