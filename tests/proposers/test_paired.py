from __future__ import annotations

from typing import Any

import pytest

from agent.errors import PayloadRefused
from tests.core.verify.making import INT, TEXT, array, obj
from tests.proposers.small_tasks import adapt, note, propose, rules

CALLS = obj("calls", calls=array(obj("ship", ship=TEXT, pilot=TEXT, depth=INT)))
VISITS = obj("visits", visits=array(obj("vessel", vessel=TEXT, pilot=TEXT, draught=INT)))


def calls(*ships: str) -> Any:
    """Return a pair of a payload with calls and the visits that are expected of it."""
    return (
        {"calls": [{"ship": ship, "pilot": f"pilot of {ship}"} for ship in ships]},
        {"visits": [{"vessel": ship} for ship in ships]},
    )


def test_propose__pairs_of_an_array__one_row_per_item() -> None:
    """An array that pairs explain is a row with a loop, not one long expression."""
    contract = obj("visits", visits=array(obj("vessel", vessel=TEXT)))
    proposed = propose(CALLS, contract, pairs=[calls("a", "b"), calls("c")])
    (row,) = rules(proposed)
    assert (row["target"], row["each"]) == ("/visits", "src.calls")
    assert adapt(proposed, calls("x", "y")[0]) == {"visits": [{"vessel": "x"}, {"vessel": "y"}]}


def test_propose__field_that_pairs_show_to_stay_absent__is_not_fed_by_its_name() -> None:
    """A name speaks for a field; pairs in which its source is there and it is not speak louder."""
    proposed = propose(CALLS, VISITS, pairs=[calls("a", "b"), calls("c")])
    assert adapt(proposed, calls("x")[0]) == {"visits": [{"vessel": "x"}]}


def test_propose__field_and_source_that_no_pair_shows__fed_by_name_and_type() -> None:
    """An optional field that pairs do not show is fed by its namesake, which they do not show
    either."""
    after = obj("ship", ship=TEXT, pilot=TEXT)
    contract = obj("vessel", vessel=TEXT, pilot=TEXT)
    pairs = [({"ship": text}, {"vessel": text}) for text in ("a", "b", "c")]
    proposed = propose(after, contract, pairs=pairs)
    assert adapt(proposed, {"ship": "x", "pilot": "p"}) == {"vessel": "x", "pilot": "p"}


def test_propose__field_of_map_entries_that_no_pair_shows__fed_by_name_within_the_entry() -> None:
    """What pairs do not show of the entries of a map is read from the same entry."""
    ship = obj("ship", ship=TEXT, pilot=TEXT)
    visit = obj("vessel", vessel=TEXT, pilot=TEXT)
    after = obj("berths", berths={"type": "object", "additionalProperties": ship})
    contract = obj("berths", berths={"type": "object", "additionalProperties": visit})
    pairs = [
        ({"berths": {key: {"ship": text}}}, {"berths": {key: {"vessel": text}}})
        for key, text in (("n1", "a"), ("s2", "b"), ("w3", "c"))
    ]
    proposed = propose(after, contract, pairs=pairs)
    payload = {"berths": {"e4": {"ship": "x", "pilot": "p"}, "e5": {"ship": "y"}}}
    wanted = {"berths": {"e4": {"vessel": "x", "pilot": "p"}, "e5": {"vessel": "y"}}}
    assert adapt(proposed, payload) == wanted


def test_propose__field_in_an_array_of_one_that_no_pair_shows__fed_by_name() -> None:
    """What pairs do not show is fed too where the source object becomes an array of one."""
    after = obj("quay", quay=TEXT, calls=array(obj("ship", ship=TEXT, pilot=TEXT)))
    visit = obj("vessel", vessel=TEXT, pilot=TEXT)
    contract = obj("quays", quays=array(obj("name", name=TEXT, visits=array(visit))))
    pairs = [
        (
            {"quay": quay, "calls": [{"ship": ship} for ship in ships]},
            {"quays": [{"name": quay, "visits": [{"vessel": ship} for ship in ships]}]},
        )
        for quay, ships in (("n", "ab"), ("s", "c"), ("w", "def"))
    ]
    proposed = propose(after, contract, pairs=pairs)
    payload = {"quay": "e", "calls": [{"ship": "x", "pilot": "p"}]}
    wanted = {"quays": [{"name": "e", "visits": [{"vessel": "x", "pilot": "p"}]}]}
    assert adapt(proposed, payload) == wanted


