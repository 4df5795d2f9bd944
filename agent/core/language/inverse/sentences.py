"""What each operation loses, in one sentence."""

from __future__ import annotations

from typing import Final

from agent.core.language.syntax import (
    Arithmetic,
    ArrayComprehension,
    ArrayDisplay,
    Comparison,
    Conditional,
    Expression,
    Index,
    Literal,
    Logic,
    Name,
    ObjectComprehension,
    ObjectDisplay,
    Slice,
)

_CALLS: Final = {
    **dict.fromkeys(("join", "format"), "Where one part ends and the next begins is lost."),
    **dict.fromkeys(("part", "slice", "extract"), "The rest of the text is lost."),
    **dict.fromkeys(("first", "last", "only", "at"), "All but one of the values are lost."),
    **dict.fromkeys(("upper", "lower", "title", "snake", "camel", "kebab"), "The case is lost."),
    **dict.fromkeys(("trim", "collapse", "pad"), "The space around or within the text is lost."),
    **dict.fromkeys(("replace", "replace_pattern"), "What was replaced is lost."),
    **dict.fromkeys(("round", "abs"), "The number is not kept as it was: digits or sign are lost."),
    **dict.fromkeys(
        ("iso_datetime", "iso_date", "format_date", "to_epoch", "parse_date", "to_zone"),
        "How the date was written, its zone, or its finer parts are lost.",
    ),
    **dict.fromkeys(("count", "sum", "any", "all", "min", "max"), "The items are lost."),
    **dict.fromkeys(("sort_by", "distinct"), "The order or the repetition of the items is lost."),
    **dict.fromkeys(("lookup", "switch"), "Which value stood for the result is lost."),
    **dict.fromkeys(("matches", "contains", "starts_with", "ends_with"), "The text is lost."),
    **dict.fromkeys(("pick", "omit"), "The fields that are left out are lost."),
    **dict.fromkeys(("sha256", "uuid5"), "The value cannot be found from its digest."),
    "present": "The value is lost; only its presence is kept.",
    "boolean": "Which text stood for the boolean is lost.",
    "non_empty": "Empty becomes missing.",
    "scale": "By how much it was scaled is no number that is written in the rule.",
}


def loss_of_call(function: str) -> str:
    """Return what a call of a function loses."""
    return _CALLS.get(function, f"No inverse of {function} is known; what it reads is lost.")


def loss_of_expression(expression: Expression) -> str:
    """Return what an expression other than a call loses."""
    match expression:
        case Literal():
            return "It writes a constant; nothing of the source is in it."
        case Name():
            return "It reads what is outside the item, which is the same for every item."
        case Conditional():
            return "Which branch was taken, and what the other one reads, is lost."
        case Comparison() | Logic():
            return "What was compared is lost; only the truth is kept."
        case Arithmetic():
            return "The numbers are lost; only the result is kept."
        case Index() | Slice():
            return "The other items are lost."
        case ArrayComprehension() | ObjectComprehension():
            return "What the loop leaves out or repeats is lost."
        case ArrayDisplay() | ObjectDisplay():
            return "Which values were missing, or where they stood, is lost."
        case _:
            return "What is read outside the item is the same for every item."
