"""A museum labels its rooms: maps with keys that no payload holds."""

from __future__ import annotations

from typing import Any

from agent.core.language.absence import MISSING
from tests.core.synthesis.test_explaining import explained, learnt
from tests.core.verify.making import TEXT, array, obj

LABELS = {"type": "object", "additionalProperties": array(TEXT)}
LABELLED = obj("label", label=LABELS)


def pair(title: Any, label: Any) -> Any:
    """Return a room with its title, and what the consumer reads."""
    return {"title": title}, {"label": label}


def test_explain__map_with_one_key_always__is_written_and_asked_about() -> None:
    """A key that comes back and stands in no payload is a constant, which pairs alone show."""
    pairs = [pair("Attic", {"none": ["Attic"]}), pair("Cellar", {"none": ["Cellar"]})]
    assert learnt(LABELLED, pairs, {"title": "Porch"}) == {"label": {"none": ["Porch"]}}
    made = explained(LABELLED, pairs)
    assert made is not None
    said = [one.solution for one in made.parts if one.target == "/label"]
    assert [(one.paths, one.is_ambiguous) for one in said] == [((), True)]


def test_explain__key_for_plain_values_and_keys_from_others__each_kind_its_own() -> None:
    """A text goes under a key of its own; a list of texts by language goes under theirs."""
    pairs = [
        pair("Attic", {"none": ["Attic"]}),
        pair("Cellar", {"none": ["Cellar"]}),
        pair(
            [{"text": "Hall", "lang": "en"}, {"text": "Saal", "lang": "de"}],
            {"en": ["Hall"], "de": ["Saal"]},
        ),
        pair([{"text": "Cour", "lang": "fr"}], {"fr": ["Cour"]}),
    ]
    payload = {"title": [{"text": "Porta", "lang": "it"}]}
    assert learnt(LABELLED, pairs, payload) == {"label": {"it": ["Porta"]}}
    assert learnt(LABELLED, pairs, {"title": "Porch"}) == {"label": {"none": ["Porch"]}}


def test_explain__keys_that_payloads_hold__are_no_constants() -> None:
    """A key that stands in the payload is read from it, however often it comes back."""
    contract = {"type": "object", "additionalProperties": TEXT}
    pairs = [
        ({"room": "attic", "of": "Ivo"}, {"attic": "Ivo!"}),
        ({"room": "attic", "of": "Una"}, {"attic": "Una!"}),
    ]
    made = explained(contract, pairs)
    assert made is None or learnt(contract, pairs, {"room": "hall", "of": "Mia"}) in (
        MISSING,
        {"hall": "Mia!"},
    )
