"""The head of an adapter document: all but its rules."""

from __future__ import annotations

from dataclasses import dataclass

from agent.core.language.document_checks import (
    describe_at,
    fail,
    refuse_unknown,
    require_type,
    text_at,
    texts_of,
)
from agent.core.language.syntax import Drop
from agent.core.language.targets import pointer_problem
from agent.core.values import Json

_HEAD = frozenset(
    {
        "driftmend_adapter",
        "name",
        "source",
        "source_fingerprints",
        "source_schema",
        "consumer",
        "contract_fingerprint",
        "contract",
        "let",
        "rules",
        "drops",
    }
)


@dataclass(frozen=True, slots=True)
class Head:
    """What an adapter's document says beside its rules and schemas."""

    name: str
    source: str
    source_fingerprints: tuple[str, ...]
    consumer: str
    contract_fingerprint: str
    drops: tuple[Drop, ...]


def read_head(document: Json) -> Head:
    """Return the head of an adapter's document, every key of it checked.

    Raises:
        InvalidAdapter: a key is unknown, missing or of another type.
    """
    require_type(document, "object", "")
    _require_version(document)
    refuse_unknown(document, _HEAD, "")
    for key in ("source_schema", "contract"):
        if not isinstance(document.get(key), (dict, bool)):
            fail(f"/{key}", describe_at(document, key), "embed the schema as an object")
    return Head(
        name=text_at(document, "name"),
        source=text_at(document, "source"),
        source_fingerprints=texts_of(
            document.get("source_fingerprints", []), "/source_fingerprints"
        ),
        consumer=text_at(document, "consumer"),
        contract_fingerprint=text_at(
            {"contract_fingerprint": "", **document}, "contract_fingerprint"
        ),
        drops=_read_drops(document.get("drops", [])),
    )


def _require_version(document: dict[str, Json]) -> None:
    version = document.get("driftmend_adapter")
    if type(version) is not int or version != 1:
        help = 'an adapter says "driftmend_adapter": 1'
        fail("/driftmend_adapter", describe_at(document, "driftmend_adapter"), help)


def _read_drops(drops: Json) -> tuple[Drop, ...]:
    require_type(drops, "array", "/drops")
    found = []
    for number, drop in enumerate(drops):
        where = f"/drops/{number}"
        require_type(drop, "object", where)
        refuse_unknown(drop, frozenset({"path", "reason"}), where)
        path = text_at(drop, "path", where)
        if problem := pointer_problem(path):
            fail(f"{where}/path", problem, "write a JSON Pointer, with * for every item")
        found.append(Drop(path=path, reason=text_at(drop, "reason", where)))
    return tuple(found)