def test_propose__field_that_no_pair_shows_and_a_converted_namesake_feeds__asks() -> None:
    """A namesake of another type may feed a field of unseen items, but a person has to say so."""
    after = obj("ships", ships=array(obj("name", name=TEXT, pilot=INT)))
    contract = obj("visits", visits=array(obj("vessel", vessel=TEXT, pilot=TEXT)))
    pairs = [
        ({"ships": [{"name": text}]}, {"visits": [{"vessel": text}]}) for text in ("a", "b", "c")
    ]
    proposed = propose(after, contract, pairs=pairs)
    assert proposed.verification.decision_needed
    assert note(proposed, "/visits/*/pilot").is_ambiguous


def test_propose__pairs_that_two_fields_explain__asks_which_is_right() -> None:
    """Two fields that agree on every pair are both shown; neither is taken for granted."""
    after = obj("length width", length=INT, width=INT)
    contract = obj("extent", extent=INT)
    pairs = [({"length": n, "width": n}, {"extent": n}) for n in (3, 4, 5)]
    proposed = propose(after, contract, pairs=pairs)
    said = note(proposed, "/extent")
    assert said.is_ambiguous
    assert {one.expression for one in said.alternatives} >= {"src.width"}
    assert proposed.verification.decision_needed


def test_propose__constant_in_all_pairs__asks() -> None:
    """A text that is the same in all pairs may be a constant, or chance."""
    contract = obj("ship port", ship=TEXT, port=TEXT)
    pairs = [({"ship": text}, {"ship": text, "port": "Oslo"}) for text in ("a", "b", "c")]
    proposed = propose(obj("ship", ship=TEXT), contract, pairs=pairs)
    assert note(proposed, "/port").question == "no source field says so: is it always 'Oslo'?"
    assert proposed.verification.decision_needed


def test_propose__constant_with_a_namesake_that_no_pair_shows__gives_way_to_it_and_asks() -> None:
    """What pairs show without a field is the value for its absence, and a person confirms it."""
    after = obj("ship", ship=TEXT, flag=TEXT)
    contract = obj("ship flag", ship=TEXT, flag=TEXT)
    pairs = [({"ship": text}, {"ship": text, "flag": "NO"}) for text in ("a", "b", "c")]
    proposed = propose(after, contract, pairs=pairs)
    assert adapt(proposed, {"ship": "x", "flag": "SE"}) == {"ship": "x", "flag": "SE"}
    assert adapt(proposed, {"ship": "x"}) == {"ship": "x", "flag": "NO"}
    assert proposed.verification.decision_needed


def test_propose__constant_that_the_contract_fixes__does_not_ask() -> None:
    """What a constant or a single enum value says needs no person, in one pair or in many."""
    contract = obj("berth", berth={"const": "north"})
    proposed = propose(CALLS, contract, pairs=[(calls("a")[0], {"berth": "north"})] * 2)
    assert rules(proposed) == [{"target": "/berth", "value": "'north'"}]
    assert not note(proposed, "/berth").is_ambiguous
    assert not proposed.verification.decision_needed


def test_propose__read_that_the_source_may_leave_out__is_required_or_left_out() -> None:
    """Pairs show a read always there; where the source may leave it out the contract decides."""
    after = obj("", ship=TEXT, flag={"type": ["string", "null"]})
    contract = obj("vessel", vessel=TEXT, flag=TEXT)
    pairs = [
        ({"ship": text, "flag": text.upper()}, {"vessel": text, "flag": text.upper()})
        for text in ("ab", "cd", "ef")
    ]
    proposed = propose(after, contract, pairs=pairs)
    assert adapt(proposed, {"ship": "x", "flag": None}) == {"vessel": "x"}
    with pytest.raises(PayloadRefused, match="requires vessel"):
        adapt(proposed, {"flag": "NO"})


