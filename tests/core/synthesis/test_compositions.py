from __future__ import annotations

from agent.core.language.absence import MISSING
from agent.core.language.interpreter import evaluate
from agent.core.language.printer import print_expression
from agent.core.language.rewrite import read_of
from agent.core.schema import FieldInfo
from agent.core.synthesis.compositions import Composed, composed
from agent.core.synthesis.examples import Read


def text_read(path: str, *, kind: str = "string") -> Read:
    """Return a read of a required field of one type."""
    field = FieldInfo(path, frozenset({kind}), is_required=True, is_nullable=False)
    expression = read_of(path)
    assert expression is not None
    return Read(expression, path, field, 0.5)


def found(target: str, *reads: Read) -> list[str]:
    """Return the expressions that put a required text field together."""
    field = FieldInfo(target, frozenset({"string"}), is_required=True, is_nullable=False)
    return [print_expression(one.expression) for one in composed(field, reads)]


def test_composed__parts_side_by_side__are_joined_in_order() -> None:
    """A full name is joined from first and last name of one object, whatever their order there."""
    reads = text_read("/guest/surname"), text_read("/guest/given_name")
    assert found("/guestName/full_name", *reads) == [
        "join(' ', src.guest.given_name, src.guest.surname)"
    ]


def test_composed__parts_of_different_objects__are_not_joined() -> None:
    """The first name of one person and the last name of another make no name."""
    assert found("/name", text_read("/buyer/first_name"), text_read("/seller/last_name")) == []


def test_composed__part_of_a_whole__is_its_first_or_last_word() -> None:
    """A first name is the first part of a full name, a last name the last."""
    assert found("/firstName", text_read("/full_name")) == ["part(src.full_name, ' ', 0)"]
    assert found("/lastName", text_read("/full_name")) == ["part(src.full_name, ' ', -1)"]


def test_composed__of_numbers__is_nothing() -> None:
    """Only texts are joined or taken apart."""
    numbers = text_read("/first_name", kind="integer"), text_read("/last_name", kind="integer")
    assert found("/name", *numbers) == []


def dated(description: str = "") -> Composed:
    """Return the one date that is put together from the numbers of two objects."""
    numbers = [
        text_read(f"/{parent}/{part}", kind="integer")
        for parent, parts in (("sown", ("day", "month", "year")), ("plot", ("year", "month")))
        for part in parts
    ]
    field = FieldInfo(
        "/sown_on",
        frozenset({"string"}),
        is_required=True,
        is_nullable=False,
        format="date-time",
        description=description,
    )
    (one,) = composed(field, numbers)
    return one


def test_composed__year_month_and_day_side_by_side__are_a_date() -> None:
    """Numbers of one object that are the parts of a date become its text; parts alone do not."""
    made = evaluate(dated().expression, {"src": {"sown": {"year": 987, "month": 4, "day": 30}}})
    assert made == "0987-04-30T00:00:00Z"


def test_composed__what_stands_for_a_missing_part_is_told__it_does() -> None:
    """A description may say what a date without its year is written with."""
    said = dated("Midnight; year 1604 is used where it is unknown.")
    assert evaluate(said.expression, {"src": {"sown": {"month": 4, "day": 30}}}) == (
        "1604-04-30T00:00:00Z"
    )
    sown = {"src": {"sown": {"month": 4, "day": 30}}}
    assert evaluate(dated("Year 1604 was wet.").expression, sown) is MISSING


def test_composed__time_with_the_format_of_a_moment__is_no_part_of_one() -> None:
    """A field called `time` that holds whole moments takes no part of a timestamp."""
    moment = FieldInfo(
        "/time", frozenset({"string"}), is_required=True, is_nullable=False, format="date-time"
    )
    assert not list(composed(moment, [text_read("/timestamp")]))
    assert found("/time", text_read("/timestamp")) != []
