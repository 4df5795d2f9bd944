"""`driftmend propose`: an adapter per consumer, its verification, and the files of both."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agent.cli.exits import Exit
from agent.cli.propose import exit_of
from agent.errors import InvalidSchema
from tests.cli.running import CONTRACT, SOURCE, Ran, assert_refused, run_process

Driftmend = Callable[..., Ran]
Write = Callable[[str, Any], Path]

AFTER = {
    "type": "object",
    "properties": {"id": {"type": "integer"}, "display_name": {"type": "string"}},
    "required": ["id"],
}
BADGES = {**CONTRACT, "additionalProperties": False}
IMPOSSIBLE = {
    "type": "object",
    "properties": {"fasting": {"type": "boolean"}},
    "required": ["fasting"],
}
KEYS = {
    "verdict",
    "confidence",
    "decision_needed",
    "adapter",
    "unsatisfied",
    "findings",
    "counterexample",
}
FIXTURES = Path(__file__).parents[2] / "fixtures"


def test_propose__for_two_consumers__prints_the_shape_of_the_design(
    driftmend: Driftmend, write: Write
) -> None:
    """One JSON document with a verification per consumer; the worst consumer sets the exit."""
    badges, vitals = write("badges.json", BADGES), write("vitals.json", IMPOSSIBLE)
    after = write("after.json", AFTER)
    ran = driftmend(
        *("propose", "--after", after, "--contract", f"badges={badges}", f"vitals={vitals}"),
        *("--json", "--model", "off"),
    )
    assert ran.code == 1
    assert ran.json.keys() == {"consumers", "seconds", "model"}
    assert ran.json["model"] is None
    for told in ran.json["consumers"].values():
        assert told.keys() >= KEYS
        assert told["verdict"] in ("proved", "tested", "refuted", "infeasible")
        assert 0 <= told["confidence"] <= 1
    assert ran.json["consumers"]["vitals"]["unsatisfied"] == ["/fasting"]


def test_propose__with_out__writes_both_files_per_consumer(
    driftmend: Driftmend, write: Write, tmp_path: Path
) -> None:
    """`--out` holds an adapter that `verify` and `apply` take, and the printed verification."""
    out, after = tmp_path / "deep" / "out", write("after.json", AFTER)
    contract = f"badges={write('badges.json', BADGES)}"
    ran = driftmend("propose", "--after", after, "--contract", contract, "--out", out, "--json")
    assert sorted(path.name for path in out.iterdir()) == [
        "badges.adapter.json",
        "badges.verification.json",
    ]
    told = ran.json["consumers"]["badges"]
    assert json.loads((out / "badges.adapter.json").read_text()) == told["adapter"]
    written = json.loads((out / "badges.verification.json").read_text())
    assert written["verdict"] == told["verdict"]
    is_no = told["verdict"] in ("refuted", "infeasible")
    assert driftmend("verify", out / "badges.adapter.json").code == is_no


def test_propose__for_an_unchanged_schema__carries_the_identity_over(
    driftmend: Driftmend, write: Write
) -> None:
    """A contract that equals BEFORE has the identity in force, and keeps it when nothing moves."""
    path = write("source.json", SOURCE)
    ran = driftmend(
        "propose", "--before", path, "--after", path, "--contract", f"same={path}", "--json"
    )
    told = ran.json["consumers"]["same"]
    assert told["verdict"] == "proved"
    assert told["adapter"]["rules"] == [{"target": "", "copy": "src"}]


def test_propose__of_a_case__never_opens_card_or_heldout(
    driftmend: Driftmend, write: Write, tmp_path: Path
) -> None:
    """`--case` reads schemas, contracts and samples; a broken card or held-out file is not seen."""
    case = tmp_path / "case"
    write("case/case.json", "not json")
    write("case/heldout/01.json", "not json")
    write("case/source_after.schema.json", AFTER)
    write("case/contracts/badges.schema.json", BADGES)
    write("case/samples/01.json", {"payload": {"id": 1}, "expected": {"badges": {"id": 1}}})
    ran = driftmend("propose", "--case", case, "--json")
    assert ran.code in (0, 1, 4)
    assert list(ran.json["consumers"]) == ["badges"]


def test_propose__as_text__shows_verdict_and_rules(driftmend: Driftmend, write: Write) -> None:
    """Without `--json` the verdict and the rule table are for people."""
    contract = f"badges={write('badges.json', BADGES)}"
    ran = driftmend("propose", "--after", write("after.json", AFTER), "--contract", contract)
    assert "badges: proved" in ran.out
    assert "src.id" in ran.out
    assert ran.err == ""


def test_propose__whose_consumer_could_not_be_evaluated__is_3() -> None:
    """A consumer without an answer is 3, which wins over every answer of the others."""
    assert exit_of(InvalidSchema(where="", found="")) is Exit.UNKNOWN


def test_propose__with_json_on_a_terminal_free_call__prints_nothing_else(write: Write) -> None:
    """With `--json` standard output is the document alone and standard error is silent."""
    contract = f"badges={write('badges.json', BADGES)}"
    ran = run_process(
        "propose", "--after", write("after.json", AFTER), "--contract", contract, "--json"
    )
    assert ran.json["consumers"]["badges"]["verdict"] == "proved"
    assert ran.err == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["badges"], "NAME=FILE"),
        (["=badges.json"], "NAME=FILE"),
        (["badges="], "NAME=FILE"),
        (["a/b=badges.json"], "NAME=FILE"),
        (["\udcff=badges.json"], "NAME=FILE"),
        (["badges=nowhere.json"], "nowhere.json"),
        (["a=x.json", "a=y.json"], "twice"),
    ],
)
def test_propose__with_a_malformed_contract__is_unusable(
    driftmend: Driftmend, write: Write, given: list[str], said: str
) -> None:
    """A NAME=FILE that is none is told with what would help, and nothing is printed."""
    ran = driftmend(
        "propose", "--after", write("after.json", AFTER), "--json", "--contract", *given
    )
    assert_refused(ran, code=2)
    assert said in ran.err
    assert ran.out == ""


def test_propose__with_a_stranger_in_force__is_unusable(
    driftmend: Driftmend, write: Write, adapter: Path
) -> None:
    """An adapter in force needs a contract of the same name."""
    contract = f"badges={write('badges.json', BADGES)}"
    ran = driftmend(
        *("propose", "--after", write("after.json", AFTER), "--contract", contract),
        *("--in-force", f"other={adapter}"),
    )
    assert_refused(ran, code=2)
    assert "'other'" in ran.err


def test_propose__without_anything__is_unusable(driftmend: Driftmend) -> None:
    """A call without a schema or contract says what to give."""
    assert_refused(driftmend("propose"), code=2)
    assert_refused(driftmend("propose", "--case", "x", "--after", "y"), code=2)
    assert_refused(driftmend("propose", "--case", ""), code=2)


@pytest.mark.parametrize("out", ["adapter.json", "adapter.json/below", "/proc/nowhere", ""])
def test_propose__with_a_folder_that_cannot_be_written__says_so_first(
    driftmend: Driftmend, write: Write, adapter: Path, out: str
) -> None:
    """An unwritable `--out` ends the call before the work."""
    contract = f"badges={write('badges.json', BADGES)}"
    place = "" if out == "" else adapter.parent / out
    ran = driftmend(
        *("propose", "--after", write("after.json", AFTER), "--contract", contract),
        *("--out", place, "--json"),
    )
    assert_refused(ran, code=2)
    assert ran.out == ""
