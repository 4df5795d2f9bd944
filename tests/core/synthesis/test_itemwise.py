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
