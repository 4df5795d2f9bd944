"""Questions in, answers out: one line each, a bad line costs that line alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

from agent.cli.exits import Exit, worst
from agent.cli.intake import payloads_of
from agent.core.untrusted import visible_json
from agent.core.values import Json
from agent.errors import DriftmendError, InvalidDocument
from agent.formats.streams import RawItem, read_item

Answer: TypeAlias = Callable[[dict[str, Json]], tuple[dict[str, Json], Exit]]
"""Takes the fields of one question; returns the fields of its answer, and the exit code for it."""


def answer_lines(
    path: str, *, answer: Answer, required: tuple[str, ...], is_timed: bool = True
) -> Exit:
    """Answer every line of a file, or of standard input for `-`; return the code that wins.

    An answer carries the question's `id`, or without one the number of its line, and how many
    milliseconds it took unless the same input must give the same bytes. A line that cannot be
    answered gets `error` in place of the answer.
    """
    codes = []
    for line, code in _answers(path, answer, required):
        if not is_timed:
            line.pop("ms", None)
        codes.append(code)
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
        print(visible_json(text), flush=True)
    return worst(codes)


def _answers(
    path: str, answer: Answer, required: tuple[str, ...]
) -> Iterator[tuple[dict[str, Json], Exit]]:
    for item in payloads_of(path, is_array=False):
        name: Json = item.number
        start = time.perf_counter()
        try:
            question = _question(item)
            name = question.get("id", name)
            _require(question, required, item.place)
            told, code = answer(question)
        except DriftmendError as error:
            yield {"id": name, "error": str(error)}, Exit.UNUSABLE
        else:
            elapsed = round((time.perf_counter() - start) * 1000, 3)
            yield {"id": name, **told, "ms": elapsed}, code


def _question(item: RawItem) -> dict[str, Json]:
    question = read_item(item)
    if not isinstance(question, dict):
        raise InvalidDocument(
            where=item.place, found="no JSON object", help="write one question a line"
        )
    return question


def _require(question: dict[str, Json], required: tuple[str, ...], place: str) -> None:
    missing = [name for name in required if name not in question]
    if missing:
        raise InvalidDocument(
            where=place,
            found=f"no {' and no '.join(repr(name) for name in missing)}",
            help=f"a question has {', '.join(required)}",
        )
