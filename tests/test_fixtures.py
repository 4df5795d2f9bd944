"""The fixture suite keeps the case format of DESIGN section 9."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import referencing

from agent.core.values import Json
from agent.formats.cases import load_case_inputs
from evals.cases import CaseKind, consumers_of, find_cases, load_case

SUITE = Path(__file__).resolve().parents[1] / "fixtures"
FOLDERS = [Path(folder) for folder in find_cases([str(SUITE)])]
NAMES = ["/".join(folder.parts[-2:]) for folder in FOLDERS]
each_case = pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)


def read(path: Path) -> Json:
    """Return the JSON of a file."""
    return json.loads(path.read_text(encoding="utf-8"))


def rows(folder: Path, part: str) -> list[tuple[str, Json]]:
    """Return the files of `samples` or `heldout` by name."""
    return [(path.name, read(path)) for path in sorted((folder / part).glob("*.json"))]


def validator(schema: Json) -> jsonschema.Draft202012Validator:
    """Return a validator that fetches nothing."""
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema, registry=referencing.Registry())


@each_case
def test_case_card__of_every_case__is_complete(folder: Path) -> None:
    """`case.json` has every key, and id and family are the names of the folders."""
    case = load_case(folder)

    assert (case.family, case.id) == folder.parts[-2:]
    assert all([case.title, case.origin, case.license, case.how_gold_was_made, case.tags])
    assert (
        case.kind is not CaseKind.VERSION_CHANGE or (folder / "source_before.schema.json").exists()
    )
    assert (
        case.kind is CaseKind.VERSION_CHANGE or not (folder / "source_before.schema.json").exists()
    )


@each_case
def test_samples__of_every_case__are_few_and_counted(folder: Path) -> None:
    """A case has three to six samples, and `paired_samples` counts those with expected outputs."""
    samples = rows(folder, "samples")

    assert 3 <= len(samples) <= 6
    assert sum("expected" in row for _, row in samples) == load_case(folder).paired_samples


@each_case
def test_heldout__of_every_case__covers_every_feasible_consumer(folder: Path) -> None:
    """There are six to ten held-out payloads, each with an output for each feasible consumer."""
    case = load_case(folder)
    feasible = {name for name in case.consumers if case.is_feasible(name)}

    assert 6 <= len(case.heldout) <= 10
    for one in case.heldout:
        assert {name for name, _ in one.expected} == feasible, one.name


@each_case
@pytest.mark.parametrize("part", ["samples", "heldout"])
def test_payloads__of_every_case__are_valid(folder: Path, part: str) -> None:
    """Payloads are valid under the new schema, and expected outputs under the contracts."""
    source = validator(read(folder / "source_after.schema.json"))
    contracts = {
        name: validator(read(folder / "contracts" / f"{name}.schema.json"))
        for name in consumers_of(str(folder))
    }

    for name, row in rows(folder, part):
        assert set(row) <= {"payload", "expected"}, name
        assert not list(source.iter_errors(row["payload"])), name
        for consumer, expected in row.get("expected", {}).items():
            assert not list(contracts[consumer].iter_errors(expected)), (name, consumer)


@each_case
def test_heldout__of_every_case__is_not_a_sample(folder: Path) -> None:
    """No held-out payload is a sample too: it would score memory, not understanding."""
    samples = [row["payload"] for _, row in rows(folder, "samples")]

    assert not [name for name, row in rows(folder, "heldout") if row["payload"] in samples]


@each_case
def test_infeasible_fields__of_every_case__are_required_by_the_contract(folder: Path) -> None:
    """What makes a consumer infeasible is required, in required parents, and never expected."""
    case = load_case(folder)

    for consumer in case.infeasible_consumers:
        contract = read(folder / "contracts" / f"{consumer}.schema.json")
        for field in case.infeasible_fields:
            node = contract
            for key in field.split("/")[1:]:
                node = node["items"] if key == "*" else _required(node, key)
        for _, row in rows(folder, "samples") + rows(folder, "heldout"):
            assert consumer not in row.get("expected", {})


def _required(node: Json, key: str) -> Json:
    assert key in node["required"]
    return node["properties"][key]


@each_case
def test_case_inputs__of_every_case__load(folder: Path) -> None:
    """The loader of the proposer reads every case, with the same consumers."""
    inputs = load_case_inputs(str(folder))

    assert tuple(one.consumer for one in inputs.contracts) == consumers_of(str(folder))


def test_suite__as_a_whole__is_broad_and_gives_nothing_away() -> None:
    """There are 24 cases or more, 4 infeasible; a missing pair is no sign of infeasibility."""
    cases = [load_case(folder) for folder in FOLDERS]
    infeasible = [case for case in cases if case.infeasible_consumers]

    assert len(cases) >= 24
    assert len(infeasible) >= 4
    assert {case.kind for case in cases} == set(CaseKind)
    assert any(case.paired_samples == 0 for case in cases if not case.infeasible_consumers)
    assert any(len(case.consumers) > 1 for case in infeasible)
    assert all(case.paired_samples >= 2 for case in infeasible if len(case.consumers) > 1)


def test_payloads__from_before_the_change__are_valid_under_the_old_schema() -> None:
    """`samples_before` of a version change holds payloads of the old shape."""
    files = sorted(SUITE.glob("*/*/samples_before/*.json"))

    assert files
    for path in files:
        old = validator(read(path.parents[1] / "source_before.schema.json"))
        assert not list(old.iter_errors(read(path)["payload"])), path
