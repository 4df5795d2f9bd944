"""A bakery's API: fields that pairs do not show are made as others of their shape are."""

from __future__ import annotations

from typing import Any

from tests.core.verify.making import INT, TEXT, array, obj
from tests.proposers.small_tasks import adapt, note, propose

WORDS = array(obj("text lang", text=TEXT, lang=TEXT))


def test_propose__a_field_of_the_shape_of_a_shown_one__made_like_it() -> None:
    """What pairs show of one list of translations holds for its neighbour too."""
    after = obj("", title=WORDS, motto=WORDS)
    contract = obj("", title=TEXT, motto=TEXT)
    proposed = propose(after, contract, pairs=[titled("Loaf", "Brot"), titled("Roll", "Semmel")])
    payload = {
        "title": [{"text": "Bun", "lang": "en"}],
        "motto": [{"text": "Frisch", "lang": "de"}, {"text": "Fresh", "lang": "en"}],
    }
    assert adapt(proposed, payload) == {"title": "Bun", "motto": "Fresh"}
    assert "/title" in note(proposed, "/motto").evidence[0].text


def test_propose__a_wrapped_neighbour__stays_absent_with_its_source() -> None:
    """An array that is put around a text is not put around nothing."""
    after = obj("", title=TEXT, motto=TEXT)
    contract = obj("", title=WORDS, motto=WORDS)
    pairs = [
        ({"title": text}, {"title": [{"text": text, "lang": "en"}]}) for text in ("Bun", "Roll")
    ]
    proposed = propose(after, contract, pairs=pairs)
    assert adapt(proposed, {"motto": "Fresh"})["motto"] == [{"text": "Fresh", "lang": "en"}]
    assert "motto" not in adapt(proposed, {"title": "Bun"})


def test_propose__a_field_of_another_shape__is_not_made_like_the_shown_one() -> None:
    """A number is not read as a list of translations."""
    after = obj("", title=WORDS, motto=INT)
    contract = obj("", title=TEXT, motto=TEXT)
    proposed = propose(after, contract, pairs=[titled("Loaf", "Brot"), titled("Roll", "Semmel")])
    assert adapt(proposed, {"motto": 4}).get("motto") in (None, "4")


def titled(english: str, german: str) -> Any:
    """Return a pair of two titles and the English one."""
    both = [{"text": german, "lang": "de"}, {"text": english, "lang": "en"}]
    return {"title": both}, {"title": english}


def test_propose__a_wrapped_text_that_may_be_absent__nothing_is_wrapped_then() -> None:
    """Pairs that always show a text do not say what to do without it; its schema does."""
    pairs = [
        ({"title": text}, {"title": [{"text": text, "lang": "en"}]}) for text in ("Bun", "Roll")
    ]
    proposed = propose(obj("", title=TEXT), obj("", title=WORDS), pairs=pairs)
    assert adapt(proposed, {}) == {}
