"""A harbour's API changes its shape: what pairs of old and new payloads show of that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.core.language.absence import MISSING
from agent.core.language.printer import print_expression
from agent.core.matching.score import name_similarity
from agent.core.schema import make_schema
from agent.core.synthesis.examples import equal, value_of
from agent.core.synthesis.explaining import Explainer
from agent.core.synthesis.explanation import Explanation
from agent.core.synthesis.scope import Scope
from tests.core.language.trees import OBJECTS
from tests.core.verify.making import INT, NUMBER, TEXT, array, enum, obj

BOOLEAN = {"type": "boolean"}


def explainer(contract: Any, *, work: int = 200_000, least_work: int = 0) -> Explainer:
    """Return an explainer of a contract that knows no source field but by its name."""
    return Explainer(
        make_schema(contract),
        lambda source, target, _: name_similarity(source, target),
        {},
        lambda _, __: True,
        work=work,
        least_work=least_work,
    )


def explained(
    contract: Any, pairs: Sequence[tuple[Any, Any]], *, work: int = 200_000
) -> Explanation | None:
    """Return what explains the whole output of every pair."""
    scope = Scope({"src": ""}, tuple({"src": payload} for payload, _ in pairs))
    return explainer(contract, work=work).explain_field("", [wanted for _, wanted in pairs], scope)


def learnt(contract: Any, pairs: Sequence[tuple[Any, Any]], payload: Any) -> Any:
    """Return what the explanation of the pairs makes of another payload."""
    made = explained(contract, pairs)
    assert made is not None
    return value_of(made.expression, {"src": payload})


BERTH = obj("code metres", code=TEXT, metres=INT)
BERTHS = obj("berths", berths=array(BERTH))


@pytest.mark.parametrize(
    ("contract", "pairs", "payload", "wanted"),
    [
        pytest.param(
            obj("vessel flag", vessel=TEXT, flag=TEXT),
            [
                ({"vessel": "Anna", "flag_state": "NO"}, {"vessel": "Anna", "flag": "NO"}),
                ({"vessel": "Bea", "flag_state": "SE"}, {"vessel": "Bea", "flag": "SE"}),
            ],
            {"vessel": "Cy", "flag_state": "FI"},
            {"vessel": "Cy", "flag": "FI"},
            id="copy and rename",
        ),
        pytest.param(
            BERTHS,
            [
                (
                    {"quays": [{"berths": [{"code": "a1", "len": 30}, {"code": "a2", "len": 40}]}]},
                    {"berths": [{"code": "a1", "metres": 30}, {"code": "a2", "metres": 40}]},
                ),
                (
                    {
                        "quays": [
                            {"berths": [{"code": "b1", "len": 31}]},
                            {"berths": [{"code": "b2", "len": 32}]},
                        ]
                    },
                    {"berths": [{"code": "b1", "metres": 31}, {"code": "b2", "metres": 32}]},
                ),
            ],
            {"quays": [{"berths": []}, {"berths": [{"code": "c", "len": 9}]}]},
            {"berths": [{"code": "c", "metres": 9}]},
            id="arrays within arrays made flat",
        ),
        pytest.param(
            obj("open", open=array(TEXT)),
            [
                (
                    {"locks": [{"id": "l1", "is_shut": True}, {"id": "l2", "is_shut": False}]},
                    {"open": ["l2"]},
                ),
                (
                    {"locks": [{"id": "l3", "is_shut": False}, {"id": "l4", "is_shut": True}]},
                    {"open": ["l3"]},
                ),
                ({"locks": [{"id": "l5", "is_shut": True}]}, {"open": []}),
            ],
            {"locks": [{"id": "x", "is_shut": False}, {"id": "y", "is_shut": False}]},
            {"open": ["x", "y"]},
            id="filter",
        ),
        pytest.param(
            obj("depths", depths={"type": "object", "additionalProperties": INT}),
            [
                (
                    {"depths": [{"at": "pier", "m": 4}, {"at": "basin", "m": 9}]},
                    {"depths": {"pier": 4, "basin": 9}},
                ),
                ({"depths": [{"at": "north", "m": 7}]}, {"depths": {"north": 7}}),
            ],
            {"depths": [{"at": "bay", "m": 2}]},
            {"depths": {"bay": 2}},
            id="rows to a map",
        ),
        pytest.param(
            obj("depths", depths=array(obj("at m", at=TEXT, m=INT))),
            [
                (
                    {"depths": {"pier": 4, "basin": 9}},
                    {"depths": [{"at": "pier", "m": 4}, {"at": "basin", "m": 9}]},
                ),
                ({"depths": {"north": 7}}, {"depths": [{"at": "north", "m": 7}]}),
            ],
            {"depths": {"bay": 2}},
            {"depths": [{"at": "bay", "m": 2}]},
            id="map to rows",
        ),
        pytest.param(
            obj("fleets", fleets=array(obj("owner ships", owner=TEXT, ships=array(TEXT)))),
            [
                (
                    {
                        "ships": [
                            {"name": "s1", "owner": "o1"},
                            {"name": "s2", "owner": "o2"},
                            {"name": "s3", "owner": "o1"},
                        ]
                    },
                    {
                        "fleets": [
                            {"owner": "o1", "ships": ["s1", "s3"]},
                            {"owner": "o2", "ships": ["s2"]},
                        ]
                    },
                ),
                (
                    {"ships": [{"name": "s4", "owner": "o9"}, {"name": "s5", "owner": "o9"}]},
                    {"fleets": [{"owner": "o9", "ships": ["s4", "s5"]}]},
                ),
            ],
            {"ships": [{"name": "z", "owner": "q"}]},
            {"fleets": [{"owner": "q", "ships": ["z"]}]},
            id="groups by a field",
        ),
        pytest.param(
            obj("tides", tides=array(obj("hour level", hour=INT, level=NUMBER))),
            [
                (
                    {"hours": [1, 7], "levels": [0.5, 2.5]},
                    {"tides": [{"hour": 1, "level": 0.5}, {"hour": 7, "level": 2.5}]},
                ),
                ({"hours": [3], "levels": [1.5]}, {"tides": [{"hour": 3, "level": 1.5}]}),
            ],
            {"hours": [5], "levels": [9.5]},
            {"tides": [{"hour": 5, "level": 9.5}]},
            id="parallel arrays",
        ),
        pytest.param(
            obj("calls", calls=array(obj("ship pilot", ship=TEXT, pilot=TEXT))),
            [
                (
                    {
                        "calls": [{"ship": "a", "by": "p2"}, {"ship": "b", "by": "p1"}],
                        "pilots": [{"id": "p1", "name": "Per"}, {"id": "p2", "name": "Pia"}],
                    },
                    {"calls": [{"ship": "a", "pilot": "Pia"}, {"ship": "b", "pilot": "Per"}]},
                ),
                (
                    {
                        "calls": [{"ship": "c", "by": "p3"}],
                        "pilots": [{"id": "p9", "name": "Ove"}, {"id": "p3", "name": "Ulf"}],
                    },
                    {"calls": [{"ship": "c", "pilot": "Ulf"}]},
                ),
            ],
            {
                "calls": [{"ship": "d", "by": "p8"}],
                "pilots": [{"id": "p7", "name": "Ada"}, {"id": "p8", "name": "Bo"}],
            },
            {"calls": [{"ship": "d", "pilot": "Bo"}]},
            id="join by a key",
        ),
        pytest.param(
            obj("radio", radio=TEXT),
            [
                (
                    {"contacts": [{"via": "mail", "to": "a@h"}, {"via": "radio", "to": "ch 12"}]},
                    {"radio": "ch 12"},
                ),
                (
                    {"contacts": [{"via": "radio", "to": "ch 16"}, {"via": "mail", "to": "b@h"}]},
                    {"radio": "ch 16"},
                ),
            ],
            {"contacts": [{"via": "mail", "to": "c@h"}, {"via": "radio", "to": "ch 9"}]},
            {"radio": "ch 9"},
            id="the item that a discriminator picks out",
        ),
        pytest.param(
            obj("label", label=TEXT),
            [
                ({"nickname": "Old Tub", "name": "Hulda"}, {"label": "Old Tub"}),
                ({"name": "Inga"}, {"label": "Inga"}),
                ({"nickname": "Rust", "name": "Jon"}, {"label": "Rust"}),
            ],
            {"name": "Kaia"},
            {"label": "Kaia"},
            id="the first of two that is there",
        ),
        pytest.param(
            obj("size", size=INT),
            [
                ({"kind": "yacht", "feet": 30, "tonnes": 2}, {"size": 30}),
                ({"kind": "cargo", "feet": 600, "tonnes": 9000}, {"size": 9000}),
                ({"kind": "yacht", "feet": 45, "tonnes": 5}, {"size": 45}),
                ({"kind": "cargo", "feet": 500, "tonnes": 8000}, {"size": 8000}),
            ],
            {"kind": "cargo", "feet": 1, "tonnes": 7},
            {"size": 7},
            id="a discriminator decides which read",
        ),
        pytest.param(
            obj("title", title=TEXT),
            [
                ({"name": "Anna", "port": "Oslo"}, {"title": "Anna of Oslo"}),
                ({"name": "Bea", "port": "Bergen"}, {"title": "Bea of Bergen"}),
            ],
            {"name": "Cy", "port": "Turku"},
            {"title": "Cy of Turku"},
            id="a template",
        ),
        pytest.param(
            obj("lat lon", lat=NUMBER, lon=NUMBER),
            [
                ({"position": [59.5, 10.5]}, {"lat": 59.5, "lon": 10.5}),
                ({"position": [60.5, 5.5]}, {"lat": 60.5, "lon": 5.5}),
            ],
            {"position": [1.5, 2.5]},
            {"lat": 1.5, "lon": 2.5},
            id="places of a tuple",
        ),
        pytest.param(
            obj("bands", bands=array(obj("name", name=TEXT))),
            [
                (
                    {"beacons": [{"name": "red"}, {"name": "green"}], "lit": [1, 0]},
                    {"bands": [{"name": "green"}, {"name": "red"}]},
                ),
                (
                    {"beacons": [{"name": "white"}, {"name": "blue"}], "lit": [1]},
                    {"bands": [{"name": "blue"}]},
                ),
            ],
            {"beacons": [{"name": "x"}, {"name": "y"}, {"name": "z"}], "lit": [2, 0]},
            {"bands": [{"name": "z"}, {"name": "x"}]},
            id="items at positions that an array lists",
        ),
        pytest.param(
            obj("crew", crew=INT),
            [
                ({"sailors": 4, "cooks": 1}, {"crew": 5}),
                ({"sailors": 7}, {"crew": 7}),
                ({"sailors": 2, "cooks": 2}, {"crew": 4}),
            ],
            {"sailors": 11, "cooks": 3},
            {"crew": 14},
            id="a sum of which a part is not always there",
        ),
        pytest.param(
            obj("state", state=enum("sunk", "moored", "sailing")),
            [
                ({"tonnes": 5, "is_moored": False}, {"state": "sailing"}),
                ({"tonnes": 6, "is_moored": True, "sunk_at": None}, {"state": "moored"}),
                ({"tonnes": 7, "is_moored": False, "sunk_at": "1912"}, {"state": "sunk"}),
                ({"tonnes": 7, "is_moored": True, "sunk_at": "1915"}, {"state": "sunk"}),
            ],
            {"tonnes": 6, "is_moored": True, "sunk_at": "1999"},
            {"state": "sunk"},
            id="a state from conditions that are called like it",
        ),
        pytest.param(
            obj("call_sign", call_sign=TEXT),
            [
                ({"flag": "NO", "number": 17}, {"call_sign": "NO17"}),
                ({"flag": "SE", "number": 4}, {"call_sign": "SE4"}),
            ],
            {"flag": "F", "number": 12345},
            {"call_sign": "F12345"},
            id="two reads side by side",
        ),
        pytest.param(
            obj("master", master=TEXT),
            [
                ({"captain": "Cook, James"}, {"master": "James Cook"}),
                ({"captain": "Slocum, Joshua"}, {"master": "Joshua Slocum"}),
            ],
            {"captain": "Le Guin, Ursula K."},
            {"master": "Ursula K. Le Guin"},
            id="the parts of a text in another order",
        ),
        pytest.param(
            obj("owners", owners=TEXT),
            [
                (
                    {"owners": [{"first": "Per", "last": "Dahl"}, {"first": "Ada", "last": "Lie"}]},
                    {"owners": "Per Dahl; Ada Lie"},
                ),
                ({"owners": [{"first": "Bo", "last": "Moe"}]}, {"owners": "Bo Moe"}),
                ({"owners": []}, {"owners": ""}),
            ],
            {"owners": [{"first": "a", "last": "b"}, {"first": "c", "last": "d"}]},
            {"owners": "a b; c d"},
            id="a text of all items",
        ),
        pytest.param(
            obj("signals", signals=array(obj("name value", name=TEXT, value=TEXT))),
            [
                (
                    {"log": "Wind: 4 bft\nDepth:9"},
                    {
                        "signals": [
                            {"name": "Wind", "value": "4 bft"},
                            {"name": "Depth", "value": "9"},
                        ]
                    },
                ),
                ({"log": "At: 10:30\n"}, {"signals": [{"name": "At", "value": "10:30"}]}),
                ({"log": ""}, {"signals": []}),
            ],
            {"log": "a: b:c\nd:e\nf: g"},
            {
                "signals": [
                    {"name": "a", "value": "b:c"},
                    {"name": "d", "value": "e"},
                    {"name": "f", "value": "g"},
                ]
            },
            id="the lines of a text as items",
        ),
        pytest.param(
            obj("total", total=INT),
            [
                ({"loads": [{"tonnes": 3}, {"tonnes": 4}]}, {"total": 7}),
                ({"loads": [{"tonnes": 5}]}, {"total": 5}),
                ({"loads": [{"tonnes": 1}, {"tonnes": 1}, {"tonnes": 8}]}, {"total": 10}),
            ],
            {"loads": [{"tonnes": 20}, {"tonnes": 2}]},
            {"total": 22},
            id="a sum",
        ),
    ],
)
def test_explain__change_that_pairs_show__holds_on_another_payload(
    contract: Any, pairs: Any, payload: Any, wanted: Any
) -> None:
    """What a few pairs show of a change is found, and does the same to a payload not shown."""
    assert learnt(contract, pairs, payload) == wanted


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(OBJECTS, OBJECTS), min_size=1, max_size=3))
def test_explain__any_pairs__gives_exactly_what_was_expected(
    pairs: list[tuple[Any, Any]],
) -> None:
    """An explanation, where there is one, gives the expected output of every pair."""
    contract = obj("", a=True, b=True, items=True)
    made = explained(contract, pairs, work=20_000)
    for payload, wanted in pairs if made is not None else ():
        assert made is not None
        assert equal(value_of(made.expression, {"src": payload}), wanted)


def test_explain__spent_budget__nothing_is_explained_and_it_ends() -> None:
    """A budget that is spent ends the search; it does not come back with half an answer."""
    pairs = [({"a": number}, {"total": number}) for number in range(4)]
    scope = Scope({"src": ""}, tuple({"src": payload} for payload, _ in pairs))
    wanted = [output for _, output in pairs]
    contract = obj("total", total=INT)
    assert explainer(contract, work=1).explain_field("", wanted, scope) is None
    assert explainer(contract).explain_field("", wanted, scope) is not None


def test_explain_field__again_and_again__all_fields_share_one_budget() -> None:
    """What one field spends is gone for the next ones."""
    one = explainer(obj("total", total=INT), work=200)
    scope = Scope({"src": ""}, tuple({"src": {"a": number}} for number in range(4)))
    assert one.explain_field("/total", [0, 1, 2, 3], scope) is not None
    for number in range(20):
        one.explain_field("/total", [number, 70, 5, 93], scope)
    assert one.explain_field("/total", [1, 2, 3, 4], scope) is None


def test_explain__no_pair_shows_the_field__nothing() -> None:
    """A field that is absent everywhere asks for no expression."""
    scope = Scope({"src": ""}, ({"src": {"a": 1}},))
    assert explainer(obj("", a=INT)).explain_field("/a", [MISSING], scope) is None


def test_explain__fields_that_no_pair_shows__are_left_open_in_their_place() -> None:
    """Declared fields that pairs do not show are handed on, with what is in reach there."""
    contract = obj("berths", berths=array(obj("code", code=TEXT, power=TEXT)))
    pairs = [
        ({"moorings": [{"code": text, "power": "230V"}]}, {"berths": [{"code": text}]})
        for text in ("a", "b", "c")
    ]
    made = explained(contract, pairs)
    assert made is not None
    (opened,) = made.opens
    assert opened.names == ("/berths/*/power",)
    assert list(opened.scope.places.values()) == ["", "/moorings/*"]


def test_explain__a_condition_learnt_from_pairs__is_said_to_be_a_guess() -> None:
    """A condition that only pairs speak for is ambiguous, and named in the evidence."""
    contract = obj("size", size=INT)
    pairs = [
        ({"kind": "yacht", "feet": 30, "tonnes": 2}, {"size": 30}),
        ({"kind": "cargo", "feet": 600, "tonnes": 9000}, {"size": 9000}),
        ({"kind": "yacht", "feet": 45, "tonnes": 5}, {"size": 45}),
    ]
    made = explained(contract, pairs)
    assert made is not None
    assert " if " in print_expression(made.expression)
    assert any(part.solution.is_ambiguous and "kind" in part.solution.reason for part in made.parts)


def test_explain__array_of_one__is_the_value_rather_than_a_loop_over_something_else() -> None:
    """A value in an array of its own is not made by a loop that happens to run once."""
    contract = obj("tugs", tugs=array(TEXT))
    pairs = [
        ({"tug": "Anna", "flags": ["x"]}, {"tugs": ["Anna"]}),
        ({"tug": "Bert", "flags": ["y"]}, {"tugs": ["Bert"]}),
        ({"tug": "Carl", "flags": ["z"]}, {"tugs": ["Carl"]}),
    ]
    assert learnt(contract, pairs, {"tug": "Dora", "flags": []}) == {"tugs": ["Dora"]}


def test_explain__two_items_hold_the_same__the_one_whose_code_the_field_is_called_by() -> None:
    """`home_port` is the port of the item of type `home`, though another has the same."""
    ports = [{"type": "winter", "town": "Oslo"}, {"type": "home", "town": "Oslo"}]
    contract = obj("home_port", home_port=obj("town", town=TEXT))
    pairs = [({"ports": ports}, {"home_port": {"town": "Oslo"}})]
    other = [{"type": "winter", "town": "Bergen"}, {"type": "home", "town": "Moss"}]
    assert learnt(contract, pairs, {"ports": other}) == {"home_port": {"town": "Moss"}}


CREW = obj("crew", crew=array(obj("name", name=TEXT)))


def crewed(captain: str, *sailors: str) -> dict[str, Any]:
    """Return a ship's payload."""
    return {"captain": captain, "hands": [{"full_name": name} for name in sailors]}


