"""Reading fixture cases for scoring."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.core.values import Json
from agent.errors import InvalidCase
from evals.cases import CaseKind, find_cases, load_case
from tests.evals.fakes import write, write_case


def test_find_cases__below_several_roots__finds_each_once_at_any_depth(tmp_path: Path) -> None:
    """Cases are found at any depth, once, in path order."""
    one = write_case(tmp_path / "a" / "b", "one")
    two = write_case(tmp_path / "a", "two")

    assert find_cases([str(tmp_path), str(tmp_path / "a")]) == sorted([str(one), str(two)])


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_find_cases__below_a_root_without_cases__says_so(tmp_path: Path, name: str) -> None:
    """A root that holds no case is an error, not an empty run that looks green."""
    (tmp_path / "empty").mkdir()

    with pytest.raises(InvalidCase, match=name):
        find_cases([str(tmp_path / name)])


def test_load_case__of_a_complete_folder__gives_all_of_it(tmp_path: Path) -> None:
    """A case carries its card, its consumers and its held-out payloads."""
    folder = write_case(tmp_path, "one", consumers=("b", "a"), infeasible=("b",))

    case = load_case(folder)

    assert (case.family, case.id, case.kind) == ("shop", "one", CaseKind.BY_EXAMPLE)
    assert case.consumers == ("a", "b")
    assert (case.infeasible_consumers, case.infeasible_fields) == (("b",), ("/count",))
    assert [one.payload for one in case.heldout] == [{"n": 1}, {"n": 2}]
    assert case.heldout[0].expected_by("a") == ({"count": 1},)
    assert case.heldout[0].expected_by("b") == ()


@pytest.mark.parametrize(
    ("card", "place"),
    [
        ({"kind": "guess"}, "kind"),
        ({"paired_samples": True}, "paired_samples"),
        ({"tolerance": 2}, "tolerance"),
        ({"tags": "a"}, "tags"),
        ({"title": None}, "title"),
        ({"surprise": 1}, "surprise"),
        ({"infeasible": {"consumers": ["nobody"], "fields": ["/x"]}}, "nobody"),
        ({"infeasible": {"consumers": ["till"], "fields": []}}, "infeasible"),
        ({"infeasible": {"consumers": ["till"]}}, "infeasible"),
    ],
)
def test_load_case__with_a_bad_card__names_the_key(tmp_path: Path, card: Json, place: str) -> None:
    """A broken `case.json` is refused with the key that is wrong."""
    folder = write_case(tmp_path, "one", card=card)

    with pytest.raises(InvalidCase, match=place):
        load_case(folder)


def test_load_case__with_a_held_out_file_of_another_shape__names_the_file(tmp_path: Path) -> None:
    """A held-out file without a payload is refused, not skipped."""
    folder = write_case(tmp_path, "one")
    write(folder / "heldout" / "03.json", {"n": 3})

    with pytest.raises(InvalidCase, match=r"03\.json"):
        load_case(folder)


def test_load_case__with_text_that_is_no_json__names_the_file(tmp_path: Path) -> None:
    """An unreadable card is an InvalidCase that names it."""
    folder = write_case(tmp_path, "one")
    (folder / "case.json").write_text(json.dumps({}) + "}", encoding="utf-8")

    with pytest.raises(InvalidCase, match=r"case\.json"):
        load_case(folder)
