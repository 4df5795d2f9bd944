"""`driftmend diff`: what changed, in every form, with the right exit code."""

from __future__ import annotations

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
