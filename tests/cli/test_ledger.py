"""`driftmend proposals`, `show`, `approve`, `reject` and `doctor`: the ledger without a server."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.settings import read_settings
from agent.wiring import build_service
from tests.cli.running import CONTRACT, RULES, SOURCE, Ran, assert_refused

Driftmend = Callable[..., Ran]
Write = Callable[[str, Any], Path]

COMMANDS = (
    ("proposals",),
    ("show", "x"),
    ("approve", "x", "--as", "me", "--reason", "fine"),
    ("reject", "x", "--as", "me", "--reason", "wrong"),
)


@pytest.fixture
def pending(home: Path) -> str:
    """Return the id of a proposal that waits for a decision."""
    service = build_service(read_settings(data_dir=home))
    service.put_source("people")
    service.report_version("people", SOURCE)
    service.put_contract("badges", "people", CONTRACT)
    document = {
        "driftmend_adapter": 1,
        "name": "people-to-badges",
        "source": "people",
        "source_fingerprints": [],
        "source_schema": SOURCE,
        "consumer": "badges",
        "contract_fingerprint": "",
        "contract": CONTRACT,
        "rules": RULES,
        "drops": [],
    }
    return service.import_adapter(document).id


def test_proposals__of_a_fresh_ledger__are_none(driftmend: Driftmend) -> None:
    """An empty ledger lists nothing, in words and as JSON."""
    assert driftmend("proposals").out == "no proposals\n"
    assert driftmend("proposals", "--json").json == []


def test_proposals__by_state__lists_those_alone(driftmend: Driftmend, pending: str) -> None:
    """`--state` lists the proposals in that state, and the id is never cut."""
    (one,) = driftmend("proposals", "--state", "pending", "--json").json
    assert (one["id"], one["verdict"]) == (pending, "proved")
    assert driftmend("proposals", "--state", "approved", "--json").json == []
    assert pending in driftmend("proposals").out


def test_show__of_a_proposal__has_adapter_verification_and_decisions(
    driftmend: Driftmend, pending: str
) -> None:
    """One proposal is shown with everything that a reviewer reads."""
    told = driftmend("show", pending, "--json").json
    assert told["adapter"]["rules"] == RULES
    assert told["verification"]["verdict"] == "proved"
    assert told["decisions"] == []
    driftmend("approve", pending, "--as", "ada", "--reason", "reads right")
    (decision,) = driftmend("show", pending, "--json").json["decisions"]
    assert (decision["kind"], decision["by"]) == ("approve", "ada")
    text = driftmend("show", pending).out
    assert "upper(src.full_name)" in text
    assert "approve by ada: reads right" in text


def test_approve__twice__is_a_no_the_second_time(driftmend: Driftmend, pending: str) -> None:
    """An approval makes the adapter active once; a second one is refused and changes nothing."""
    approve = ("approve", pending, "--as", "ada", "--reason", "reads right")
    assert driftmend(*approve).code == 0
    assert_refused(driftmend(*approve), code=1)
    ran = driftmend(*approve, "--json")
    assert (ran.code, "approved" in ran.json["error"]["found"]) == (1, True)
    assert len(driftmend("show", pending, "--json").json["decisions"]) == 1


def test_reject__of_a_proposal__files_the_reason(driftmend: Driftmend, pending: str) -> None:
    """A rejection is final and keeps who and why."""
    ran = driftmend("reject", pending, "--as", "ada", "--reason", "wrong field", "--json")
    assert (ran.code, ran.json["state"]) == (0, "rejected")
    assert_refused(driftmend("approve", pending, "--as", "b", "--reason", "c"), code=1)


@pytest.mark.parametrize("command", COMMANDS[1:])
def test_id__that_is_unknown__is_unusable(driftmend: Driftmend, command: tuple[str, ...]) -> None:
    """An id that the ledger does not know is told, and nothing is printed as JSON."""
    ran = driftmend(*command, "--json")
    assert_refused(ran, code=2)
    assert "x" in ran.err
    assert ran.out == ""


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("place", ["a file", "below a file", "nowhere"])
def test_data_dir__that_cannot_be_used__exits_3(
    driftmend: Driftmend, write: Write, command: tuple[str, ...], place: str
) -> None:
    """A data folder that is none is one message about the folder."""
    file = write("file", "x")
    folder = {"a file": file, "below a file": file / "x", "nowhere": Path("/proc/nowhere")}[place]
    ran = driftmend(*command, "--data-dir", folder)
    assert_refused(ran, code=3)
    assert str(folder) in ran.err
    assert "--data-dir" in ran.err
    assert file.read_text() == "x"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_data_dir__that_is_read_only__exits_3(
    driftmend: Driftmend, pending: str, home: Path
) -> None:
    """A ledger that cannot be written says so."""
    home.chmod(0o500)
    ran = driftmend("approve", pending, "--as", "a", "--reason", "b")
    home.chmod(0o700)
    assert_refused(ran, code=3)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the database exclusively from another process."""
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "c.execute('BEGIN EXCLUSIVE'); "
        "print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.communicate()


