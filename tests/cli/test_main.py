"""The command as a whole: its help, its exit codes, its streams."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.cli.exits import Exit, exit_for, worst
from agent.errors import Conflict, ContractBroken, InvalidSchema, NotFound, StoreUnavailable
from tests.cli.running import COMMAND, SOURCE, Ran, assert_refused, run_process

Driftmend = Callable[..., Ran]
Write = Callable[[str, Any], Path]

COMMANDS = (
    "propose",
    "apply",
    "explain",
    "verify",
    "diff",
    "includes",
    "export",
    "eval",
    "proposals",
    "show",
    "approve",
    "reject",
    "serve",
    "worker",
    "demo",
    "doctor",
)


@pytest.mark.parametrize("flags", [("--version",), ("--help",), ("propose", "--help")])
def test_help__when_asked__takes_under_half_a_second_of_cpu(flags: tuple[str, ...]) -> None:
    """`--help` and `--version` answer in under half a second of CPU."""

    def spent_s() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = spent_s()
    ran = run_process(*flags)
    assert ran.code == 0
    assert spent_s() - before < 0.5


def test_help__of_the_command__names_every_command_and_exit_code(driftmend: Driftmend) -> None:
    """The help lists the commands of the design, and what the exit codes mean."""
    text = driftmend("--help").out
    assert [name for name in COMMANDS if f"\n    {name}" not in text] == []
    assert "3 could not be" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_help__of_each_command__is_there(driftmend: Driftmend, name: str) -> None:
    """Every command explains itself."""
    ran = driftmend(name, "--help")
    assert ran.code == 0
    assert name in ran.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "adapter.json", "--to", "duckdb"),
        ("export", "--to", "duckdb", "adapter.json"),
        ("worker",),
        ("diff", "a.json", "b.json", "--format", "sarif"),
        ("diff", "a.json", "b.json", "--format", "junit"),
        ("diff", "a.json", "b.json", "--format", "github"),
    ],
)
def test_later__when_called__says_so(driftmend: Driftmend, arguments: tuple[str, ...]) -> None:
    """What comes with a later release says so and exits 2."""
    ran = driftmend(*arguments)
    assert_refused(ran, code=2)
    assert "comes with a later release" in ran.err
    assert ran.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("propose", "--cas", "x"),
        ("diff", "--fail-on", "info", "a", "b"),
        ("eval", "x", "--jobs", "0"),
        ("eval", "x", "--jobs", "²"),
        ("eval", "x", "--timeout", "nan"),
        ("eval", "x", "--timeout", "soon"),
        ("serve", "--port", "65536"),
        ("serve", "--port", "-1"),
        ("approve", "id"),
        ("approve", "id", "--as", " ", "--reason", "x"),
        ("approve", "id", "--as", "me", "--reason", ""),
        ("reject", "id", "--as", "me", "--reason", "\udcff"),
        ("show", "\udcff"),
        ("proposals", "--state", "lost"),
        ("proposals", "--data-dir", ""),
    ],
)
def test_call__that_is_unusable__exits_2(driftmend: Driftmend, arguments: tuple[str, ...]) -> None:
    """A call that cannot be understood exits 2 and says nothing on standard output."""
    ran = driftmend(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err


def test_codes__over_several_consumers__follow_the_precedence() -> None:
    """Over several consumers 2 wins over 3 over 1 over 4 over 0."""
    ranked = [Exit.UNUSABLE, Exit.UNKNOWN, Exit.NO, Exit.DECIDE, Exit.DONE]
    for index, code in enumerate(ranked):
        assert worst(reversed(ranked[index:])) is code
    assert worst([]) is Exit.DONE


def test_codes__of_errors__say_no_or_unusable_or_unknown() -> None:
    """A refusal is 1, an unusable input 2, a part that does not answer 3."""
    assert exit_for(Conflict(where="", found="")) is Exit.NO
    assert exit_for(ContractBroken(where="", found="")) is Exit.NO
    assert exit_for(InvalidSchema(where="", found="")) is Exit.UNUSABLE
    assert exit_for(NotFound(where="", found="")) is Exit.UNUSABLE
    assert exit_for(StoreUnavailable(where="", found="")) is Exit.UNKNOWN


def test_message__with_text_that_acts__shows_it_inert(driftmend: Driftmend, write: Write) -> None:
    """What a file holds cannot act on the terminal through a message."""
    path = write("evil.json", '{"type": "object", "properties": {"a\\u001b[2J\\u202e": 7}}')
    ran = driftmend("diff", path, path)
    assert_refused(ran, code=2)
    assert "\x1b" not in ran.err
    assert "\u202e" not in ran.err


def test_output__in_a_plain_locale__is_utf8(write: Write) -> None:
    """What is printed is UTF-8, whatever the locale says."""
    before = write("before.json", {"type": "object", "properties": {"größe": {"type": "string"}}})
    after = write("after.json", {"type": "object", "properties": {"x": {"type": "integer"}}})
    env = {
        "LC_ALL": "C",
        "PYTHONIOENCODING": "ascii",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }
    ran = run_process("diff", before, after, env=env)
    assert ran.code == 0
    assert "größe" in ran.out


def test_output__whose_reader_is_gone__ends_quietly_and_not_clean(
    adapter: Path, write: Write
) -> None:
    """A reader that leaves early makes no noise, and the answer does not read as clean."""
    path = write("in.ndjson", b'{"key": 1, "full_name": "Ada"}\n' * 10_000)
    with subprocess.Popen(
        [*COMMAND, "apply", str(adapter), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


def test_output__that_cannot_be_written__exits_3(write: Write) -> None:
    """A full disk behind standard output is one message and never reads as clean."""
    path = write("schema.json", SOURCE)
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "diff", str(path), str(path)],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr.decode().count("\n") == 1
    assert b"No space left" in done.stderr


def test_interrupt__while_reading__ends_quietly(adapter: Path) -> None:
    """Ctrl-C ends a command without a traceback."""
    with subprocess.Popen(
        [*COMMAND, "apply", str(adapter)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # A shell's background job ignores SIGINT, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b'{"key": 1}\n')
        process.stdin.flush()
        assert process.stdout.readline() == b'{"id":1}\n'
        os.kill(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == b""


def test_output__while_input_is_open__comes_line_by_line(adapter: Path) -> None:
    """A payload is answered when it arrives, not when the stream ends."""
    started = time.monotonic()
    with subprocess.Popen(
        [*COMMAND, "apply", str(adapter)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(b'{"key": %d}\n' % number)
            process.stdin.flush()
            assert process.stdout.readline() == b'{"id":%d}\n' % number
        process.stdin.close()
        assert process.wait(30) == 0
    assert time.monotonic() - started < 60
