"""An observatory renames its fields: what is done with what neither name nor pair explains."""

from __future__ import annotations

from agent.core.schema import make_schema
from agent.proposers.leftover import left_for
from tests.core.verify.making import INT, TEXT, array, obj
from tests.proposers.small_tasks import adapt, note, propose

MOMENT = {"type": "string", "format": "date-time"}
LENS = obj("focus", focus=INT, maker=TEXT)


def test_propose__one_new_field_of_the_make_of_a_gone_one__is_taken_and_asked_about() -> None:
    """The only new moment feeds the only moment whose source is gone; a person has to look."""
    before = obj("star", star=TEXT, sunset=MOMENT, finish=MOMENT)
    after = obj("star", star=TEXT, dusk=MOMENT, cease=MOMENT, observer=TEXT)
    night = "2020-01-01T00:00:00Z"
    pairs = [({"star": "Vega", "dusk": night}, {"star": "Vega", "sunset": night})]
    proposed = propose(after, before, before=before, pairs=pairs)
    assert adapt(proposed, {"star": "Deneb", "cease": night}) == {"star": "Deneb", "finish": night}
    assert note(proposed, "/finish").is_ambiguous


def test_propose__two_new_fields_of_the_make_of_a_gone_one__neither_is_taken() -> None:
    """Where two fields are left nothing tells which one is meant."""
    before = obj("star", star=TEXT, finish=MOMENT)
    after = obj("star", star=TEXT, dusk=MOMENT, cease=MOMENT)
    proposed = propose(after, before, before=before)
    assert adapt(proposed, {"star": "Vega", "cease": "2020-01-01T00:00:00Z"}) == {"star": "Vega"}


def test_propose__optional_object_of_a_constant__is_there_where_its_source_is() -> None:
    """A constant alone does not make an object that the source leaves out."""
    kind = {"const": "lens-2"}
    after = obj("star", star=TEXT, lens=obj("kind", kind={"const": "lens-3"}, focus=INT))
    contract = obj("star", star=TEXT, lens=obj("kind", kind=kind, focus=INT))
    proposed = propose(after, contract, before=contract)
    assert adapt(proposed, {"star": "Vega"}) == {"star": "Vega"}
    lens = {"kind": "lens-3", "focus": 5}
    wanted = {"kind": "lens-2", "focus": 5}
    assert adapt(proposed, {"star": "Vega", "lens": lens}) == {"star": "Vega", "lens": wanted}


def test_propose__copied_items_with_a_field_called_otherwise__that_field_is_fed_too() -> None:
    """A copy takes over what has the same name; what is renamed gets a row after it."""
    after = obj("lenses", lenses=array(obj("focus", focus=INT, glass_maker=TEXT)))
    contract = obj("lenses", lenses=array(obj("focus", focus=INT, maker=TEXT)))
    proposed = propose(after, contract)
    given = {"lenses": [{"focus": 5, "glass_maker": "Zeiss"}, {"focus": 6}]}
    wanted = {"lenses": [{"focus": 5, "maker": "Zeiss"}, {"focus": 6}]}
    assert adapt(proposed, given) == wanted


def test_propose__array_for_an_optional_object__takes_the_first_item_and_asks() -> None:
    """The contract has room for one item: the first, and a person says whether that is right."""
    after = obj("star", star=TEXT, lens=array(LENS))
    contract = obj("star", star=TEXT, lens=LENS)
    proposed = propose(after, contract)
    lens = {"focus": 5, "maker": "Zeiss"}
    assert adapt(proposed, {"star": "Vega", "lens": [lens, {"focus": 6}]})["lens"] == lens
    assert adapt(proposed, {"star": "Vega", "lens": []}) == {"star": "Vega"}
    assert note(proposed, "/lens").is_lossy


def left(given: str, wanted: str, *more: str, is_required: bool = False) -> dict[str, str]:
    """Return what is left for a plain text of the contract among new plain texts."""
    after = make_schema(obj("", **dict.fromkeys((given, *more), TEXT)))
    contract = make_schema(obj(wanted if is_required else "", **{wanted: TEXT}))
    found = left_for(contract.fields[1:], after.fields[1:], contract, after)
    return {target: source.path for target, source in found.items()}


def test_left_for__plain_texts_with_names_that_end_alike__only_an_optional_one() -> None:
    """A plain text is left for another where both names end alike and it may be absent."""
    assert left("logged_night", "sworn_night", "cloud") == {"/sworn_night": "/logged_night"}
    assert left("logged_night", "sworn_night", is_required=True) == {}
    assert left("logged_night", "sworn_night", "first_night") == {}
    assert left("logged_night", "sworn_dusk") == {}
