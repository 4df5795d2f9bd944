"""What a proposer may see of a fixture case."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.core.contract import payload_validator, undeclared
from agent.errors import InvalidCase
from agent.formats.cases import load_case_inputs

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"


def _write(path: Path, document: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Make the folder of a small case whose card and held-out files cannot be read."""
    _write(tmp_path / "source_after.schema.json", {"type": "object"})
    _write(tmp_path / "contracts" / "zoo.schema.json", {"type": "object"})
    _write(tmp_path / "contracts" / "ape.schema.json", {"type": "string"})
    _write(tmp_path / "samples" / "02.json", {"payload": {"n": 2}})
    _write(tmp_path / "samples" / "01.json", {"payload": {"n": 1}, "expected": {"zoo": {}}})
    (tmp_path / "case.json").write_text("not JSON")
    (tmp_path / "heldout").mkdir()
    (tmp_path / "heldout" / "01.json").write_text("not JSON")
    return tmp_path


def test_load_case_inputs__of_a_case__reads_schemas_contracts_and_samples(case):
    """Contracts come by consumer, samples by file; the card and held-out files stay closed."""
    inputs = load_case_inputs(str(case))
    assert inputs.before is None
    assert inputs.after.field("").types == {"object"}
    assert [contract.consumer for contract in inputs.contracts] == ["ape", "zoo"]
    assert [sample.payload["n"] for sample in inputs.samples] == [1, 2]
    assert inputs.samples[0].expected_by("zoo") == ({},)


def test_load_case_inputs__with_the_old_schema__reads_it_too(case):
    """The schema before the change is optional."""
    _write(case / "source_before.schema.json", {"type": "array"})
    before = load_case_inputs(str(case)).before
    assert before is not None
    assert before.field("").types == {"array"}


def test_load_case_inputs__without_samples__has_none(case):
    """A case may have no samples to learn from."""
    for path in (case / "samples").iterdir():
        path.unlink()
    assert load_case_inputs(str(case)).samples == ()


@pytest.mark.parametrize("name", ["source_after.schema.json", "contracts"])
def test_load_case_inputs__of_another_folder__is_refused(case, name):
    """Without a new schema or any contract there is no case."""
    (case / name).rename(case / "elsewhere")
    with pytest.raises(InvalidCase):
        load_case_inputs(str(case))


def test_load_case_inputs__of_every_shared_case__fits_together():
    """All payloads are valid under their source, all expectations under their contract.

    Nothing in them is undeclared, so that the gold itself is never refuted.
    """
    if not CASES.is_dir():
        pytest.skip("the shared cases are not here")
    folders = sorted(path.parent for path in CASES.rglob("source_after.schema.json"))
    for folder in folders:
        inputs = load_case_inputs(str(folder))
        for sample in inputs.samples:
            assert payload_validator(inputs.after).violations(sample.payload) == (), folder
            for contract in inputs.contracts:
                for expected in sample.expected_by(contract.consumer):
                    assert contract.violations(expected) == (), folder
                    assert undeclared(contract.schema, expected) == (), folder
    assert len(folders) == 100
