"""A report as a terminal table and as JSON, and as a gate against an earlier one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from agent.core.values import Json
from agent.errors import InvalidDocument
from evals.runner import Report
from evals.scoring import Score
from evals.summary import Summary

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

FORMAT = 1
"""Version of the JSON document; another one cannot be compared with."""

RATES = (
    "solved_share",
    "payload_accuracy",
    "valid_share",
    "asked_share",
    "proved_share",
    "refusal_precision",
    "refusal_recall",
)


def report_to_json(report: Report) -> Json:
    """Return the whole report as one JSON document.

    `all` and `families` hold counts and rates; a rate over nothing is null. `mode` is what a
    baseline must share. The scores come in order of family, case and consumer.
    """
    return {
        "driftmend_eval": FORMAT,
        "mode": {"unpaired": report.is_unpaired, "model": report.model, "memory": report.memory},
        "timeout_s": report.timeout_s,
        "seconds": round(report.seconds, 3),
        "all": summary_to_json(report.summary()),
        "families": {name: summary_to_json(report.summary(name)) for name in report.families},
        "reasons": [asdict(reason) for reason in report.reasons()],
        "scores": [score_to_json(score) for score in report.scores],
    }


def summary_to_json(summary: Summary) -> Json:
    """Return counts and rates; rates are rounded to four places."""
    rates = {name: _rounded(getattr(summary, name)) for name in RATES}
    counts = {
        name: _rounded(value) if isinstance(value, float) else value
        for name, value in asdict(summary).items()
    }
    return {**counts, **rates}


def score_to_json(score: Score) -> Json:
    """Return one score, with what follows from it; of each rule whether it came out right."""
    document = {
        **asdict(replace(score, notes=(), rules=())),
        "rules": [
            {
                "target": rule.note.target,
                "confidence": rule.note.confidence,
                "is_right": rule.is_right,
            }
            for rule in score.rules
        ],
        "outcome": score.outcome.value,
        "unsatisfied": list(score.unsatisfied),
        "seconds": round(score.seconds, 3),
        "is_silent_wrong": score.is_silent_wrong,
    }
    del document["notes"]
    return document


def compare_with_baseline(report: Report, baseline: Json) -> tuple[str, ...]:
    """Return what got worse since an earlier report's JSON, in sentences; nothing when none did.

    Solved may not drop over the consumers that both reports know, and silently wrong ones may
    not grow, new cases included.

    Raises:
        InvalidDocument: the baseline is no report, was made in another mode, or shares no
            consumer with this one.
    """
    old = _old_scores(baseline)
    _check_mode(report, baseline)
    new = {_key(score.family, score.case, score.consumer): score for score in report.scores}
    common = old.keys() & new.keys()
    if not common:
        raise InvalidDocument(
            where="baseline",
            found="shares no case with this run",
            help="give the folders that the baseline was made from",
        )
    return (*_fewer_solved(old, new, common), *_more_silent_wrong(old, new, common))


_OldScores = dict[tuple[str, str, str], tuple[bool, bool]]
_NewScores = dict[tuple[str, str, str], Score]
_Keys = set[tuple[str, str, str]]


def _old_scores(baseline: Json) -> _OldScores:
    if not isinstance(baseline, dict) or baseline.get("driftmend_eval") != FORMAT:
        raise InvalidDocument(
            where="baseline",
            found=f'is no report with "driftmend_eval": {FORMAT}',
            help="make one with: driftmend eval … --json",
        )
    try:
        return {
            _key(one["family"], one["case"], one["consumer"]): (
                one["outcome"] == "solved",
                one["is_silent_wrong"] is True,
            )
            for one in baseline["scores"]
        }
    except (KeyError, TypeError) as error:
        raise InvalidDocument(where="baseline#/scores", found=f"is damaged: {error!r}") from error


def _check_mode(report: Report, baseline: Json) -> None:
    mode = {"unpaired": report.is_unpaired, "model": report.model, "memory": report.memory}
    if baseline.get("mode") != mode:
        raise InvalidDocument(
            where="baseline#/mode",
            found=f"is {baseline.get('mode')}, and this run is {mode}",
            help="compare runs of the same mode",
        )


def _key(family: str, case: str, consumer: str) -> tuple[str, str, str]:
    return family, case, consumer


def _fewer_solved(old: _OldScores, new: _NewScores, common: _Keys) -> Iterator[str]:
    before = sum(old[key][0] for key in common)
    lost = sorted(key for key in common if old[key][0] and not _is_solved(new[key]))
    after = sum(_is_solved(new[key]) for key in common)
    if after < before:
        yield f"solved dropped from {before} to {after} of {len(common)}; lost: {_names(lost, new)}"


def _more_silent_wrong(old: _OldScores, new: _NewScores, common: _Keys) -> Iterator[str]:
    before = sum(old[key][1] for key in common)
    wrong = sorted(key for key, score in new.items() if score.is_silent_wrong)
    if len(wrong) > before:
        added = [key for key in wrong if key not in old or not old[key][1]]
        yield f"silently wrong grew from {before} to {len(wrong)}; new: {_names(added, new)}"


def _is_solved(score: Score) -> bool:
    return score.is_feasible and score.is_right


def _names(keys: list[tuple[str, str, str]], new: _NewScores) -> str:
    return "; ".join(f"{'/'.join(key[:2])} {key[2]} ({new[key].reason})" for key in keys)


def render_text(report: Report, *, width: int = 132, is_coloured: bool = False) -> str:
    """Return the tables of the report as text, with colour codes only when asked."""
    from rich.console import Console

    sink = io.StringIO()
    console = Console(
        file=sink, width=width, force_terminal=is_coloured, no_color=not is_coloured, emoji=False
    )
    for renderable in renderables(report):
        console.print(renderable)
    return sink.getvalue()


def renderables(report: Report) -> tuple[RenderableType, ...]:
    """Return what rich prints: scores per family, totals, the commonest reasons for failure."""
    from rich.text import Text

    parts = (_families(report), Text(totals(report)))
    return (*parts, _reasons(report)) if report.reasons() else parts


def _families(report: Report) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    mode = "unpaired samples" if report.is_unpaired else "paired samples"
    title = f"Scores, {mode}, model {report.model}"
    table = Table(title=title, title_justify="left", box=box.SIMPLE, padding=0)
    for heading in COLUMNS:
        is_name = heading == "family"
        table.add_column(heading, justify="left" if is_name else "right", no_wrap=not is_name)
    for family in report.families:
        table.add_row(Text(_plain(family)), *cells(report.summary(family)))
    table.add_section()
    table.add_row("all", *cells(report.summary()), style="bold")
    return table


def _reasons(report: Report) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    title = "Commonest reasons for failure"
    table = Table(title=title, title_justify="left", box=box.SIMPLE, padding=(0, 0, 0, 1))
    for heading in ("times", "reason", "for example"):
        table.add_column(heading, justify="right" if heading == "times" else "left")
    for reason in report.reasons():
        table.add_row(str(reason.count), Text(_plain(reason.kind)), Text(_plain(reason.example)))
    return table


def totals(report: Report) -> str:
    """Return what has one figure for the whole run, in a line or two."""
    summary = report.summary()
    lines = [
        f"{summary.consumers} consumers, {summary.feasible} of them feasible; "
        f"calibration error {_error(summary.calibration_error)} of adapters, "
        f"{_error(summary.rule_calibration_error)} of rules; "
        f"{summary.seconds_mean:.1f} s per consumer, {summary.seconds_max:.1f} s at most; "
        f"{report.seconds:.1f} s in all"
    ]
    if summary.model_calls:
        lines.append(
            f"{summary.model_calls} model calls, {summary.model_tokens} tokens, "
            f"{summary.model_cost_usd:.4f} USD"
        )
    return "\n".join(lines)


def _error(error: float | None) -> str:
    return "–" if error is None else f"{error:.3f}"


COLUMNS = (
    "family",
    "solved",
    "exact",
    "valid",
    "silent\nwrong",
    "asked",
    "proved",
    "refused",
    "refusal\npreci-\nsion",
    "failed",
    "s",
)


def cells(summary: Summary) -> tuple[str, ...]:
    """Return the figures of one row, in the order of `COLUMNS` after the family."""
    return (
        f"{summary.solved}/{summary.feasible}",
        percent(summary.payload_accuracy),
        percent(summary.valid_share),
        str(summary.silent_wrong),
        percent(summary.asked_share),
        percent(summary.proved_share),
        f"{summary.right_refusals}/{summary.infeasible}",
        percent(summary.refusal_precision),
        str(summary.failed),
        f"{summary.seconds_mean:.1f}",
    )


def percent(share: float | None) -> str:
    """Return a share in percent, or a dash over nothing."""
    return "–" if share is None else f"{100 * share:.0f}%"


def _plain(text: str) -> str:
    from agent.core.untrusted import visible

    return visible(text)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
