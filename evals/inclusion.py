"""How often inclusion is answered, how often rightly, and how fast, on pairs with known answers.

`python -m evals.inclusion FILE_OR_FOLDER ...`: files are arrays of `{"id", "draft", "s", "c",
"expected", "category"?, "keyword"?}`. The exit code is 1 when an answer contradicts a known one
without a witness that both validators confirm.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.core.dialects import by_name
from agent.core.inclusion import Verdict, decide
from agent.core.schema import make_schema
from agent.core.values import Json
from agent.errors import InvalidSchema

NOT_GOLD = "disputed.json"
LEAST_ANSWERED = 0.9
LEAST_ANSWERED_PER_GROUP = 0.75


@dataclass(frozen=True, slots=True)
class Answer:
    """What came out for one pair: a verdict, or `error` where a schema could not be read."""

    row: dict[str, Any]
    verdict: str
    witness: Json
    reason: str
    ms: float

    @property
    def is_answer(self) -> bool:
        """Whether the answer is yes or no."""
        return self.verdict in (Verdict.YES, Verdict.NO)

    @property
    def contradicts(self) -> bool:
        """Whether the answer is not the known one."""
        return self.is_answer and (self.verdict == Verdict.YES) is not self.row["expected"]

    @property
    def is_wrong(self) -> bool:
        """Whether it contradicts a known answer and shows no witness for that."""
        return self.contradicts and self.verdict == Verdict.YES


def ask(row: dict[str, Any]) -> Answer:
    """Return the answer to one pair, and how long it took from the raw documents on."""
    start = time.perf_counter()
    witness, reason = None, ""
    try:
        dialect = by_name(row["draft"])
        sub = make_schema(row["s"], origin="s", dialect=dialect)
        found = decide(sub, make_schema(row["c"], origin="c", dialect=dialect))
        verdict, witness = found.verdict.value, found.witness
        reason = "" if found.obstacle is None else str(found.obstacle)
    except InvalidSchema as error:
        verdict, reason = "error", error.found
    return Answer(row, verdict, witness, reason, (time.perf_counter() - start) * 1000)


def report(name: str, answers: Sequence[Answer]) -> Iterator[str]:
    """Yield the lines that say how one file went."""
    answered = sum(answer.is_answer for answer in answers)
    times = sorted(answer.ms for answer in answers)
    share = answered / len(answers)
    p95 = times[min(len(times) - 1, len(times) * 95 // 100)]
    wrong = sum(answer.is_wrong for answer in answers)
    yield (
        f"{name}: {answered} of {len(answers)} answered ({share:.1%}), {wrong} wrong, "
        f"median {statistics.median(times):.2f} ms, p95 {p95:.1f} ms, longest {times[-1]:.0f} ms"
    )
    if share < LEAST_ANSWERED:
        yield f"  below the bar of {LEAST_ANSWERED:.0%}"
    for group in ("category", "keyword"):
        yield from _low_groups(group, answers)
    for answer in answers:
        if answer.contradicts:
            yield f"  {answer.row['id']}: {answer.verdict}, witness {json.dumps(answer.witness)}"
    reasons = Counter(answer.reason for answer in answers if not answer.is_answer)
    yield from (f"  {count} × {reason}" for reason, count in reasons.most_common())


def _low_groups(group: str, answers: Sequence[Answer]) -> Iterator[str]:
    for value in sorted({answer.row[group] for answer in answers if group in answer.row}):
        own = [answer.is_answer for answer in answers if answer.row.get(group) == value]
        if sum(own) < LEAST_ANSWERED_PER_GROUP * len(own):
            yield f"  {group} {value}: {sum(own)} of {len(own)} answered"


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask every pair of the files, print how it went, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    given = parser.parse_args(arguments)
    files = [
        file
        for path in given.paths
        for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])
        if file.name != NOT_GOLD
    ]
    ask({"s": True, "c": False, "draft": "2020-12", "expected": False})  # loads the validators
    are_wrong = False
    for file in files:
        answers = [ask(row) for row in json.loads(file.read_text(encoding="utf-8"))]
        print(*report(file.name, answers), sep="\n", flush=True)
        are_wrong = are_wrong or any(answer.is_wrong for answer in answers)
    return int(are_wrong)


if __name__ == "__main__":
    sys.exit(main())
