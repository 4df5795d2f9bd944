"""`driftmend diff --batch`: many pairs of documents, one line in, one line out."""

from __future__ import annotations

import json
from collections.abc import Iterator

from agent.cli.exits import Exit
from agent.cli.intake import payloads_of
from agent.core.diff_rows import diff_row
from agent.core.untrusted import visible_json
from agent.core.values import Json
from agent.errors import DriftmendError
from agent.formats.streams import RawItem, read_item


def run_batch(source: str, *, fail_on: str | None) -> Exit:
    """Answer every line of a file or of standard input, each by itself.

    A line that cannot be answered is an error line, and the rest goes on. The code is 2 when
    there was one, else 1 when `fail_on` is `breaking` and some verdict is.
    """
    is_bad = is_breaking = False
    for answer in _answers(source):
        line = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        print(visible_json(line), flush=source == "-")
        is_bad = is_bad or "error" in answer
        is_breaking = is_breaking or answer.get("verdict") == "breaking"
    if is_bad:
        return Exit.UNUSABLE
    return Exit.NO if is_breaking and fail_on == "breaking" else Exit.DONE


def _answers(source: str) -> Iterator[dict[str, Json]]:
    for item in payloads_of(source, is_array=False):
        yield _answer(item)


def _answer(item: RawItem) -> dict[str, Json]:
    """Return the answer to one line; what ends it says so under its id, or its line number."""
    id: Json = None
    try:
        row = read_item(item)
        id = row.get("id") if isinstance(row, dict) else None
        return diff_row(row)
    except DriftmendError as error:
        return {"id": id, "line": item.number, "error": str(error)}
    except (RecursionError, MemoryError) as error:
        return {"id": id, "line": item.number, "error": f"too deep or too large: {error}"}
