"""Hostile and real files: read, or refused with a helpful message, and soon (TRUST S7)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.core.contract import payload_validator
from agent.errors import InvalidDocument, InvalidSchema
from agent.formats.documents import load_file
from agent.formats.schemas import load_schema, read_schema
from tests.timing import within

INGEST = Path(__file__).resolve().parents[3] / "shared" / "data" / "ingest"
OTHER_FORMATS = (".avsc", ".proto", ".graphql", ".sql")


def _files(folder: str) -> list[Path]:
    """Return the files of a folder that are JSON or YAML, none when it is not here."""
    found = sorted((INGEST / folder).glob("*"))
    return [path for path in found if path.is_file() and path.suffix not in OTHER_FORMATS]


def _wanted(name: str) -> str:
    notes = json.loads((INGEST / "hostile" / "README.json").read_text())["files"]
    return next((note["want"] for note in notes if note["file"] == name), "")


@pytest.mark.parametrize("path", _files("hostile"), ids=lambda path: path.name)
def test_hostile_file__loaded__is_read_or_refused_in_a_second(path):
    """No hang, no crash, no other error; what must be refused is, what must load does."""

    def load() -> tuple[bool, str, str]:
        try:
            schema = load_schema(str(path))
            payload_validator(schema)
            assert schema.fields
        except (InvalidDocument, InvalidSchema) as error:
            return False, str(error), error.help
        return True, "", ""

    is_read, message, help_given = within(2, load)
    assert is_read or help_given
    want = _wanted(path.name)
    if want in ("accept", "reject") and "openapi" not in path.name:
        assert is_read is (want == "accept"), message


@pytest.mark.parametrize("path", _files("openapi"), ids=lambda path: path.name)
def test_openapi_file__with_components__reads_each_of_them(path):
    """Every component of real API descriptions is read, or its fault is named."""
    document = load_file(str(path))
    prefix = "/definitions/" if "swagger" in document else "/components/schemas/"
    names = document.get("definitions") or document.get("components", {}).get("schemas", {})
    for name in list(names)[:: 1 + len(names) // 12]:
        escaped = name.replace("~", "~0").replace("/", "~1")
        assert read_schema(document, pointer=prefix + escaped).fields


@pytest.mark.parametrize("path", _files("jsonschema"), ids=lambda path: path.name)
def test_jsonschema_file__of_a_real_project__is_read_unless_it_refers_outside(path):
    """Published schemas load; those that need other files say which."""
    try:
        is_read, message = bool(load_schema(str(path)).fields), ""
    except InvalidSchema as error:
        is_read, message = False, str(error)
    assert is_read or "leads out of the document" in message


def test_large_openapi_file__with_a_pointer__costs_what_the_component_costs():
    """A component of a 4 MB description loads in about a second."""
    path = INGEST.parent / "pairs" / "stripe" / "2022-04-12.json"
    if not path.is_file():
        pytest.skip("the large description is not here")
    schema = within(2, lambda: load_schema(f"{path}#/components/schemas/address"))
    assert schema.field("/city") is not None
