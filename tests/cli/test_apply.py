"""`driftmend apply`: payloads in, payloads out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.cli.apply import DIAGNOSES, SHORT
from tests.cli.running import Ran, assert_refused, run_process

Driftmend = Callable[..., Ran]
Write = Callable[[str, Any], Path]

ADA = {"key": 1, "full_name": "Ada"}
ADA_OUT = {"id": 1, "name": "ADA"}


def test_apply__on_lines__gives_a_line_each(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """NDJSON in, NDJSON out, in order; blank lines are passed over."""
    path = write("in.ndjson", '\n{"key":1,"full_name":"Ada"}\n\n{"key":2}\n')
    ran = driftmend("apply", adapter, path)
    assert (ran.code, ran.lines, ran.err) == (0, [ADA_OUT, {"id": 2}], "")


def test_apply__from_standard_input__is_the_default(adapter: Path) -> None:
    """Without a file, and with `-`, payloads come from standard input."""
    for more in ([], ["-"]):
        ran = run_process("apply", adapter, *more, stdin=b'{"key":1,"full_name":"Ada"}\n{"key":2}')
        assert (ran.code, ran.lines) == (0, [ADA_OUT, {"id": 2}])


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ADA, indent=2),
        "\n\n" + json.dumps(ADA, indent=1),
        '{"key": 1,\n "full_name": "Ada"}',
        '{"key":\n1,"full_name":"Ada"}',
        '{\n\n"key": 1, "full_name": "Ada"}\n\n',
        "\ufeff" + json.dumps(ADA, indent=4),
        '\r\n{"key": 1,\r\n "full_name": "Ada"}\r\n',
    ],
)
def test_apply__on_one_document_over_many_lines__reads_it(
    driftmend: Driftmend, adapter: Path, write: Write, text: str
) -> None:
    """One JSON document over many lines is one payload."""
    ran = driftmend("apply", adapter, write("in.json", text))
    assert (ran.code, ran.lines, ran.err) == (0, [ADA_OUT], "")


def test_apply__on_a_broken_document__names_its_line(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """A fault in a document over many lines is told with the line where it stands."""
    ran = driftmend("apply", adapter, write("in.json", '\n{\n"key": 1,\n\n"full_name": Ada\n}\n'))
    assert (ran.code, ran.out) == (1, "")
    assert "line 5" in json.loads(ran.err)["error"]["message"]


def test_apply__whose_first_line_is_cut_off__keeps_the_rest(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """A first line that was cut off costs that line alone."""
    path = write("in.ndjson", '{"key":1,\n\n{"key":2}\nnot json\n{"key":3}\n')
    ran = driftmend("apply", adapter, path, "--errors", "inline")
    assert ran.code == 1
    assert [line.get("id") or line["error"]["line"] for line in ran.lines] == [1, 2, 4, 3]


@pytest.mark.parametrize("text", ["", "\n", " \n\n\t\n"])
@pytest.mark.parametrize("flags", [(), ("--items",)])
def test_apply__on_nothing__gives_nothing(
    driftmend: Driftmend, adapter: Path, write: Write, text: str, flags: tuple[str, ...]
) -> None:
    """Empty input is no payload: no output, exit 0."""
    ran = driftmend("apply", adapter, write("in.ndjson", text), *flags)
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_apply__with_items__takes_a_root_array_apart(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """With `--items`, a root array is many payloads, numbered from 1."""
    path = write("in.json", [ADA, {"key": "x"}, {"key": 3}])
    ran = driftmend("apply", adapter, path, "--items", "--errors", "inline")
    assert ran.code == 1
    assert ran.lines[0] == ADA_OUT
    assert ran.lines[1]["error"]["line"] == 2
    assert ran.lines[2] == {"id": 3}


def test_apply__with_items_of_which_some_are_bad__tells_them_and_goes_on(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """A root array goes on behind a bad item, up to where its syntax is lost."""
    path = write("in.json", '[{"key":1},{"key":nope},\n{"key":3}},{"key":4,"key":4},{"key":5},{"k')
    ran = driftmend("apply", adapter, path, "--items", "--errors", "inline")
    assert ran.code == 1
    assert [line.get("id") or line["error"]["line"] for line in ran.lines] == [1, 2, 3, 4, 5, 6]
    assert ["error" in line for line in ran.lines] == [False, True, True, True, False, True]
    assert "item 2, column 8" in ran.lines[1]["error"]["message"]


def test_apply__on_many_bad_payloads__looks_into_the_first_ones(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """After so many failing payloads of a batch, the next are told in short, each with its line."""
    path = write("in.ndjson", '{"key":"x"}\n' * (DIAGNOSES + 1) + '{"a":1,"a":1}\n{"key":4}\n')
    ran = driftmend("apply", adapter, path, "--errors", "inline")
    *told, short, repeated, good = ran.lines
    assert (ran.code, len(told), good) == (1, DIAGNOSES, {"id": 4})
    assert {line["error"]["source"] for line in told} == {"/key"}
    assert short["error"]["found"] == SHORT
    assert (short["error"]["line"], repeated["error"]["line"]) == (DIAGNOSES + 1, DIAGNOSES + 2)
    assert "repeated key" in repeated["error"]["message"]


def test_apply__with_items_on_an_object__is_unusable(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """`--items` on something else than an array is an unusable call."""
    ran = driftmend("apply", adapter, write("in.json", ADA), "--items")
    assert_refused(ran, code=2)
    assert "leave out --items" in ran.err


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('{"key": "1"}', "not of type"),
        ('{"full_name": "Ada"}', "required"),
        ("key: 1", "expecting value"),
        ('{"key": 1, "key": 2}', "twice"),
        ('{"key": NaN}', "NaN"),
        ('{"key": 1} {"key": 2}', "extra data"),
        ("[1, 2]", "not of type"),
        ("null", "not of type"),
        ("\x00", "expecting value"),
        ("[" * 2000, "deep"),
        ('{"key": 1e999}', "64-bit float"),
    ],
)
def test_apply__on_a_bad_line__tells_its_number_and_goes_on(
    driftmend: Driftmend, adapter: Path, write: Write, line: str, found: str
) -> None:
    """A payload that fails is an error with its line, the others come out, and the exit is 1."""
    path = write("in.ndjson", f'{{"key":1}}\n\n{line}\n{{"key":4}}\n')
    ran = driftmend("apply", adapter, path)
    assert (ran.code, ran.lines) == (1, [{"id": 1}, {"id": 4}])
    (error,) = [json.loads(text)["error"] for text in ran.err.splitlines()]
    assert error["line"] == 3
    assert found in error["message"]
    assert " line 1" not in error["message"]


def test_apply__with_errors_inline__keeps_one_line_per_payload(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """With `--errors inline` an error stands where its output would."""
    path = write("in.ndjson", '{"key":1}\n{"key":"x"}\n{"key":3}\n')
    ran = driftmend("apply", adapter, path, "--errors", "inline")
    assert (ran.code, ran.err) == (1, "")
    assert [("error" in line) for line in ran.lines] == [False, True, False]
    assert ran.lines[1]["error"]["source"] == "/key"


def test_apply__whose_rule_fails__names_target_source_and_operation(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """A rule that fails says which target, what it read, and what could not be done."""
    document = json.loads(adapter.read_text())
    document["rules"][0]["value"] = "number(src.full_name)"
    path = write("failing.json", document)
    ran = driftmend("apply", path, write("in.ndjson", ADA), "--errors", "inline")
    error = ran.lines[0]["error"]
    assert ran.code == 1
    assert (error["target"], error["source"], error["operation"]) == ("/id", "/full_name", "number")


def test_apply__on_a_long_line__refuses_that_line_alone(
    driftmend: Driftmend, adapter: Path, write: Write
) -> None:
    """A line beyond the limit of a document is refused without reading on in it."""
    long = b'{"key": 2, "full_name": "' + b"x" * (34 * 1024 * 1024) + b'"}'
    path = write("in.ndjson", b'{"key":1}\n' + long + b'\n{"key":3}\n')
    ran = driftmend("apply", adapter, path)
    assert (ran.code, ran.lines) == (1, [{"id": 1}, {"id": 3}])
    assert json.loads(ran.err)["error"]["line"] == 2


def test_apply__on_a_long_array__needs_bounded_memory(adapter: Path, write: Write) -> None:
    """A root array is not gathered either, however long; one item is held at a time."""
    item = json.dumps({"key": 1, "full_name": "x" * 100_000}).encode()
    path = write("in.json", b"[" + item)
    with path.open("ab") as file:
        for _ in range(1000):
            file.write(b",\n" + item)
        file.write(b"]")
    code = (
        "import sys; from agent.cli.main import main; code = main(sys.argv[1:]); "
        "said = open('/proc/self/status').read().split('VmHWM:')[1].split()[0]; "
        "print(code, said, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "apply", str(adapter), str(path), "--items"],
        capture_output=True,
        check=True,
        timeout=120,
    )
    exit_code, peak_kib = map(int, done.stderr.split())
    assert exit_code == 0
    assert done.stdout.count(b"\n") == 1001
    assert peak_kib < 200 * 1024


def test_apply__on_a_long_stream__needs_bounded_memory(adapter: Path, write: Write) -> None:
    """A stream is not gathered: a hundred megabytes pass through a process of ordinary size."""
    line = json.dumps({"key": 1, "full_name": "x" * 100_000}).encode() + b"\n"
    path = write("in.ndjson", b"")
    with path.open("ab") as file:
        for _ in range(1000):
            file.write(line)
    code = (
        "import sys; from agent.cli.main import main; code = main(sys.argv[1:]); "
        "said = open('/proc/self/status').read().split('VmHWM:')[1].split()[0]; "
        "print(code, said, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "apply", str(adapter), str(path)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=True,
        timeout=120,
    )
    exit_code, peak_kib = map(int, done.stderr.split())
    assert exit_code == 0
    assert peak_kib < 200 * 1024


def test_apply__on_hostile_text__prints_nothing_that_acts_on_a_terminal(
    driftmend: Driftmend, write: Write
) -> None:
    """Error lines are JSON with what could act or hide written out, in values and in keys."""
    document = {
        "driftmend_adapter": 1,
        "name": "example",
        "source": "source",
        "source_fingerprints": [],
        "source_schema": {},
        "consumer": "consumer",
        "contract_fingerprint": "",
        "contract": {},
        "rules": [{"target": "/t", "value": "[number(e.value) for e in entries(src)]"}],
        "drops": [],
    }
    payload = {"k\u202eé": "x\u202e\u009b31m"}
    path = write("in.ndjson", json.dumps(payload, ensure_ascii=False))
    ran = driftmend("apply", write("adapter.json", json.dumps(document)), path)
    assert ran.err.strip().isprintable()
    error = json.loads(ran.err)["error"]
    assert error["source"] == "/k\u202eé"
    assert error["found"] == 'the text "x[U+202E][U+009B]31m", not a number'
    assert "source /k[U+202E]é: number" in error["message"]
