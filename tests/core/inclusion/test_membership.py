"""What is a member: as the official suite says, and as the engine says where reasoning ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.core.dialects import Dialect, find_dialect
from agent.core.inclusion.graph import Graph, Root
from agent.core.inclusion.search import Search
from agent.core.schema import Schema, make_schema
from agent.core.values import Json
from agent.errors import InvalidSchema

SUITE = Path(__file__).resolve().parents[4] / "shared" / "data" / "suite" / "tests"
DIALECTS = {
    "draft2020-12": "https://json-schema.org/draft/2020-12/schema",
    "draft7": "http://json-schema.org/draft-07/schema#",
}
CROSSING = "dynamic scopes across resources are resolved when the schema is read"
FREE = "a metaschema of its own vocabulary is read as 2020-12 with all of its vocabularies"
CONTENT = "content keywords are annotations in every draft"
DISAGREEMENTS = {
    ("optional/dynamicRef.json", "integer property passes"): CROSSING,
    ("optional/dynamicRef.json", "string property fails"): CROSSING,
    ("vocabulary.json", "no validation: invalid number, but it still validates"): FREE,
    ("optional/content.json", "an invalid JSON document"): CONTENT,
    (
        "optional/content.json",
        "an invalid base64 string (% is not a valid character)",
    ): CONTENT,
    ("optional/content.json", "a validly-encoded invalid JSON document"): CONTENT,
    ("optional/content.json", "an invalid base64 string that is valid JSON"): CONTENT,
}
"""Every case of the suite that is judged otherwise, by file and description, and why."""


def holds(schema: Schema, document: Json) -> bool:
    """Return whether the search takes a document for a member."""
    root = Root("schema", schema.document)
    graph = Graph((root,))
    goal = frozenset({graph.literal(schema.document, root)})
    return Search(graph).is_member(goal, document)


def _groups(draft: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the groups of a draft but those that assert formats, which are annotations here."""
    folder = SUITE / draft
    for path in sorted(folder.rglob("*.json")):
        name = path.relative_to(folder).as_posix()
        if not name.startswith("optional/format"):
            for group in json.loads(path.read_text(encoding="utf-8")):
                yield name, group


def _read(document: Json, dialect: Dialect | None) -> Schema | None:
    try:
        return make_schema(document, dialect=dialect)
    except InvalidSchema:
        return None


@pytest.mark.skipif(not SUITE.is_dir(), reason="the shared suite is not here")
@pytest.mark.parametrize("draft", DIALECTS)
def test_is_member__in_the_official_suite__is_what_the_suite_says(draft: str) -> None:
    """At least 98 % of the cases that are read agree, and the others are explained one by one."""
    count, otherwise = 0, set()
    for name, group in _groups(draft):
        schema = _read(group["schema"], find_dialect(DIALECTS[draft]))
        for case in group["tests"] if schema is not None else ():
            count += 1
            if schema is not None and holds(schema, case["data"]) is not case["valid"]:
                otherwise.add((name, case["description"]))
    assert count > 1000
    assert len(otherwise) <= 0.02 * count
    assert otherwise <= DISAGREEMENTS.keys()


@pytest.mark.parametrize("name", ["plain", "a%41 b/c~ é", "0", "patternProperties"])
@pytest.mark.parametrize("holder", ["properties", "patternProperties"])
def test_is_member__of_what_is_not_reasoned_about__is_what_the_engine_says(
    holder: str, name: str
) -> None:
    """A `oneOf` of too many arms is tested by the engine, wherever in a schema it stands."""
    key = name if holder == "properties" else f"^[[{name[0]}]"
    many = {"oneOf": [{"const": value} for value in range(150)] + [{"const": 7}]}
    schema = make_schema(
        {holder: {key: many, "other": {"$ref": "#/$defs/0"}}, "$defs": {"0": many}}
    )
    assert holds(schema, {name: 5})
    assert not holds(schema, {name: 7})
    assert not holds(schema, {name: 150})
    assert not holds(schema, {"other": 7})


def test_is_member__of_a_whole_document_that_recurs__is_what_the_engine_says() -> None:
    """References of what the engine is asked about still mean the whole document."""
    arms = [{"const": value} for value in range(150)]
    schema = make_schema({"oneOf": [*arms, {"type": "array", "items": {"$ref": "#"}}]})
    assert holds(schema, [1, [2, [3]]])
    assert not holds(schema, [1, [2, ["3"]]])
