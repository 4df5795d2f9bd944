"""`driftmend diff`: what changed, in every form, with the right exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import SOURCE, Ran

Driftmend = Callable[..., Ran]
Write = Callable[[str, Any], Path]

AFTER = {
    "type": "object",
    "properties": {"key": {"type": "integer"}, "team": {"type": "string"}},
    "required": ["key"],
}


@pytest.fixture
def pair(write: Write) -> tuple[Path, Path]:
    """Return two versions: a field is gone, another came."""
    return write("before.json", SOURCE), write("after.json", AFTER)


def test_diff__without_a_gate__exits_0(driftmend: Driftmend, pair: tuple[Path, Path]) -> None:
    """A breaking diff exits 0 unless the gate asks."""
    ran = driftmend("diff", *pair)
    assert ran.code == 0
    assert "/full_name" in ran.out
    assert not ran.out.endswith("\n\n")


def test_diff__with_the_gate__exits_1_only_for_whom_it_breaks(
    driftmend: Driftmend, pair: tuple[Path, Path], write: Write
) -> None:
    """`--fail-on breaking` is 1 when met, for the direction that is asked about."""
    narrowed = {**SOURCE, "required": ["key", "full_name"]}
    before, after = pair[0], write("narrowed.json", narrowed)
    gate = ("--fail-on", "breaking")
    assert driftmend("diff", before, after, *gate).code == 0
    assert driftmend("diff", before, after, "--direction", "request", *gate).code == 1
    assert driftmend("diff", before, before, *gate).code == 0


def test_diff__as_json__is_one_document(driftmend: Driftmend, pair: tuple[Path, Path]) -> None:
    """JSON output is one document with verdict and changes, and nothing on standard error."""
    for flags in (("--format", "json"), ("--json",)):
        ran = driftmend("diff", *pair, *flags)
        assert (ran.code, ran.err) == (0, "")
        assert {change["path"] for change in ran.json["changes"]} >= {"/full_name"}
        assert (ran.json["direction"], ran.json["policy"]) == ("response", "declared")


def test_diff__a_witness__is_shown_in_every_form(driftmend: Driftmend, write: Write) -> None:
    """What decided is said, and a payload that shows it."""
    narrowed = {**SOURCE, "required": ["key", "full_name"]}
    pair = write("old.json", SOURCE), write("new.json", narrowed)
    asked = ("diff", *pair, "--direction", "request")
    shown = driftmend(*asked, "--json").json
    assert shown["decided_by"] == "inclusion"
    assert "full_name" not in shown["witness"]
    assert "decided by inclusion" in driftmend(*asked).out
    assert "witness: {" in driftmend(*asked).out
    assert "Witness: <code>" in driftmend(*asked, "--format", "markdown").out


def test_diff__as_markdown__is_a_table(driftmend: Driftmend, pair: tuple[Path, Path]) -> None:
    """Markdown output is a table to post."""
    assert "|---|" in driftmend("diff", *pair, "--format", "markdown").out


def test_diff__of_components__reads_pointers_into_openapi(
    driftmend: Driftmend, write: Write
) -> None:
    """`FILE#/pointer` compares components of one OpenAPI document, in YAML too."""
    path = write(
        "api.yaml",
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  schemas:\n"
        "    A: {type: object, properties: {id: {type: integer}}, required: [id]}\n"
        "    B: {type: object, properties: {id: {type: string}}, required: [id]}\n",
    )
    one, two = (f"{path}#/components/schemas/{name}" for name in "AB")
    ran = driftmend("diff", one, two, "--json", "--fail-on", "breaking")
    assert (ran.code, ran.json["changes"][0]["check"]) == (1, "type-changed")
    ran = driftmend("diff", path, two)
    assert ran.code == 2
    assert "the names are A, B" in ran.err


@pytest.mark.parametrize("arguments", [(), ("only-one.json",)])
def test_diff__without_two_schemas__is_unusable(
    driftmend: Driftmend, arguments: tuple[str, ...]
) -> None:
    """Two schemas are needed."""
    ran = driftmend("diff", *arguments)
    assert ran.code == 2
    assert "BEFORE and AFTER" in ran.err


API = """openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /pets:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
      responses: {200: {description: ok}}
