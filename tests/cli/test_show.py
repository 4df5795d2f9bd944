"""What a terminal shows: readable at 80 columns, coloured only there, inert whatever it quotes."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from agent.cli.show import (
    FINDINGS_SHOWN,
    payload_table,
    print_findings,
    print_verification,
    row_text,
    rule_table,
    safe,
    verdict_line,
)
from agent.core.language.document import read_adapter
from agent.core.language.syntax import EachRow, Literal, Name
from agent.core.verify.record import (
    Counterexample,
    CounterexampleKind,
    Finding,
    FindingSeverity,
    Verdict,
    Verification,
)
from tests.cli.running import CONTRACT, SOURCE

LONG = "src.a_rather_long_field_name.another_rather_long_field_name.and_yet_another_one"


def shown(renderable: object, *, width: int) -> str:
    """Return what a terminal of this width shows, without colour."""
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def verification(**changes: object) -> Verification:
    """Return a verification with what matters in a test."""
    known: dict[str, object] = {
        "verdict": Verdict.TESTED,
        "confidence": 0.9,
        "decision_needed": True,
        "tried": 7,
    }
    return Verification(**{**known, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [80, 120])
def test_rule_table__with_long_values__cuts_nothing(width: int) -> None:
    """A long expression is folded, never cut, at 80 and at 120 columns."""
    document = {
        "driftmend_adapter": 1,
        "name": "n",
        "source": "s",
        "source_fingerprints": [],
        "source_schema": SOURCE,
        "consumer": "c",
        "contract_fingerprint": "",
        "contract": CONTRACT,
        "rules": [{"target": "/deep", "rules": [{"target": "/id", "value": LONG}]}],
        "drops": [],
    }
    text = shown(rule_table(read_adapter(document), verification()), width=width)
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width
    folded = "".join(line.split("│")[1].strip() for line in text.splitlines() if "│" in line)
    assert LONG in folded
    assert "/deep/id" in text
    assert "group" not in text


def test_row__of_a_map__shows_its_key() -> None:
    """What names the fields of a map is read before what stands at them."""
    row = EachRow("/m", Name("src"), "x", key=Name("x"), value=Literal(1))
    assert row_text(row) == "each x in src by x: 1"


def test_payload__with_long_fields__has_one_line_per_field() -> None:
    """A payload is shown with one line per field of its root, cut at the end of the line."""
    text = shown(payload_table({"a": "x" * 500, "b": {"c": [1] * 300}, "d": None}), width=80)
    assert len(text.splitlines()) == 3
    assert all(len(line) <= 80 for line in text.splitlines())
    assert shown(payload_table([1, 2]), width=80).split() == ["[1,", "2]"]


def test_verdict__piped__has_no_escape_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """Colours are for terminals alone."""
    print_verification("billing", verification())
    out = capsys.readouterr().out
    assert out == "billing: tested, confidence 0.90, a person decides (7 payloads tried)\n"


def test_verdict__of_hostile_names__shows_them_literally() -> None:
    """Markup and control characters in a name are text."""
    line = verdict_line("[red]evil\x1b[2J\u202e", verification())
    text = shown(line, width=120)
    assert "[red]evil[U+001B][2J[U+202E]" in text
    assert shown(safe("[link=http://x]y[/link]"), width=80) == "[link=http://x]y[/link]\n"


def test_counterexample__when_there_is_one__shows_payload_output_and_violation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A counterexample shows what went in, what came out, what that breaks; long ones are cut."""
    payload = {"text": "x" * 5000}
    example = Counterexample(CounterexampleKind.CONTRACT, payload, {"id": None}, ())
    print_verification("billing", verification(verdict=Verdict.REFUTED, counterexample=example))
    out = capsys.readouterr().out
    assert "breaks the contract" in out
    assert '{"id": null}' in out
    assert len(out) < 1500


def test_findings__when_there_are_many__are_the_weightiest_ten(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At most ten findings are shown, errors first, and the rest is counted."""
    infos = [Finding("note", "", f"info {n}", FindingSeverity.INFO) for n in range(20)]
    print_findings([*infos, Finding("unfed", "/a", "no source", FindingSeverity.ERROR)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].strip() == "error unfed: no source"
    assert len(lines) == FINDINGS_SHOWN + 1 == 11
    assert "and 11 more findings" in lines[-1]


def test_unsatisfied__that_a_finding_tells__is_told_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A field that nothing feeds is told once, with its question when there is one."""
    finding = Finding("unfed", "/a", "nothing feeds /a; ask x", FindingSeverity.ERROR)
    print_verification(
        "billing",
        verification(verdict=Verdict.INFEASIBLE, unsatisfied=("/a", "/b"), findings=(finding,)),
    )
    out = capsys.readouterr().out
    assert out.count("nothing feeds /a") == 1
    assert out.count("nothing feeds /b") == 1