def test_propose__first_item_of_arrays_of_one__asks() -> None:
    """Where every array has one item, pairs do not say which item of several is meant."""
    after, contract = obj("crew", crew=array(TEXT)), obj("skipper", skipper=TEXT)
    pairs = [({"crew": [text]}, {"skipper": text}) for text in ("a", "b", "c")]
    proposed = propose(after, contract, pairs=pairs)
    assert note(proposed, "/skipper").is_ambiguous
    assert proposed.verification.decision_needed


def test_propose__object_of_optional_fields_only__is_written_with_those_no_pair_shows() -> None:
    """An object that may be empty is still there, and what pairs do not show of it is fed."""
    cranes = array(obj("lift", lift=INT))
    after = obj("port", port=obj("", draught=INT, cranes=cranes))
    contract = obj("port", port=obj("", depth=INT, cranes=cranes))
    pairs = [({"port": {"draught": n}}, {"port": {"depth": n}}) for n in (1, 2, 3)]
    proposed = propose(after, contract, pairs=pairs)
    lifts = [{"lift": 5}]
    given = {"port": {"draught": 4, "cranes": lifts}}
    assert adapt(proposed, given) == {"port": {"depth": 4, "cranes": lifts}}
    assert adapt(proposed, {"port": {}}) == {"port": {}}


def test_propose__object_that_pairs_show_unchanged__only_what_is_declared_is_copied() -> None:
    """A pair without the differing fields does not make an object a whole copy."""
    after = obj("ships", ships=array(obj("hull", hull=obj("kind", kind=TEXT, planks=TEXT))))
    hull = obj("kind", kind=TEXT, planks=array(TEXT))
    contract = obj("ships", ships=array(obj("hull", hull=hull)))
    pairs = [({"ships": [{"hull": {"kind": text}}]},) * 2 for text in ("oak", "elm", "ash")]
    proposed = propose(after, contract, pairs=pairs)
    given = {"ships": [{"hull": {"kind": "oak", "planks": "p1"}}]}
    assert adapt(proposed, given) == {"ships": [{"hull": {"kind": "oak", "planks": ["p1"]}}]}


def test_propose__required_list_of_an_optional_array__is_empty_without_it() -> None:
    """A list that is made item by item has no items where the source has no array."""
    after = obj("port", port=TEXT, ships=array(obj("name", name=TEXT)))
    contract = obj("port visits", port=TEXT, visits=array(obj("vessel", vessel=TEXT)))
    pairs = [
        (
            {"port": "Oslo", "ships": [{"name": text}]},
            {"port": "Oslo", "visits": [{"vessel": text}]},
        )
        for text in ("a", "b", "c")
    ]
    proposed = propose(after, contract, pairs=pairs)
    assert adapt(proposed, {"port": "Oslo"}) == {"port": "Oslo", "visits": []}


def test_propose__object_with_a_field_that_the_contract_does_not_name__is_not_copied_whole() -> (
    None
):
    """What the contract does not name stays behind, though no pair shows it."""
    crew = obj("mate", mate=TEXT, cook=TEXT)
    pairs = [({"crew": {"mate": one}}, {"crew": {"mate": one}}) for one in ("Ida", "Bo")]
    proposed = propose(
        obj("crew", crew=crew), obj("crew", crew=obj("mate", mate=TEXT)), pairs=pairs
    )
    assert adapt(proposed, {"crew": {"mate": "Al", "cook": "Bea"}}) == {"crew": {"mate": "Al"}}


def test_propose__optional_text_of_one_that_is_always_there__left_out_when_empty() -> None:
    """Nothing else would make it absent; where a pair shows an empty one, it is kept."""
    after = obj("ship pilot", ship=TEXT, pilot=TEXT)
    contract = obj("vessel", vessel=TEXT, steered_by=TEXT)
    pairs = [
        ({"ship": ship, "pilot": pilot}, {"vessel": ship, "steered_by": pilot})
        for ship, pilot in (("a", "Ann"), ("b", "Bo"))
    ]
    unmanned = {"ship": "x", "pilot": ""}
    assert adapt(propose(after, contract, pairs=pairs), unmanned) == {"vessel": "x"}
    shown = (unmanned, {"vessel": "x", "steered_by": ""})
    assert adapt(propose(after, contract, pairs=[*pairs, shown]), unmanned) == shown[1]


