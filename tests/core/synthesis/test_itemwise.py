"""A bakery's API changes its arrays: what pairs of old and new payloads show of that."""

from __future__ import annotations

from typing import Any

import pytest

from agent.core.language.printer import print_expression
from tests.core.synthesis.test_explaining import explained, learnt
from tests.core.verify.making import INT, TEXT, array, obj

WORDS = array(obj("text lang", text=TEXT, lang=TEXT))


def bread(name: str, *, inside: tuple[str, ...] = ()) -> Any:
    """Return a loaf of the old API."""
    return {"name": name, "allergens": [{"code": code} for code in inside]}


@pytest.mark.parametrize(
    ("contract", "pairs", "payload", "wanted"),
    [
        pytest.param(
            obj("loaves", loaves=array(obj("title", title=WORDS))),
            [
                (
                    {"loaves": [{"title": "Rye"}, {"title": "Spelt"}], "ovens": ["a", "b"]},
                    {
                        "loaves": [
                            {"title": [{"text": "Rye", "lang": "en"}]},
                            {"title": [{"text": "Spelt", "lang": "en"}]},
                        ]
                    },
                ),
                (
                    {"loaves": [{"title": "Bagel"}], "ovens": ["a", "b"]},
                    {"loaves": [{"title": [{"text": "Bagel", "lang": "en"}]}]},
                ),
            ],
            {"loaves": [{"title": "Roll"}], "ovens": ["c", "d", "e"]},
            {"loaves": [{"title": [{"text": "Roll", "lang": "en"}]}]},
            id="one text wrapped into an array of one, whatever else has as many items",
        ),
        pytest.param(
            obj("loaves", loaves=array(obj("title", title=TEXT))),
            [
                (
                    {
                        "loaves": [
                            {
                                "title": [
                                    {"text": "Brot", "lang": "de"},
                                    {"text": "Loaf", "lang": "en"},
                                ]
                            },
                            {
                                "title": [
                                    {"text": "Roll", "lang": "en"},
                                    {"text": "Semmel", "lang": "de"},
                                ]
                            },
                        ]
                    },
                    {"loaves": [{"title": "Loaf"}, {"title": "Roll"}]},
                ),
                (
                    {"loaves": [{"title": [{"text": "Bun", "lang": "en"}]}]},
                    {"loaves": [{"title": "Bun"}]},
                ),
            ],
            {
                "loaves": [
                    {"title": [{"text": "Zopf", "lang": "de"}, {"text": "Plait", "lang": "en"}]}
                ]
            },
            {"loaves": [{"title": "Plait"}]},
            id="the text of one language among translations",
        ),
        pytest.param(
            obj("prices", prices={"type": "object", "additionalProperties": INT}),
            [
                (
                    {"prices": [{"sizes": ["s"], "cents": 90}, {"sizes": ["m"], "cents": 120}]},
                    {"prices": {"s": 90, "m": 120}},
                ),
                ({"prices": [{"sizes": ["l"], "cents": 150}]}, {"prices": {"l": 150}}),
            ],
            {"prices": [{"sizes": ["m", "l"], "cents": 140}]},
            {"prices": {"m": 140, "l": 140}},
            id="a key for each of several names, though pairs show one each",
        ),
        pytest.param(
            obj("fresh", fresh=array(TEXT)),
            [
                (
                    {
                        "loaves": [
                            {"name": "a", "is_old": False, "sold": None},
                            {"name": "b", "is_old": True, "sold": None},
                            {"name": "c", "is_old": False, "sold": "noon"},
                            {"name": "d", "is_old": False, "sold": None},
                            {"name": "e", "is_old": True, "sold": "noon"},
                        ]
                    },
                    {"fresh": ["a", "d"]},
                )
            ],
            {
                "loaves": [
                    {"name": "x", "is_old": True, "sold": None},
                    {"name": "y", "is_old": False, "sold": "ten"},
                    {"name": "z", "is_old": False, "sold": None},
                ]
            },
            {"fresh": ["z"]},
            id="a filter of two conditions",
        ),
        pytest.param(
            obj("rye", rye=array(INT)),
            [
                ({"rye-big": 4, "rye-small": 2, "oat-big": 7}, {"rye": [4, 2]}),
                ({"oat-big": 5, "rye-big": 3, "oat-small": 1}, {"rye": [3]}),
            ],
            {"oat-small": 6, "rye-tiny": 8},
            {"rye": [8]},
            id="keys that start with a name",
        ),
        pytest.param(
            obj("vegan", vegan=array(TEXT)),
            [
                (
                    {
                        "loaves": [
                            {"name": "a", "marks": ["vegan", "bio"]},
                            {"name": "b", "marks": ["bio"]},
                            {"name": "c", "marks": ["vegan"]},
                        ]
                    },
                    {"vegan": ["a", "c"]},
                ),
                ({"loaves": [{"name": "d", "marks": []}]}, {"vegan": []}),
            ],
            {"loaves": [{"name": "x", "marks": ["new", "vegan"]}, {"name": "y", "marks": ["new"]}]},
            {"vegan": ["x"]},
            id="a code among others",
        ),
        pytest.param(
            obj("own", own=array(TEXT)),
            [
                (
                    {
                        "shop": "s1",
                        "ovens": [{"id": "o1", "at": "s1"}, {"id": "o2", "at": "s2"}],
                    },
                    {"own": ["o1"]},
                ),
                (
                    {
                        "shop": "s2",
                        "ovens": [{"id": "o1", "at": "s1"}, {"id": "o2", "at": "s2"}],
                    },
                    {"own": ["o2"]},
                ),
            ],
            {"shop": "s9", "ovens": [{"id": "o8", "at": "s9"}, {"id": "o9", "at": "s2"}]},
            {"own": ["o8"]},
            id="items of what is named outside",
        ),
        pytest.param(
            obj("bakers", bakers={"type": ["array", "string"], "items": TEXT}),
            [
                ({"staff": [{"name": "Ida"}, {"name": "Bo"}]}, {"bakers": ["Ida", "Bo"]}),
                ({"staff": [{"name": "Eva"}]}, {"bakers": "Eva"}),
                ({"staff": [{"name": "Al"}]}, {"bakers": "Al"}),
            ],
            {"staff": [{"name": "Per"}, {"name": "Pia"}, {"name": "Pål"}]},
            {"bakers": ["Per", "Pia", "Pål"]},
            id="one as it is, many as an array",
        ),
        pytest.param(
            obj("toppings", toppings=array(TEXT)),
            [
                ({"toppings": "seeds"}, {"toppings": ["seeds"]}),
                ({"toppings": ["salt", "oil"]}, {"toppings": ["salt", "oil"]}),
                ({}, {}),
            ],
            {"toppings": []},
            {"toppings": []},
            id="one or many, always as an array",
        ),
        pytest.param(
            obj("cents", cents=INT),
            [
                ({"lines": [{"pieces": 2, "each": 90}, {"pieces": 1, "each": 40}]}, {"cents": 220}),
                ({"lines": [{"pieces": 3, "each": 50}]}, {"cents": 150}),
            ],
            {"lines": [{"pieces": 4, "each": 10}, {"pieces": 1, "each": 7}]},
            {"cents": 47},
            id="a sum of products",
        ),
        pytest.param(
            obj("shelf", shelf=array(TEXT)),
            [
                (
                    {"loaves": [{"no": 3, "name": "c"}, {"no": 1, "name": "a"}]},
                    {"shelf": ["a", "c"]},
                ),
                (
                    {"loaves": [{"no": 5, "name": "b"}, {"no": 9, "name": "z"}]},
                    {"shelf": ["b", "z"]},
                ),
                (
                    {"loaves": [{"no": 2, "name": "q"}, {"no": 4, "name": "p"}]},
                    {"shelf": ["p", "q"]},
                ),
            ],
            {"loaves": [{"no": 1, "name": "n"}, {"no": 2, "name": "m"}]},
            {"shelf": ["m", "n"]},
            id="the order of a field",
        ),
        pytest.param(
            {"type": "object", "patternProperties": {"^loaf": TEXT}},
            [
                (
                    {"loaves": [{"name": "Rye", "flour": "dark"}, {"name": "Oat"}]},
                    {"loaf-0-name": "Rye", "loaf-0-flour": "dark", "loaf-1-name": "Oat"},
                ),
                (
                    {"loaves": [{"name": "Bun", "flour": "white"}]},
                    {"loaf-0-name": "Bun", "loaf-0-flour": "white"},
                ),
            ],
            {"loaves": [{"name": "A"}, {"name": "B", "flour": "f"}, {"name": "C"}]},
            {"loaf-0-name": "A", "loaf-1-name": "B", "loaf-1-flour": "f", "loaf-2-name": "C"},
            id="keys that count the items",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": TEXT},
            [
                ({"loaves": ["Rye", "Oat"]}, {"loaf1": "Rye", "loaf2": "Oat"}),
                ({"loaves": ["Bun"]}, {"loaf1": "Bun"}),
            ],
            {"loaves": ["A", "B", "C"]},
            {"loaf1": "A", "loaf2": "B", "loaf3": "C"},
            id="keys that count the items from one",
        ),
        pytest.param(
            obj("codes", codes=TEXT),
            [
                (
                    {"trays": [{"loaves": [{"no": "7"}, {"no": "3"}]}, {"loaves": [{"no": "5"}]}]},
                    {"codes": "7;3;5"},
                ),
                ({"trays": [{"loaves": [{"no": "4"}, {"no": "4"}]}]}, {"codes": "4;4"}),
            ],
            {"trays": [{"loaves": []}, {"loaves": [{"no": "1"}, {"no": "2"}]}]},
            {"codes": "1;2"},
            id="what the items of items hold, joined",
        ),
        pytest.param(
            obj("sales", sales=array(obj("loaf", loaf=TEXT))),
            [
                (
                    {
                        "sales": [{"of": "l2"}, {"of": "l1"}],
                        "loaves": [{"id": "l1", "name": "Rye"}, {"id": "l2", "name": "Oat"}],
                    },
                    {"sales": [{"loaf": "Oat"}, {"loaf": "Rye"}]},
                ),
                (
                    {"sales": [{"of": "l3"}], "loaves": [{"id": "l3", "name": "Bun"}]},
                    {"sales": [{"loaf": "Bun"}]},
                ),
            ],
            {"sales": [{"of": "gone"}, {"of": "l4"}], "loaves": [{"id": "l4", "name": "Roll"}]},
            {"sales": [{"loaf": "Roll"}]},
            id="an item is left out whose required partner is not there",
        ),
    ],
)
def test_explain__change_of_an_array__holds_on_another_payload(
    contract: Any, pairs: Any, payload: Any, wanted: Any
) -> None:
    """What a few pairs show of an array is found, and does the same to a payload not shown."""
    assert learnt(contract, pairs, payload) == wanted


def test_explain__items_that_read_nothing_of_the_loop__no_loop_is_made_of_them() -> None:
    """As many items as another array has are a coincidence when they do not come from it."""
    pairs = [
        ({"day": day, "ovens": ["a", "b"]}, {"days": [{"on": day}, {"on": day}]})
        for day in ("mon", "tue")
    ]
    made = explained(obj("days", days=array(obj("on", on=TEXT))), pairs)
    assert made is None or "src.ovens" not in print_expression(made.expression)
