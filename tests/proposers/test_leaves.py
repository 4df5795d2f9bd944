"""A pantry lists its jars: what feeds a field that must be there and that no name tells."""

from __future__ import annotations

from tests.core.verify.making import BOOL, INT, TEXT, enum, obj
from tests.proposers.small_tasks import adapt, note, propose, unfed


def test_propose__name_of_a_field_around_an_object__is_repeated_in_it() -> None:
    """A field has the value of the very name around its object; a person looks."""
    told = {**TEXT, "description": "Time of the year in which the fruit was ripe"}
    jar, filled = obj("lid", lid=TEXT), obj("lid season", lid=TEXT, season=TEXT)
    after = obj("season jar bowl", season=told, jar=jar, bowl=jar)
    contract = obj("season jar bowl", season=TEXT, jar=filled, bowl=filled)
    proposed = propose(after, contract)
    given = {"season": "May", "jar": {"lid": "cork"}, "bowl": {"lid": "tin"}}
    wanted = {"lid": "cork", "season": "May"}, {"lid": "tin", "season": "May"}
    assert adapt(proposed, given) == {"season": "May", "jar": wanted[0], "bowl": wanted[1]}
    assert note(proposed, "/jar/season").is_ambiguous


def test_propose__all_that_fits_is_taken__a_like_field_feeds_a_second_one() -> None:
    """Without an older version a field that is like it may be meant, and is asked about."""
    lid = {**TEXT, "description": "Lid of the jar"}
    shown = {**TEXT, "description": "Lid of the jar, shown"}
    after, contract = obj("lid", lid=lid), obj("lid shownLid", lid=lid, shownLid=shown)
    proposed = propose(after, contract)
    assert adapt(proposed, {"lid": "cork"}) == {"lid": "cork", "shownLid": "cork"}
    assert note(proposed, "/shownLid").is_ambiguous
    assert unfed(propose(after, obj("lid weight", lid=lid, weight=TEXT))) == {"/weight"}


def test_propose__older_version_known__a_taken_field_feeds_no_second_one() -> None:
    """Where what was fed before is known, a namesake of another field is left to that one."""
    after, contract = obj("lid", lid=TEXT), obj("lid lidText", lid=TEXT, lidText=TEXT)
    assert unfed(propose(after, contract, before=after)) == {"/lidText"}


def test_propose__text_listed_as_yes_or_no__is_a_boolean() -> None:
    """A text that can only be true or false feeds a boolean, whatever it is called."""
    proposed = propose(obj("up", up=enum("true", "false")), obj("sealed", sealed=BOOL))
    assert adapt(proposed, {"up": "true"}) == {"sealed": True}
    assert note(proposed, "/sealed").is_ambiguous
    assert unfed(propose(obj("up", up=enum("a", "b")), obj("sealed", sealed=BOOL))) == {"/sealed"}


def test_propose__same_name_in_two_objects__the_one_that_is_described_is_meant() -> None:
    """Of two weights the one is taken whose object the description speaks of."""
    part = obj("grams", grams=INT)
    after = obj("glass filling", glass=part, filling=part)
    for said, weight in (("Weight of the filling", 5), ("Weight of the glass", 3)):
        contract = obj("grams", grams={**INT, "description": said})
        proposed = propose(after, contract)
        assert adapt(proposed, {"glass": {"grams": 3}, "filling": {"grams": 5}}) == {
            "grams": weight
        }


def test_propose__moment_wanted__a_text_that_is_seen_to_hold_dates_is_likelier() -> None:
    """Where no name says which text is a moment, its known values do."""
    sealed = {**TEXT, "examples": ["2021-05-06 10:00:00 UTC"]}
    after = obj("code sealing", code={**TEXT, "examples": ["x1"]}, sealing=sealed)
    contract = obj("time", time={**TEXT, "format": "date-time"})
    given = {"code": "x1", "sealing": "2021-05-06 10:00:00 UTC"}
    assert adapt(propose(after, contract), given) == {"time": "2021-05-06T10:00:00Z"}
