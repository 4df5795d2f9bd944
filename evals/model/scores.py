"""The scores of prompts: what each version of them gave, kept beside the code."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = Path(__file__).with_name("scores.json")


@dataclass(frozen=True, slots=True)
class PromptScore:
    """What one version of the prompts of a style gave on a sample, oldest first in the file.

    `prompt` is their fingerprint. A count is None where nobody has measured: `note` says why.
    """

    style: str
    prompt: str
    model: str
    suite: str
    cases: int | None = None
    seed: int | None = None
    solved_before: int | None = None
    solved_after: int | None = None
    broken: int | None = None
    new_silent_wrong: int | None = None
    exact_before: int | None = None
    exact_after: int | None = None
    calls: int | None = None
    tokens: int | None = None
    seconds_per_consumer: float | None = None
    note: str = ""


def scores(path: Path = FILE) -> tuple[PromptScore, ...]:
    """Return all recorded scores, oldest first."""
    return tuple(PromptScore(**one) for one in json.loads(path.read_text("utf-8")))


def record(score: PromptScore, path: Path = FILE) -> str:
    """Append a score and return it beside the one before it, in words."""
    known = scores(path)
    before = [one for one in known if one.style == score.style]
    kept = [asdict(one) for one in (*known, score)]
    path.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
    told = [*before[-1:], score]
    return "\n".join(
        f"{one.style} {one.prompt[:15]}: solved {one.solved_before} -> {one.solved_after}, "
        f"broken {one.broken}, payloads exact {one.exact_before} -> {one.exact_after}"
        for one in told
    )