def named(*names: str) -> dict[str, Any]:
    """Return a crew of these names."""
    return {"crew": [{"name": name} for name in names]}


@pytest.mark.parametrize("is_first", [True, False])
def test_explain__one_value_beside_the_items_of_an_array__both_in_their_order(
    is_first: bool,
) -> None:
    """A list may be an array with one more item before or after it."""

    def crew(captain: str, *sailors: str) -> dict[str, Any]:
        return named(captain, *sailors) if is_first else named(*sailors, captain)

    pairs = [
        (crewed("Ada", "Bo", "Cy"), crew("Ada", "Bo", "Cy")),
        (crewed("Di", "Ed"), crew("Di", "Ed")),
        (crewed("Fay", "Gus", "Hal", "Ivy"), crew("Fay", "Gus", "Hal", "Ivy")),
    ]
    assert learnt(CREW, pairs, crewed("Jo", "Kit", "Lou")) == crew("Jo", "Kit", "Lou")
    assert learnt(CREW, pairs, crewed("Jo")) == named("Jo")


def test_explain__two_arrays_one_after_the_other__joined_where_one_is_missing_too() -> None:
    """Two arrays become one, the items of both in the same shape."""
    contract = obj("boats", boats=array(obj("name", name=TEXT)))
    pairs = [
        (
            {"moored": [{"id": "a1"}, {"id": "b2"}], "at_sea": [{"ref": "c3"}]},
            {"boats": [{"name": "a1"}, {"name": "b2"}, {"name": "c3"}]},
        ),
        (
            {"moored": [{"id": "d4"}], "at_sea": [{"ref": "e5"}, {"ref": "f6"}]},
            {"boats": [{"name": "d4"}, {"name": "e5"}, {"name": "f6"}]},
        ),
        ({"moored": [{"id": "g7"}]}, {"boats": [{"name": "g7"}]}),
    ]
    other = {"moored": [{"id": "h8"}], "at_sea": [{"ref": "i9"}]}
    assert learnt(contract, pairs, other) == {"boats": [{"name": "h8"}, {"name": "i9"}]}


