"""One row of a batch of diffs: two documents in, one verdict out."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from agent.core.changes import Direction, Policy
from agent.core.dialects import Dialect, by_name
from agent.core.diff import compare
from agent.core.flow import Versions
from agent.core.judging import Judgement, Weighed, judge
from agent.core.openapi import compare_apis
from agent.core.openapi.texts import api_answer
from agent.core.openapi.versions import read_api
from agent.core.schema import make_schema
from agent.core.values import Json
from agent.errors import InvalidDocument

_Choice = TypeVar("_Choice", bound=StrEnum)

REQUIRED = ("kind", "before", "after", "direction")
"""What every row has; `id` and `policy` are optional."""
API_KIND = "openapi3"
_SCHEMA_KIND = "jsonschema"
_KINDS = "jsonschema, jsonschema-2020-12 (or another draft) and openapi3"


def diff_row(row: dict[str, Json]) -> dict[str, Json]:
    """Return the answer to a row `{"kind", "before", "after", "direction", "policy"?}`.

    The answer is `{"verdict", "decided_by", "witness"?, "changes": [{"check", "path", …}]}`. Whole
    OpenAPI documents are judged in the directions in which their payloads flow.

    Raises:
        InvalidDocument: the row itself is unusable.
        InvalidSchema: one of its documents is.
    """
    kind = str(row["kind"])
    direction = _choice(Direction, row["direction"])
    policy = _choice(Policy, row.get("policy", Policy.DECLARED))
    if kind == API_KIND:
        pair = (read_api(row[side], where=side) for side in ("before", "after"))
        return api_answer(compare_apis(*pair, policy=policy))
    dialect = schema_dialect(kind)
    before, after = (
        make_schema(row[side], origin=side, dialect=dialect) for side in ("before", "after")
    )
    versions = Versions(before, after)
    return _schema_answer(
        judge(compare(before, after), versions, direction=direction, policy=policy)
    )


def schema_dialect(kind: str) -> Dialect | None:
    """Return the draft that a kind of schemas names, None where `$schema` says it.

    Raises:
        InvalidDocument: it is no kind of schemas.
        InvalidSchema: there is no such draft.
    """
    word, _, draft = kind.partition("-")
    if word != _SCHEMA_KIND:
        raise _unusable(f"the kind {kind[:80]!r}", f"the kinds are {_KINDS}")
    return by_name(draft) if draft else None


def _choice(choices: type[_Choice], value: Json) -> _Choice:
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
