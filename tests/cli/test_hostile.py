"""Files that are not what they should be: one clear message, the right exit code, no traceback."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import Ran, assert_refused, run_process

Driftmend = Callable[..., Ran]
Write = Callable[[str, Any], Path]

HOSTILE: dict[str, bytes | str | None] = {
    "missing": None,
    "empty": b"",
    "blank": b" \n\t\n",
    "binary": bytes(range(256)),
    "latin1": '{"größe": 1}'.encode("latin-1"),
    "utf16": '{"type": "strange"}'.encode("utf-16"),
    "gzip": b"\x1f\x8b\x08\x00\x00",
    "nul": b"\x00" * 64,
    "word": "hello",
    "sentence": "this: is: not: yaml",
    "tabs": "a:\n\t- b\n",
    "cut off": '{"type": "object", "properties": {',
    "comma": '{"type": "object",}',
    "comment": '// a\n{"type": "object"}',
    "single quotes": "{'type': 'object'}",
    "two documents": '{"type": "object"}{"type": "object"}',
    "yaml documents": "--- {type: object}\n--- {type: object}\n",
    "repeated key": '{"type": "object", "type": "array"}',
    "NaN": '{"minimum": NaN}',
    "surrogate": r'{"title": "\ud800"}',
    "deep": "[" * 100_000,
    "deep object": '{"a":' * 5000 + "1" + "}" * 5000,
    "long integer": "1" * 5000,
    "number": "7",
    "null": "null",
    "text": '"object"',
    "array": "[1, 2, 3]",
    "payload": '{"order_id": "A-1", "total": 12.5}',
    "bad type": '{"type": "objekt"}',
    "bad properties": '{"type": "object", "properties": []}',
    "bad required": '{"type": "object", "required": "id"}',
    "bad pattern": '{"type": "string", "pattern": "("}',
    "dangling ref": '{"$ref": "#/$defs/none"}',
    "remote ref": '{"$ref": "https://schemas.example/a.json"}',
    "file ref": '{"$ref": "file:///etc/passwd"}',
    "relative ref": '{"$ref": "../secret.json#/a"}',
    "ref number": '{"$ref": 7}',
    "ref itself": '{"$ref": "#"}',
    "unknown dialect": '{"$schema": "https://schemas.example/mine", "type": "object"}',
    "openapi": '{"openapi": "3.0.3", "info": {}, "paths": {}}',
    "openapi 9": '{"openapi": "9.9", "components": {"schemas": {"A": {}}}}',
    "yaml tag": "!!python/object/apply:os.system ['true']",
    "yaml bomb": "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"{b}: &{b} [{', '.join(['*' + a] * 10)}]\n" for a, b in zip("abcdefgh", "bcdefghi")),  # noqa: B905
    "yaml loop": "a: &a [*a]\n",
    "adapter 2": '{"driftmend_adapter": 2}',
    "adapter alone": '{"driftmend_adapter": 1}',
    "adapter rules": '{"driftmend_adapter": 1, "rules": "src"}',
    "escape": '{"type": "\\u001b[31m\\u202e"}',
    "huge": '{"title": "' + "x" * (17 * 1024 * 1024) + '"}',
}


@pytest.fixture
def hostile(write: Write, tmp_path: Path) -> Callable[[str], Path]:
    """Return a call that writes one of the hostile files."""

    def call(name: str) -> Path:
        content = HOSTILE[name]
        return tmp_path / "missing.json" if content is None else write("hostile", content)

    return call


@pytest.mark.parametrize("name", HOSTILE)
def test_command__on_a_hostile_file__never_shows_a_traceback(
    driftmend: Driftmend, write: Write, adapter: Path, hostile: Callable[[str], Path], name: str
) -> None:
    """Whatever a file holds, wherever it is named: an exit code of the design and clear words."""
    bad, good = hostile(name), write("good.json", {"type": "object"})
    calls: list[tuple[object, ...]] = [
        ("diff", bad, good),
        ("diff", good, f"{bad}#/a/b", "--json"),
        ("verify", bad),
        ("verify", adapter, "--schema", bad),
        ("verify", adapter, "--contract", bad, "--json"),
        ("verify", adapter, "--samples", bad),
        ("apply", bad, good),
        ("apply", adapter, bad),
        ("apply", adapter, bad, "--items"),
        ("explain", bad, good, "/id"),
        ("explain", adapter, bad, "/id"),
        ("propose", "--after", bad, "--contract", f"a={good}"),
        ("propose", "--after", good, "--contract", f"a={bad}", "--json"),
        ("propose", "--after", good, "--contract", f"a={good}", "--in-force", f"a={bad}"),
        ("propose", "--case", bad),
        ("eval", bad),
        ("eval", "fixtures/mastodon", "--baseline", bad) if name == "missing" else ("eval", bad),
    ]
    for call in calls:
        ran = driftmend(*call)
        said = (call, ran.code, ran.err[-2000:])
        assert ran.code in (0, 1, 2, 4), said
        assert "Traceback" not in ran.err, said
        assert "\x1b" not in ran.err + ran.out, said
        if ran.code == 2:
            assert ran.out == "", said
            assert len([x for x in ran.err.splitlines() if x.startswith("driftmend")]) == 1, said
        elif "--json" in call:
            json.loads(ran.out)


SCHEMA_FAULTS = [
    name for name in HOSTILE if name not in ("payload", "huge", "adapter alone", "adapter 2")
]


@pytest.mark.parametrize("name", [*SCHEMA_FAULTS, "payload", "adapter alone", "adapter 2", "huge"])
def test_schema__that_is_none__is_one_clear_message(
    driftmend: Driftmend, write: Write, hostile: Callable[[str], Path], name: str
) -> None:
    """What is no schema exits 2 with one message that names the file and says what would help."""
    bad = hostile(name)
    ran = driftmend("diff", bad, write("good.json", {"type": "object"}))
    assert_refused(ran, code=2)
    assert bad.name in ran.err


def test_directory__in_place_of_a_file__is_one_clear_message(
    driftmend: Driftmend, adapter: Path, tmp_path: Path
) -> None:
    """A directory is no file."""
    for call in (("diff", tmp_path, tmp_path), ("verify", tmp_path), ("apply", adapter, tmp_path)):
        ran = driftmend(*call)
        assert_refused(ran, code=2)
        assert "directory" in ran.err


@pytest.mark.parametrize("seed", range(12))
def test_command__on_random_bytes__never_shows_a_traceback(
    driftmend: Driftmend, write: Write, adapter: Path, seed: int
) -> None:
    """A good adapter with random damage is read, refused, or used, but never crashes."""
    chance = random.Random(seed)
    data = bytearray(adapter.read_bytes())
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(data))
        data[at : at + chance.randrange(4)] = chance.choice(
            [b"", b'"', b"}", b"[", b"\\", b"\xff", b"null", b"1e9", b"src", b"$ref", b"*", b"\x00"]
        )
    bad = write("damaged.json", bytes(data))
    payload = write("payload.json", {"key": 1, "full_name": "Ada"})
    for call in (("verify", bad), ("apply", bad, payload), ("explain", bad, payload, "/id")):
        ran = driftmend(*call)
        assert ran.code in (0, 1, 2), (call, ran)
        assert "Traceback" not in ran.err


@pytest.mark.parametrize("name", ["binary", "deep", "remote ref", "yaml bomb"])
def test_process__on_a_hostile_file__exits_2(hostile: Callable[[str], Path], name: str) -> None:
    """The same holds for the command in a process of its own, where stacks are what they are."""
    bad = hostile(name)
    assert_refused(run_process("diff", bad, bad), code=2)
