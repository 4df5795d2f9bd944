"""How often verdicts of diffs are right, on rows of before and after with a known answer.

`python -m evals.diffing FOLDER [--file NAME ...]` prints the figures of every file and lists what
differs from the expectation. A verdict is right when it equals the expected one, or when inclusion
contradicts it: with a witness that both validators confirm, or with a proof.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.core.diff_rows import diff_row
from agent.core.values import Json
from agent.errors import DriftmendError
from evals.diff_paths import agreeing_paths

FILES = ("oasdiff_schema", "oasdiff_openapi", "sentry_json", "openapitools")


@dataclass(frozen=True, slots=True)
class Scored:
    """One row with its answer. `paths` is None where the row names none."""

    id: str
    expected: str
    answer: dict[str, Json]
    paths: bool | None
    label: str
    seconds: float

    @property
    def verdict(self) -> str:
        """The verdict, or `error`."""
        return str(self.answer.get("verdict", "error"))

    @property
    def is_equal(self) -> bool:
        """Whether the verdict is the expected one."""
        return self.verdict == self.expected

    @property
    def is_contradiction(self) -> bool:
        """Whether inclusion says otherwise: by a witness, or by a proof."""
        return not self.is_equal and self.answer.get("decided_by") == "inclusion"

    @property
    def is_right(self) -> bool:
        """Whether the verdict is the expected one, or inclusion contradicts it."""
        return self.is_equal or self.is_contradiction


def score_rows(rows: Sequence[Json]) -> Iterator[Scored]:
    """Yield the score of every row that has an expectation."""
    for row in rows:
        if row["expected"] is None:
            continue
        start = time.perf_counter()
        try:
            answer = diff_row(row)
        except DriftmendError as error:
            answer = {"error": str(error)}
        seconds = time.perf_counter() - start
        paths = agreeing_paths(row, answer.get("changes", []))
        label = str(row.get("check_id") or "")
        yield Scored(row["id"], row["expected"], answer, paths, label, seconds)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the figures of every file; 1 when one is under the bar of 92 % verdicts."""
    parser = argparse.ArgumentParser(prog="python -m evals.diffing", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--file", action="append", choices=FILES, default=[])
    parser.add_argument("--markdown", action="store_true", help="the contradictions as a page")
    args = parser.parse_args(argv)
    scores = {name: _score_file(args.folder / f"{name}.json") for name in args.file or FILES}
    if args.markdown:
        sys.stdout.write(contradictions_page(scores))
        return 0
    for name, rows in scores.items():
        _print(name, rows)
    return int(any(_share(rows) < BAR for rows in scores.values()))


BAR = 0.92
"""Share of right verdicts that every file must reach (issue 4)."""


def _score_file(path: Path) -> list[Scored]:
    return list(score_rows(json.loads(path.read_text(encoding="utf-8"))))


def _share(rows: list[Scored]) -> float:
    return sum(row.is_right for row in rows) / len(rows) if rows else 1.0


def _print(name: str, rows: list[Scored]) -> None:
    right = sum(row.is_right for row in rows)
    equal = sum(row.is_equal for row in rows)
    decided = sum(row.answer.get("decided_by") == "inclusion" for row in rows)
    slowest = max((row.seconds for row in rows), default=0.0)
    print(f"{name}: {right} of {len(rows)} right ({_share(rows):.1%}), {equal} equal,", end=" ")
    print(f"{decided} decided by inclusion, slowest {slowest:.2f} s")
    placed = [row for row in rows if row.paths is not None]
    if placed:
        share = sum(bool(row.paths) for row in placed) / len(placed)
        print(f"  paths: {sum(bool(r.paths) for r in placed)} of {len(placed)} ({share:.1%})")
    for row in rows:
        if not row.is_equal or row.paths is False:
            print(f"  {_mark(row)} {row.id}: {row.expected} expected, {_said(row)}")


def _mark(row: Scored) -> str:
    if row.is_equal:
        return "path"
    return "  ok" if row.is_contradiction else "  no"


def _said(row: Scored) -> str:
    if "error" in row.answer:
        return f"error: {row.answer['error'][:120]}"
    changes = ", ".join(f"{c['check']} {c['path'] or '/'}" for c in row.answer["changes"][:6])
    return f"{row.verdict} by {row.answer['decided_by']} ({row.label or '-'}: {changes})"


def contradictions_page(scores: dict[str, list[Scored]]) -> str:
    """Return the contradictions by file as Markdown: what was expected, what is said and why."""
    lines = []
    for name, rows in scores.items():
        contradicting = [row for row in rows if not row.is_equal]
        lines += [f"## {name}", "", "| row | expected | said | because |", "|---|---|---|---|"]
        for row in contradicting:
            lines.append(f"| {row.id} | {row.expected} | {row.verdict} | {_because(row)} |")
        lines.append("")
    return "\n".join(lines)


def _because(row: Scored) -> str:
    answer = row.answer
    if "error" in answer:
        return f"**wrong**: {answer['error']}"
    if not row.is_contradiction:
        checks = ", ".join(dict.fromkeys(c["check"] for c in answer["changes"])) or "no change"
        return f"**not proved**: the table says so ({checks})"
    if "witness" in answer:
        text = json.dumps(answer["witness"], ensure_ascii=False).replace("|", "\\|")
        return f"witness `{text if len(text) <= 120 else text[:119] + '…'}`"
    if answer["verdict"] == "unchanged":
        return "proof: both versions take the same payloads"
    return "proof: every payload of the one side is taken by the other"


if __name__ == "__main__":
    sys.exit(main())
