"""`driftmend includes`: verdicts, witnesses and exit codes, one pair or many."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import Ran, run_process

Driftmend = Callable[..., Ran]
Write = Callable[[str, Any], Path]

LOOK_AHEAD = {"type": "string", "pattern": "^x(?=.*a)"}


@pytest.mark.parametrize(
    ("super_", "sub", "code", "verdict"),
    [
        ({"type": "number"}, {"type": "integer"}, 0, "yes"),
        ({"type": "integer"}, {"type": "number"}, 1, "no"),
        ({"type": "string", "pattern": "a"}, LOOK_AHEAD, 3, "unknown"),
    ],
)
def test_includes__of_two_files__says_so_by_its_code(
    driftmend: Driftmend, write: Write, *, super_: Any, sub: Any, code: int, verdict: str
) -> None:
    """0 is yes, 1 is no, 3 is unknown; SUPER comes first."""
    paths = write("super.json", super_), write("sub.json", sub)
    ran = driftmend("includes", *paths, "--json")
    assert (ran.code, ran.json["verdict"]) == (code, verdict)
    assert driftmend("includes", *paths).out.startswith(verdict)


def test_includes__when_no__shows_a_witness(driftmend: Driftmend, write: Write) -> None:
    """The witness is valid under SUB and not under SUPER."""
    paths = write("super.json", {"maxLength": 2}), write("sub.json", {"type": "string"})
    witness = driftmend("includes", *paths, "--json").json["witness"]
    assert isinstance(witness, str)
    assert len(witness) > 2


def test_includes__when_unknown__names_keyword_and_place(
    driftmend: Driftmend, write: Write
) -> None:
    """The reason says what stopped the proof, and where it stands."""
    sub = {"type": "object", "required": ["k"], "properties": {"k": LOOK_AHEAD}}
    over = {"properties": {"k": {"pattern": "a"}}}
    ran = driftmend("includes", write("c.json", over), write("s.json", sub), "--json")
    assert ran.json["reason"].startswith("pattern at s")
    assert "#/properties/k" in ran.json["reason"]


def test_batch__of_lines__answers_each_and_goes_on_after_a_bad_one() -> None:
    """Answers carry ids and times; a bad line is an error line; the worst code wins."""
    lines = [
        {"id": "a", "s": {"exclusiveMinimum": True, "minimum": 1}, "c": True, "draft": "draft4"},
        {"id": "b", "s": {"type": "null"}, "c": {"type": "string"}},
        {"id": "c", "s": {"type": "nul"}, "c": {}},
        {"id": "d", "s": {}, "c": {}, "draft": "draft99"},
        {"id": "e"},
    ]
    text = "\n".join([*map(json.dumps, lines), "{"])
    ran = run_process("includes", "--batch", "-", stdin=text.encode())
    assert ran.code == 2
    assert [line.get("verdict") for line in ran.lines] == ["yes", "no", None, None, None, None]
    assert [line["id"] for line in ran.lines] == ["a", "b", "c", "d", "e", 6]
    assert all("error" in line or line["ms"] >= 0 for line in ran.lines)
    assert ran.lines[1]["witness"] is None


def test_includes__without_two_schemas__is_unusable(driftmend: Driftmend) -> None:
    """The call says what it lacks."""
    ran = driftmend("includes")
    assert ran.code == 2
    assert "SUPER and SUB" in ran.err


def test_includes__with_formats__asserts_them(driftmend: Driftmend, write: Write) -> None:
    """`format` is an annotation until it is asked for; then a witness has the format of SUB."""
    paths = write("super.json", {"format": "date"}), write("sub.json", {"type": "string"})
    assert driftmend("includes", *paths).code == 0
    assert driftmend("includes", *paths, "--formats").code == 1
    assert driftmend("includes", paths[0], paths[0], "--formats").code == 0
