"""A theatre changes its programme: which new fields may stand for one that was removed."""

from __future__ import annotations

from typing import Any

from agent.core.changes import Rename, RenameKind
from agent.core.diff import compare
from agent.core.schema import make_schema
from agent.proposers.heirs import Versions, heirs_of
from tests.core.verify.making import BOOL, INT, TEXT, array, map_of, obj
from tests.proposers.small_tasks import adapt, note, propose, unfed

DAY = {"type": "string", "format": "date"}


def said(schema: dict[str, Any], text: str) -> dict[str, Any]:
    """Return a schema with a description."""
    return {**schema, "description": text}


def heirs(before: Any, after: Any, old: str) -> set[str]:
    """Return the heirs of a removed field that a contract, equal to `before`, had fed from it."""
    one, other = make_schema(before), make_schema(after)
    versions = Versions(one, other, tuple(compare(one, other).renames))
    assert versions.now(old) is None
    return set(heirs_of({old: old}, one, versions).get(old, ()))


def test_heirs_of__field_told_twice__is_where_the_other_one_is_now() -> None:
    """What stood at the root and in an object is taken from there, when the root drops it."""
    stage = obj("stageDoor", stageDoor=TEXT, seats=INT)
    before = obj("stageDoor venue", stageDoor=TEXT, venue=stage)
    assert heirs(before, obj("venue", venue=stage), "/stageDoor") == {"/venue/stageDoor"}


def test_heirs_of__same_words_about_a_longer_name__are_one_thing() -> None:
    """Two fields with one description, one called after the other, say the same."""
    row = said(TEXT, "Row of the seat")
    before = obj("row ticket", row=row, ticket=obj("rowLabel", rowLabel=row, price=INT))
    after = obj("row ticket", row=row, ticket=obj("", price=INT))
    assert heirs(before, after, "/ticket/rowLabel") == {"/row"}


def test_heirs_of__same_words_about_other_names__are_no_twins() -> None:
    """`opened` and `closed`, both "a day", are two days; generic names are no names."""
    day = said(DAY, "A day in the season")
    before = obj("opened closed", opened=day, closed=day)
    assert heirs(before, obj("closed", closed=day), "/opened") == set()
    before = obj("name hall", name=TEXT, hall=obj("name", name=TEXT, rows=INT))
    after = obj("name hall", name=TEXT, hall=obj("", rows=INT))
    assert heirs(before, after, "/hall/name") == set()
    made = said(DAY, "When it was made")
    before = obj("made_on hall", made_on=made, hall=obj("made_on", made_on=made, rows=INT))
    after = obj("made_on hall", made_on=made, hall=obj("", rows=INT))
    assert heirs(before, after, "/hall/made_on") == set()


def test_heirs_of__first_word_became_an_object__the_rest_is_in_it() -> None:
    """`author_name` went where `author_postcode` is found again, called as the rest of it."""
    before = obj("author_name author_postcode", author_name=TEXT, author_postcode=TEXT)
    writer = obj("name postcode", name=TEXT, postcode=TEXT, agent=TEXT)
    after = obj("writer", writer=writer)
    one, other = make_schema(before), make_schema(after)
    renames = (Rename("/author_postcode", "/writer/postcode", 0.9, RenameKind.MOVE),)
    found = heirs_of({"/author_name": "/author_name"}, one, Versions(one, other, renames))
    assert found == {"/author_name": frozenset({"/writer/name"})}


def test_heirs_of__new_field_of_the_format_in_the_words_of_the_old__is_meant() -> None:
    """A new day whose name the description speaks is that day; any other new day is not."""
    before = obj("premiere", premiere=said(DAY, "Day from which the play is shown"))
    after = obj("shownFrom boughtOn", shownFrom=DAY, boughtOn=DAY)
    assert heirs(before, after, "/premiere") == {"/shownFrom"}
    assert heirs(before, obj("boughtOn", boughtOn=DAY), "/premiere") == set()


def test_heirs_of__optional_new_field_for_a_required_one__is_none() -> None:
    """What may be absent does not stand for what was always there."""
    before = obj("premiere", premiere=said(DAY, "Day from which the play is shown"))
    assert heirs(before, obj("", shownFrom=DAY), "/premiere") == set()


def test_heirs_of__value_became_an_object_of_its_name__is_in_it() -> None:
    """A text `poster` is one of the texts of the new object `poster`."""
    poster = obj("raw width", raw=TEXT, width=INT)
    after = obj("play", play=obj("poster", poster=poster))
    assert heirs(obj("poster", poster=TEXT), after, "/poster") == {"/play/poster/raw"}
    after = obj("play", play=obj("state", state=obj("raw", raw=TEXT)))
    assert heirs(obj("state", state=TEXT), after, "/state") == set()
    after = obj("state", state=obj("raw", raw=TEXT))
    before = obj("state", state=TEXT)
    one, other = make_schema(before), make_schema(after)
    found = heirs_of({"/state": "/state"}, one, Versions(one, other, ()))
    assert found == {"/state": frozenset({"/state/raw"})}


def test_heirs_of__items_became_entries__their_values_are_heirs() -> None:
    """Where an array is a map now, nothing was taken out of its items: they were rebuilt."""
    flag = obj("open", open=BOOL)
    before = obj("doors", doors=array(obj("id state", id=TEXT, state=flag)))
    after = obj("doors", doors=map_of(obj("shut", shut=BOOL)))
    assert heirs(before, after, "/doors/*/state/open") == {"/doors/*/shut"}
    kept = obj("doors", doors=array(obj("shut", shut=BOOL)))
    assert heirs(before, kept, "/doors/*/state/open") == set()


def test_propose__removed_field_with_an_heir__is_fed_and_asked_about() -> None:
    """An heir feeds what must be there, for a person to look at; without one it stays unfed."""
    before = obj("poster play", poster=TEXT, play=TEXT)
    after = obj("play art", play=TEXT, art=obj("poster", poster=obj("raw", raw=TEXT)))
    proposed = propose(after, before, before=before)
    given = {"play": "Faust", "art": {"poster": {"raw": "a.png"}}}
    assert adapt(proposed, given) == {"play": "Faust", "poster": "a.png"}
    assert note(proposed, "/poster").is_ambiguous
    after = obj("play art", play=TEXT, art=obj("frame", frame=obj("raw", raw=TEXT)))
    assert unfed(propose(after, before, before=before)) == {"/poster"}