def test_explain__object_of_what_may_be_missing__null_where_nothing_is() -> None:
    """An object that is null in a pair is null where all that it holds is missing."""
    contract = obj("pilot", pilot={"type": ["object", "null"], **obj("name", name=TEXT)})
    contract["properties"]["pilot"]["type"] = ["object", "null"]
    pairs = [
        ({"crew": [{"full": "Ann"}], "is_late": True}, {"pilot": {"name": "Ann"}}),
        ({"crew": [{"full": "Bo"}, {"full": "Cy"}], "is_late": True}, {"pilot": {"name": "Bo"}}),
        ({"crew": [], "is_late": False}, {"pilot": None}),
    ]
    assert learnt(contract, pairs, {"crew": [], "is_late": True}) == {"pilot": None}
    late = {"crew": [{"full": "Di"}], "is_late": False}
    assert learnt(contract, pairs, late) == {"pilot": {"name": "Di"}}


def test_explain_field__item_found_by_a_namesake_of_the_field__is_read_by_it() -> None:
    """Of several reads that explain a field the one through a pointer of its name is meant."""
    people = [{"id": "7", "mail": "ann@quay"}, {"id": "8", "mail": "bo@quay"}]
    pairs = [
        ({"people": people, "pilot_id": "7"}, {"pilot_contact": "ann@quay"}),
        ({"people": people}, {"pilot_contact": None}),
    ]
    contract = obj("pilot_contact", pilot_contact={"type": ["string", "null"]})
    payload = {"people": people, "pilot_id": "8"}
    assert learnt(contract, pairs, payload) == {"pilot_contact": "bo@quay"}


def test_explain__arrays_of_several_fields__read_from_whichever_is_there() -> None:
    """A field that is fed by one of several arrays is fed by each of them, another way last."""
    contract = obj("course", course=array({"type": ["array", "number"]}))
    pairs = [
        ({"legs": [[1, 2], [3, 4]]}, {"course": [[1, 2], [3, 4]]}),
        ({"turns": [[5, 6]]}, {"course": [[5, 6]]}),
        ({"north": 7, "east": 8}, {"course": [7, 8]}),
    ]
    assert learnt(contract, pairs, {"turns": [[9, 9], [1, 0]]}) == {"course": [[9, 9], [1, 0]]}
    assert learnt(contract, pairs, {"legs": [[9, 9]]}) == {"course": [[9, 9]]}
    assert learnt(contract, pairs, {"north": 3, "east": 4}) == {"course": [3, 4]}