def test_propose__object_of_the_name_that_holds_the_declared_one__the_inner_one() -> None:
    """Where pairs show null without an object, one is taken from what wraps it in the source."""
    papers = obj("number", number=TEXT)
    after = obj("ship", ship=TEXT, papers=obj("sealed", sealed=papers))
    contract = obj("vessel papers", vessel=TEXT, papers={**papers, "type": ["object", "null"]})
    pairs = [({"ship": one}, {"vessel": one, "papers": None}) for one in ("a", "b")]
    proposed = propose(after, contract, pairs=pairs)
    payload = {"ship": "x", "papers": {"sealed": {"number": "N-1"}}}
    assert adapt(proposed, payload) == {"vessel": "x", "papers": {"number": "N-1"}}


def test_propose__unseen_field_of_items_of_an_array_absent_when_empty__fed_by_name() -> None:
    """Items of an array that is left out when it is empty get what pairs do not show of them."""
    call = obj("ship", ship=TEXT, is_late={"type": "boolean"}, pilot=TEXT)
    visit = obj("vessel", vessel=TEXT, pilot=TEXT)
    after = obj("calls", calls=array(call))
    contract = obj("", late=array(visit))
    pairs = [
        ({"calls": [{"ship": "a", "is_late": True}, {"ship": "b"}]}, {"late": [{"vessel": "a"}]}),
        ({"calls": [{"ship": "c", "is_late": False}]}, {}),
        ({"calls": [{"ship": "d", "is_late": True}]}, {"late": [{"vessel": "d"}]}),
    ]
    proposed = propose(after, contract, pairs=pairs)
    payload = {"calls": [{"ship": "x", "is_late": True, "pilot": "p"}, {"ship": "y"}]}
    assert adapt(proposed, payload) == {"late": [{"vessel": "x", "pilot": "p"}]}
    assert adapt(proposed, {"calls": []}) == {}


def test_propose__contract_says_which_items_it_wants__pairs_need_not_show_the_others() -> None:
    """What "only" says of flags holds too where pairs show no item that it leaves out."""
    flag = {"type": "boolean"}
    call = obj("ship is_late", ship=TEXT, is_late=flag, is_towed=flag)
    visits = {**array(obj("vessel", vessel=TEXT)), "description": "Only calls that are not late."}
    pairs = [
        ({"calls": [{"ship": ship, "is_late": False} for ship in ships]}, {"visits": ships})
        for ships in (["a", "b"], ["c"])
    ]
    shown = [(given, {"visits": [{"vessel": one} for one in w["visits"]]}) for given, w in pairs]
    after = obj("calls", calls=array(call))
    proposed = propose(after, obj("visits", visits=visits), pairs=shown)
    payload = {"calls": [{"ship": "x", "is_late": True}, {"ship": "y", "is_late": False}]}
    assert adapt(proposed, payload) == {"visits": [{"vessel": "y"}]}
    assert proposed.verification.decision_needed
    late = ({"calls": [{"ship": "d", "is_late": True}]}, {"visits": [{"vessel": "d"}]})
    denied = propose(after, obj("visits", visits=visits), pairs=[*shown, late])
    assert adapt(denied, payload) == {"visits": [{"vessel": "x"}, {"vessel": "y"}]}


def test_propose__optional_object_read_from_one_that_may_be_absent__absent_with_it() -> None:
    """Pairs in which the source object is there do not tell that an empty one is made without."""
    after = obj("ship", ship=TEXT, cargo=obj(kind=TEXT, hidden=TEXT))
    contract = obj("vessel", vessel=TEXT, load=obj(sort=TEXT))
    pairs: list[tuple[Any, Any]] = [
        ({"ship": "a", "cargo": {"hidden": "z"}}, {"vessel": "a", "load": {}}),
        ({"ship": "b", "cargo": {"kind": "oats"}}, {"vessel": "b", "load": {"sort": "oats"}}),
        ({"ship": "c", "cargo": {"kind": "hay"}}, {"vessel": "c", "load": {"sort": "hay"}}),
    ]
    proposed = propose(after, contract, pairs=pairs)
    assert adapt(proposed, {"ship": "x"}) == {"vessel": "x"}
    assert adapt(proposed, pairs[0][0]) == pairs[0][1]