def test_ledger__that_another_process_holds__exits_3_and_loses_nothing(
    driftmend: Driftmend, pending: str, home: Path
) -> None:
    """A locked ledger is waited for, then told, as JSON too; afterwards everything is there."""
    with locked(home / "ledger.sqlite3"):
        ran = driftmend("approve", pending, "--as", "a", "--reason", "b", "--json")
        assert_refused(ran, code=3)
        assert "locked" in ran.err
        assert "locked" in ran.json["error"]["found"]
    assert driftmend("show", pending, "--json").json["state"] == "pending"


@pytest.mark.parametrize(
    "content", [b"not a database" * 500, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_ledger__that_is_damaged__exits_3_and_is_left_alone(
    driftmend: Driftmend, home: Path, content: bytes
) -> None:
    """A file that is no ledger is told and not overwritten."""
    home.mkdir()
    (home / "ledger.sqlite3").write_bytes(content)
    ran = driftmend("proposals", "--json")
    assert_refused(ran, code=3)
    assert "error" in ran.json
    assert (home / "ledger.sqlite3").read_bytes() == content


def test_ledger__of_another_program__exits_3(driftmend: Driftmend, home: Path) -> None:
    """A database with unknown revisions is told."""
    home.mkdir()
    with sqlite3.connect(home / "ledger.sqlite3") as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    connection.close()
    assert_refused(driftmend("proposals"), code=3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DRIFTMEND_PORT", "abc"),
        ("DRIFTMEND_SEARCH_TRIES", "0"),
        ("DRIFTMEND_MEMORY", "maybe"),
        ("DRIFTMEND_DATABASE_URL", "mysql://secret:word@x/y"),
        ("DRIFTMEND_DATABASE_URL", "no url"),
    ],
)
def test_settings__that_cannot_be_used__exit_2_without_echo(
    driftmend: Driftmend, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """A bad variable is named, and a secret in it is not shown."""
    monkeypatch.setenv(name, value)
    ran = driftmend("proposals")
    assert_refused(ran, code=2)
    assert "word" not in ran.err


@pytest.mark.usefixtures("pending")
def test_doctor__on_a_whole_house__is_ok(driftmend: Driftmend) -> None:
    """Every part that works has one line, and the exit is 0."""
    ran = driftmend("doctor", "--json")
    assert ran.code == 0, ran.out
    assert {check["name"] for check in ran.json} >= {"ledger", "memory", "embeddings", "audit log"}
    assert all(check["ok"] for check in ran.json)
    assert driftmend("doctor").out.count("ok  ") == len(ran.json)


def test_doctor__on_a_broken_ledger__still_looks_at_the_rest(
    driftmend: Driftmend, home: Path
) -> None:
    """One broken part is a FAIL line and exit 1; the others are looked at too."""
    home.mkdir()
    (home / "ledger.sqlite3").write_bytes(b"no database" * 1000)
    ran = driftmend("doctor", "--json")
    assert ran.code == 1
    assert {check["name"]: check["ok"] for check in ran.json}["embeddings"]
    assert sum(not check["ok"] for check in ran.json) == 1


def test_doctor__asked_to_rebuild__fills_the_memory_from_the_ledger(
    driftmend: Driftmend, pending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory is made anew from approved rules; with memory off that cannot be done."""
    driftmend("approve", pending, "--as", "ada", "--reason", "reads right")
    ran = driftmend("doctor", "--rebuild-memory", "--json")
    assert_refused(ran, code=3)
    monkeypatch.setenv("DRIFTMEND_MEMORY", "on")
    ran = driftmend("doctor", "--rebuild-memory", "--json")
    assert (ran.code, ran.json["prior_mappings"]) == (0, 2)
