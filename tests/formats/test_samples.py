"""Samples from folders and NDJSON."""

from __future__ import annotations

import json

import pytest

from agent.core.proposing import Sample
from agent.errors import InvalidDocument
from agent.formats.samples import infer_from_samples, load_samples, read_sample

PAIR = {"payload": {"id": 1}, "expected": {"billing": {"n": 1}, "audit": None}}


def test_load_samples__of_a_folder__reads_its_files_by_name(tmp_path):
    """Each file is one sample; they come in order of their names."""
    (tmp_path / "02.json").write_text(json.dumps({"payload": {"id": 2}}))
    (tmp_path / "01.json").write_text(json.dumps(PAIR, indent=1))
    (tmp_path / "notes.txt").write_text("no sample")
    found = load_samples(str(tmp_path))
    assert [sample.payload for sample in found] == [{"id": 1}, {"id": 2}]
    assert found[0].expected_by("billing") == ({"n": 1},)
    assert found[0].expected_by("audit") == (None,)
    assert found[1].expected == ()


@pytest.mark.parametrize("name", ["s.ndjson", "s.jsonl", "s.txt", "s.json"])
def test_load_samples__of_lines__reads_one_per_line(tmp_path, name):
    """NDJSON holds pairs or bare payloads; empty lines are skipped."""
    path = tmp_path / name
    path.write_text(f'{json.dumps(PAIR)}\n\n{{"id": 2}}\r\n[3]\n')
    assert [sample.payload for sample in load_samples(str(path))] == [{"id": 1}, {"id": 2}, [3]]


@pytest.mark.parametrize(
    "document", [{"payload": 1, "kind": "x"}, {"expected": {}}, {"id": 1}, [1], None, "x"]
)
def test_read_sample__of_anything_else__is_a_bare_payload(document):
    """Only `payload`, alone or with `expected`, makes a pair; a payload may use these words too."""
    assert read_sample(document) == Sample(payload=document)


def test_read_sample__with_a_wrong_expectation__is_refused():
    """`expected` maps consumers to outputs."""
    with pytest.raises(InvalidDocument, match="/expected is not an object"):
        read_sample({"payload": 1, "expected": [1]})


def test_load_samples__with_bad_lines__names_them_all(tmp_path):
    """One reading is enough to learn of every bad line."""
    path = tmp_path / "s.ndjson"
    path.write_text('{"id": 1}\nnot json\n{"id": 1e999}\n{"a": 1, "a": 2}\n')
    with pytest.raises(InvalidDocument) as caught:
        load_samples(str(path))
    assert [n for n in range(1, 5) if f"line {n}:" in str(caught.value)] == [2, 3, 4]


def test_load_samples__of_an_empty_folder__is_refused(tmp_path):
    """A folder without samples is a wrong path, most likely."""
    with pytest.raises(InvalidDocument, match="without samples"):
        load_samples(str(tmp_path))


def test_infer_from_samples__of_payloads__makes_a_schema():
    """Where no schema is given, the payloads show one."""
    schema = infer_from_samples([Sample(payload={"id": 1}), Sample(payload={"id": 2, "x": "y"})])
    assert [(info.path, info.is_required) for info in schema.fields[1:]] == [
        ("/id", True),
        ("/x", False),
    ]
