"""`driftmend diff --batch`: many pairs of documents, one line in, one line out."""

from __future__ import annotations

import functools

from agent.cli.batch import answer_lines
from agent.cli.exits import Exit
from agent.core.diff_rows import REQUIRED, diff_row
from agent.core.values import Json
from agent.errors import InvalidDocument


def run_batch(source: str, *, fail_on: str | None) -> Exit:
    """Answer every line of a file or of standard input, each by itself.

    A line that cannot be answered is an error line, and the rest goes on. The code is 2 when
    there was one, else 1 when `fail_on` is `breaking` and some verdict is.
    """
    answer = functools.partial(_answer, fails_when_breaking=fail_on == "breaking")
    return answer_lines(source, answer=answer, required=REQUIRED, is_timed=False)


def _answer(row: dict[str, Json], *, fails_when_breaking: bool) -> tuple[dict[str, Json], Exit]:
    try:
        told = diff_row(row)
    except RecursionError as error:
        raise InvalidDocument(
            where="", found="documents that are nested too deeply", help="flatten them"
        ) from error
    is_met = fails_when_breaking and told["verdict"] == "breaking"
    return told, Exit.NO if is_met else Exit.DONE
