"""A plain value whose name an object took over."""

from __future__ import annotations

from typing import Any

from tests.core.verify.making import TEXT, array, enum, obj
from tests.proposers.small_tasks import adapt, propose, unfed


def coded(*examples: str) -> dict[str, Any]:
    """Return an object around an array of codes with their systems."""
    code = {**TEXT, "examples": list(examples)}
    return obj("codes", codes=array(obj("code system", code=code, system=TEXT)))


def test_propose__object_of_the_same_name__its_part_with_allowed_values() -> None:
    """The part that is known to hold values of the contract's enum is read, of a list the first."""
    proposed = propose(obj("oven", oven=coded("lit")), obj("oven", oven=enum("lit", "cold")))
    given = {"oven": {"codes": [{"code": "cold", "system": "s"}, {"code": "lit", "system": "s"}]}}
    assert adapt(proposed, given) == {"oven": "cold"}
    assert "lossy" in {one.code for one in proposed.verification.findings}


def test_propose__object_of_other_values__not_taken_apart() -> None:
    """Parts of which no known value is allowed stay where they are."""
    assert unfed(propose(obj("oven", oven=coded("x")), obj("oven", oven=enum("lit", "cold")))) == {
        "/oven"
    }
