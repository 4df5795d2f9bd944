"""Where a generated function gave up: which row, and of an array which item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import FrameType, TracebackType
from typing import Any

from agent.core.language.compiler.code import Origin, Step
from agent.core.language.rows import Pick

GENERATED = "<adapter>"
"""The file name that generated code has in tracebacks."""


def picks_of(
    traceback: TracebackType | None, origins: Sequence[Origin], *, first_line: int
) -> tuple[Pick, ...]:
    """Return the rows and items that the line at fault was written for, outermost first.

    `origins` has one entry per line from `first_line` on. Empty when the fault is elsewhere.
    """
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == GENERATED:
            index = traceback.tb_lineno - first_line
            origin = origins[index] if 0 <= index < len(origins) else ()
            return tuple(_picks(origin, traceback.tb_frame))
        traceback = traceback.tb_next
    return ()


def _picks(origin: Origin, frame: FrameType) -> list[Pick]:
    picks: list[Pick] = []
    for step in origin:
        pick = _pick(step, frame.f_locals)
        picks.append(pick)
        if step.item and pick.item is None:
            # Without its item the rows within cannot be told either.
            break
    return picks


def _pick(step: Step, values: Mapping[str, Any]) -> Pick:
    over, result = values.get(step.over), values.get(step.result)
    if not step.item or step.item not in values:
        return Pick(step.row)
    items = list(over) if isinstance(over, (list, dict)) else []
    item = values[step.item]
    index = next((at for at, each in enumerate(items) if each is item), None)
    return Pick(step.row, index, len(result) if isinstance(result, list) else 0)
