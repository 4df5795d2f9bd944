"""Values with a new name, as descriptions tell."""

from __future__ import annotations

from agent.core.schema import FieldInfo, make_schema
from agent.core.synthesis.renamed_values import renamed_between, renamed_values


def field(description: str) -> FieldInfo:
    """Return a text with a description."""
    found = make_schema({"type": "string", "description": description}).field("")
    assert found is not None
    return found


def test_renamed_values__former_names__others_stay() -> None:
    """Former names become the new one, and every other value stays as it is."""
    told = "Grain or 'mixed' (the former 'various' and 'blend')"
    assert renamed_values(field(told)) == ({"various": "mixed", "blend": "mixed"}, True)


def test_renamed_values__arrows__are_a_whole_table() -> None:
    """Several arrows are a table; a single one is prose."""
    told = "Label: rye -> 'Dark rye'; oat -> 'Oat'"
    assert renamed_values(field(told)) == ({"rye": "Dark rye", "oat": "Oat"}, False)
    assert renamed_values(field("Name -> oven"))[0] == {}


def test_renamed_between__verb_between_two_values__new_for_old() -> None:
    """A value before the verb gets the one after it; one that the contract still has gets none."""
    told = "What is burnt is waste. Baked bread becomes ready; ready loaves are sold"
    given, wanted = ["burnt", "ready", "bread"], ["waste", "ready", "sold"]
    assert renamed_between(given, wanted, told) == {"burnt": "waste", "bread": "ready"}
    assert renamed_between(given, wanted, "Bread, and what is burnt") == {}
