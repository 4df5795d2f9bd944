"""One row of a batch of diffs: two documents in, one verdict out."""

from __future__ import annotations

from typing import Any

from agent.core.changes import Direction, Policy
from agent.core.dialects import (
    DRAFT_4,
    DRAFT_6,
    DRAFT_7,
    DRAFT_2019,
    DRAFT_2020,
    Dialect,
)
from agent.core.diff import compare
from agent.core.flow import Versions
from agent.core.judging import Judgement, Weighed, judge
from agent.core.openapi import compare_apis
from agent.core.openapi.texts import api_answer
from agent.core.openapi.versions import read_api
from agent.core.schema import make_schema
from agent.core.values import Json
from agent.errors import InvalidDocument

SCHEMA_KINDS: dict[str, Dialect | None] = {
    "jsonschema": None,
    "jsonschema-draft4": DRAFT_4,
    "jsonschema-draft6": DRAFT_6,
    "jsonschema-draft7": DRAFT_7,
    "jsonschema-2019-09": DRAFT_2019,
    "jsonschema-2020-12": DRAFT_2020,
}
"""Kinds of rows that hold schemas, with the draft; None lets `$schema` say it."""
API_KIND = "openapi3"


def diff_row(row: Json) -> dict[str, Json]:
    """Return the answer to a row `{"id", "kind", "before", "after", "direction", "policy"?}`.

    The answer is `{"id", "verdict", "decided_by", "witness"?, "changes": [{"check", "path", …}]}`.
    Whole OpenAPI documents are judged in the directions in which their payloads flow.

    Raises:
        InvalidDocument: the row itself is unusable.
        InvalidSchema: one of its documents is.
    """
    kind, direction, policy = _asked(row)
    if kind == API_KIND:
        pair = (read_api(row[side], where=side) for side in ("before", "after"))
        return {"id": row.get("id"), **api_answer(compare_apis(*pair, policy=policy))}
    before, after = (
        make_schema(row[side], origin=side, dialect=SCHEMA_KINDS[kind])
        for side in ("before", "after")
    )
    judged = judge(
        compare(before, after), Versions(before, after), direction=direction, policy=policy
    )
    return {"id": row.get("id"), **_schema_answer(judged)}


def _asked(row: Json) -> tuple[str, Direction, Policy]:
    if not isinstance(row, dict):
        raise _unusable("a row that is no object", "give id, kind, before, after and direction")
    missing = [key for key in ("kind", "before", "after", "direction") if key not in row]
    if missing:
        raise _unusable(f"a row without {', '.join(missing)}", "give them all")
    kind = row["kind"]
    if kind != API_KIND and kind not in SCHEMA_KINDS:
        kinds = ", ".join((*SCHEMA_KINDS, API_KIND))
        raise _unusable(f"the kind {str(kind)[:80]!r}", f"the kinds are {kinds}")
    return (
        kind,
        _choice(Direction, row["direction"]),
        _choice(Policy, row.get("policy", "declared")),
    )


def _choice(choices: Any, value: Json) -> Any:
    try:
        return choices(value)
    except ValueError as error:
        listed = ", ".join(choices)
        raise _unusable(f"{str(value)[:80]!r}", f"one of {listed} is needed") from error


def _unusable(found: str, help: str) -> InvalidDocument:
    return InvalidDocument(where="", found=found, help=help)


def _schema_answer(judged: Judgement) -> dict[str, Json]:
    answer: dict[str, Json] = {
        "verdict": str(judged.verdict),
        "decided_by": str(judged.decided_by),
    }
    if judged.has_witness:
        answer["witness"] = judged.witness
    return answer | {"changes": [_change(weighed) for weighed in judged.changes]}


def _change(weighed: Weighed) -> dict[str, Json]:
    change = weighed.change
    return {
        "check": change.check,
        "path": change.path,
        "before_path": None if change.is_addition else change.before_path,
        "after_path": None if change.is_removal else change.after_path,
        "severity": str(weighed.level),
        "detail": change.detail,
    }