components:
  schemas:
    Pet: {type: object, properties: {id: {type: integer}, tag: {type: string}}REQUIRED}
"""


@pytest.fixture
def apis(write: Write) -> tuple[Path, Path]:
    """Return two OpenAPI documents in YAML: a property became required."""
    return (
        write("one.yaml", API.replace("REQUIRED", "")),
        write("two.yaml", API.replace("REQUIRED", ", required: [tag]")),
    )


def test_diff__of_whole_documents__tells_places_and_meets_the_gate(
    driftmend: Driftmend, apis: tuple[Path, Path]
) -> None:
    """Whole OpenAPI documents are compared, each payload in its own direction."""
    ran = driftmend("diff", *apis, "--json", "--fail-on", "breaking")
    (change,) = ran.json["changes"]
    assert (ran.code, ran.json["verdict"], ran.json["decided_by"]) == (1, "breaking", "inclusion")
    assert (change["at"], change["path"]) == ("/components/schemas/Pet", "/tag")
    assert change["places"] == ["POST /pets request"]
    assert "tag" not in ran.json["witness"]
    assert driftmend("diff", *apis).code == 0
    assert "reaches POST /pets request" in driftmend("diff", *apis).out
    assert "|---|" in driftmend("diff", *apis, "--format", "markdown").out
    assert driftmend("diff", apis[0], apis[0], "--json").json["verdict"] == "unchanged"


def test_diff__of_swagger_2_or_of_unlike_things__is_unusable(
    driftmend: Driftmend, apis: tuple[Path, Path], write: Write
) -> None:
    """Swagger 2 is not compared as a whole, nor a document with a schema."""
    old = write("old.json", {"swagger": "2.0", "paths": {}})
    ran = driftmend("diff", old, old)
    assert (ran.code, ran.out) == (2, "")
    assert "Swagger 2" in ran.err
    assert driftmend("diff", apis[0], write("schema.json", SOURCE)).code == 2


def _row(id: str, **given: Any) -> dict[str, Any]:
    row = {"kind": "jsonschema-2020-12", "before": {"type": "string"}, "direction": "request"}
    return {"id": id, "after": {"type": "string", "maxLength": 3}, **row, **given}


def test_diff__batch__answers_every_line_and_goes_on_after_a_bad_one(
    driftmend: Driftmend, write: Write
) -> None:
    """A row in, a line out, in order; a bad line is an error line under its id."""
    api = {"openapi": "3.0.0", "paths": {}}
    rows = [
        _row("narrowed"),
        _row("reader", direction="response"),
        _row("both", direction="none"),
        _row("old draft", kind="jsonschema-draft4", after={"type": "string", "const": 1}),
        _row("api", kind="openapi3", before=api, after=api),
        _row("unknown", kind="morse"),
        _row("no schema", before=7),
        _row("no direction", direction="sideways"),
    ]
    lines = [json.dumps(row) for row in rows]
    path = write("rows.ndjson", "\n".join([*lines[:2], "{nonsense", *lines[2:]]) + "\n")
    ran = driftmend("diff", "--batch", path)
    answers = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 2
    assert [(a["id"], a.get("verdict", "error")) for a in answers] == [
        ("narrowed", "breaking"),
        ("reader", "non-breaking"),
        (3, "error"),
        ("both", "breaking"),
        ("old draft", "unchanged"),
        ("api", "unchanged"),
        ("unknown", "error"),
        ("no schema", "error"),
        ("no direction", "error"),
    ]
    assert answers[0]["decided_by"] == "inclusion"
    assert len(answers[0]["witness"]) > 3
    assert answers[0]["changes"][0]["check"] == "bounds-narrowed"
    assert answers[0]["changes"][0]["path"] == ""


def test_diff__batch_with_a_gate__exits_1_when_some_row_breaks(
    driftmend: Driftmend, write: Write
) -> None:
    """`--fail-on breaking` is met by one breaking row."""
    path = write("rows.ndjson", json.dumps(_row("a")) + "\n")
    assert driftmend("diff", "--batch", path, "--fail-on", "breaking").code == 1
    assert driftmend("diff", "--batch", path).code == 0
