from __future__ import annotations

import pytest

from agent.core.matching.names import (
    abbreviations,
    asks_for,
    field_text,
    own_name,
    path_words,
    stem,
    words,
)
from agent.core.schema import make_schema


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("custAddrLine1", ("customer", "address", "line", "1")),
        ("order_id", ("order", "identifier")),
        ("HTTPServer", ("http", "server")),
        ("content-type", ("content", "type")),
        ("größe", ("größe",)),
        ("StraßeÄndern", ("straße", "ändern")),
        ("naïveURLName2", ("naïve", "url", "name", "2")),
        ("", ()),
        ("--", ()),
    ],
)
def test_words__a_name__is_split_at_its_seams(name: str, found: tuple[str, ...]) -> None:
    """Names are split at case, digits and signs, and abbreviations are written out."""
    assert words(name) == tuple(
        word for one in found for word in abbreviations().get(one, one).split()
    )


def test_words__several_spellings__same_words() -> None:
    """How a name is spelt does not change its words."""
    assert words("orderId") == words("order_id") == words("ORDER-ID") == words("OrderID")


@pytest.mark.parametrize(
    ("word", "found"),
    [("lines", "line"), ("cities", "city"), ("status", "status"), ("address", "address"),
     ("gas", "gas"), ("basis", "basis")],
)  # fmt: skip
def test_stem__plural__singular(word: str, found: str) -> None:
    """A plural loses its ending, and a word that only ends alike keeps it."""
    assert stem(word) == found


def test_own_name__items_of_an_array__the_array_s_name() -> None:
    """Items are called what their array is called; a key that is a star is a name."""
    assert own_name("/order/lines/*") == "lines"
    assert own_name("/order/~2") == "*"
    assert own_name("") == ""


def test_path_words__stars__are_no_words() -> None:
    """All named steps count, outermost first."""
    assert path_words("/orderLines/*/unitPrice") == ("order", "lines", "unit", "price")


def test_field_text__long_description__is_cut() -> None:
    """The embedding reads name, path and description, of which only so much."""
    document = {
        "type": "object",
        "properties": {"id": {"type": "string", "description": "x" * 999}},
    }
    field = make_schema(document).field("/id")
    assert field is not None
    text = field_text(field)
    assert text.startswith("identifier. identifier. x")
    assert len(text) < 400


def test_asks_for__name_of_a_boolean__its_words_without_the_verb() -> None:
    """What a boolean asks for is its name without what makes it a question."""
    assert asks_for("/loaf/hasBeenSold") == asks_for("/sold") == {"sold"}
    assert asks_for("/is") == frozenset()
