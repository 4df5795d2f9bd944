"""Contract maps made of other maps, of arrays with a key and of arrays side by side."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.verify.making import INT, TEXT, array, obj
from tests.proposers.small_tasks import adapt, propose, values


def mapped(value: Any) -> dict[str, Any]:
    """Return the schema of a map."""
    return {"type": "object", "additionalProperties": value}


@pytest.mark.parametrize(
    ("after", "contract", "payload", "output"),
    [
        pytest.param(
            obj("loaves", loaves=array(obj("id label", id=TEXT, label=TEXT))),
            obj("loaves", loaves=mapped(TEXT)),
            {"loaves": [{"id": "a", "label": "rye"}, {"id": "b", "label": "oat"}]},
            {"loaves": {"a": "rye", "b": "oat"}},
            id="an array with a key",
        ),
        pytest.param(
            obj("loaves", loaves=array(obj("code grams", code=TEXT, grams=INT))),
            obj("loaves", loaves=mapped(obj("grams", grams=INT))),
            {"loaves": [{"code": "a", "grams": 3}]},
            {"loaves": {"a": {"grams": 3}}},
            id="an array with a key, as objects",
        ),
        pytest.param(
            obj("cakes bakers", cakes=array(TEXT), bakers=array(TEXT)),
            obj("cakes", cakes=mapped(TEXT)),
            {"cakes": ["rye", "oat"], "bakers": ["Ada", "Ben"]},
            {"cakes": {"rye": "Ada", "oat": "Ben"}},
            id="arrays side by side",
        ),
        pytest.param(
            obj("prices", prices=mapped(obj("cents", cents=INT))),
            obj("prices", prices=mapped(INT)),
            {"prices": {"rye": {"cents": 4}}},
            {"prices": {"rye": 4}},
            id="a map of objects as one of their fields",
        ),
    ],
)
def test_propose__contract_map__entries_made_of_items(
    after: Any, contract: Any, payload: Any, output: Any
) -> None:
    """The entries of a map come from what tells items apart."""
    assert adapt(propose(after, contract), payload) == output


def test_propose__same_map__taken_over_as_it_is() -> None:
    """A map that fits is not taken to pieces."""
    schema = obj("prices", prices=mapped(INT))
    assert values(propose(schema, schema)) == {"/prices": "src.prices"}


def test_propose__map_described_by_an_arrow__keys_and_values_as_said() -> None:
    """`Dotted path -> text` makes keys of a path and values of the field that is said."""
    item = obj("path note shelf", path=array(TEXT), note=TEXT, shelf=TEXT)
    notes = {**mapped(TEXT), "description": "Dotted path of the drawer -> note"}
    contract = obj("notes count", notes=notes, count={**INT, "description": "Number of notes"})
    given = [{"path": ["a", "b"], "note": "rye", "shelf": "x"}]
    assert adapt(propose(array(item), contract), given) == {"notes": {"a.b": "rye"}, "count": 1}
