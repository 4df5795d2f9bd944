"""Conversions of one read that types, formats, enums and units call for, without any pair."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from agent.core.language.syntax import (
    ArrayDisplay,
    Call,
    Conditional,
    Expression,
    Literal,
    ObjectDisplay,
)
from agent.core.matching.names import own_name, words
from agent.core.matching.value_tables import known_values
from agent.core.schema import FieldInfo
from agent.core.synthesis.build import V, call, literal, table
from agent.core.synthesis.enum_tables import FEW, enum_table, with_leftover
from agent.core.synthesis.numbered import numbered
from agent.core.synthesis.renamed_values import renamed_between, renamed_values
from agent.core.synthesis.told_tables import Code, told_table
from agent.core.synthesis.units import MILLISECONDS, unit_conversion, unit_of
from agent.core.synthesis.written_dates import asked_part, date_format, day_patterns, read_by
from agent.core.values import Json, same_value

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")

TOLD_WORTH = 0.6
"""What it is worth that a description spells out a table between the lists of two fields."""

NO_DATE = 0.5
"""What is left of a likeness where a date is wanted and the known values are none."""

KIND_WORTH = 0.05
"""What it is worth that values of a text are all of the kind that is wanted: yes or no, dates."""

EPOCH_MS_FLOOR = 100_000_000_000
"""Epoch numbers above this are milliseconds: as seconds they would lie beyond the year 5000."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """An expression over `v`, how sure it is to be the one that is meant, and why."""

    expression: Expression
    certainty: float
    reason: str
    is_lossy: bool = False
    is_ambiguous: bool = False
    worth: float = 0.0
    """The likeness of two fields that such a conversion speaks for by itself."""


def conversion(source: FieldInfo, target: FieldInfo) -> Conversion | None:
    """Return the conversion that types, formats, enums and units call for, or None."""
    told = told_table(source, target)
    if told:
        return _told(told)
    by_number = numbered(source, target)
    if by_number:
        lookup = call("lookup", V, ObjectDisplay(_entries(by_number)))
        return Conversion(lookup, 0.9, "by the number in each value", is_ambiguous=True)
    if target.enum and source.enum and "string" in source.types:
        return _enums(source, target)
    if _is_text(source) and _is_text(target):
        return _texts(source, target)
    if source.types & {"integer", "number"} and target.types & {"integer", "number"}:
        return _numbers(source, target)
    if not source.types and not target.is_nullable:
        return None
    if target.types == {"array"} and "array" in source.types and source.types != {"array"}:
        return _wrapped_where_alone(target)
    if not source.types or not target.types or source.types & target.types:
        return _guarded(source, target)
    return _between(source, target)


def _is_text(field: FieldInfo) -> bool:
    return "string" in field.types


def _guarded(source: FieldInfo, target: FieldInfo) -> Conversion:
    """The value as it is; a source that may also hold other types is no certain match."""
    fits = source.types <= target.types
    return Conversion(V, 1.0 if fits else 0.8, "same type" if fits else "overlapping types")


def _texts(source: FieldInfo, target: FieldInfo) -> Conversion:
    left, right = date_format(source), target.format
    if left == "date-time" and right == "date":
        return Conversion(call("iso_date", V), 0.9, "date-time to date", is_lossy=True)
    if left == "date" and right == "date-time":
        parsed = call("parse_date", V, assume_zone="UTC")
        return Conversion(
            call("iso_datetime", parsed), 0.7, "date to midnight UTC", is_ambiguous=True
        )
    if right in ("date", "date-time") and not left:
        written = _written(source, right)
        if written is not None:
            return written
    renamed, is_partial = renamed_values(target)
    if renamed and (is_partial or set(known_values(source)) <= set(renamed)):
        others = (("otherwise", V),) if is_partial else ()
        return Conversion(Call("lookup", (V, table(renamed)), others), 0.95, "names as described")
    if target.enum:
        renamed = _known_table(source, target)
        if renamed:
            said = "known values by the contract's"
            return Conversion(call("lookup", V, table(renamed)), 0.75, said, is_ambiguous=True)
        allowed = ArrayDisplay(tuple(literal(value) for value in target.enum if value is not None))
        return Conversion(call("one_of", V, allowed), 0.75, "only the contract's values pass")
    return Conversion(V, 1.0 if source.types <= target.types else 0.8, "same type")


def _known_table(source: FieldInfo, target: FieldInfo) -> dict[str, str]:
    """Return a table of the few values that a text is known to have, where each has a partner."""
    wanted = [value for value in target.enum or () if isinstance(value, str)]
    given = list(dict.fromkeys(one for one in source.examples if isinstance(one, str)))
    if not 1 < len(given) <= FEW or set(given) <= set(wanted):
        return {}
    found = enum_table(given, wanted)
    if found:
        with_leftover(found, given, wanted)
    return {one: found[one] for one in given} if len(found) == len(given) else {}


def _written(source: FieldInfo, wanted: str) -> Conversion | None:
    """A date as its known values are written; those that are none speak against one."""
    patterns = day_patterns(source)
    if patterns is None:
        return None
    if not patterns:
        return Conversion(V, NO_DATE, "known values are no dates")
    is_day = wanted == "date"
    read = read_by(patterns[0])
    is_open = len(patterns) > 1 or (not is_day and "%z" not in patterns[0].lower())
    made = call("iso_date" if is_day else "iso_datetime", read)
    return Conversion(
        made,
        0.9,
        f"dates written as {patterns[0]}",
        is_lossy=is_day and "%H" in patterns[0],
        is_ambiguous=is_open,
        worth=KIND_WORTH,
    )


def _numbers(source: FieldInfo, target: FieldInfo) -> Conversion:
    scaled = unit_conversion(source, target)
    if scaled is not None:
        if "number" not in target.types:
            scaled = call("round", scaled, Literal(0))
            return Conversion(scaled, 0.8, "unit conversion, rounded", is_lossy=True)
        return Conversion(scaled, 0.9, "units in names or descriptions")
    if "number" in source.types and "number" not in target.types:
        return Conversion(call("integer", V), 0.7, "number to integer, refused unless integral")
    return Conversion(V, 1.0, "same type")


def _enums(source: FieldInfo, target: FieldInfo) -> Conversion:
    """A table between two enums, by equal words first and by similar ones after."""
    wanted = [value for value in target.enum or () if isinstance(value, str)]
    given = [value for value in source.enum or () if isinstance(value, str)]
    if set(given) <= set(wanted):
        return Conversion(V, 1.0, "every value is in the contract's enum")
    found = {**enum_table(given, wanted), **renamed_between(given, wanted, target.description)}
    found = {value: found[value] for value in given if value in found}
    missing = [value for value in given if value not in found]
    otherwise: tuple[tuple[str, Expression], ...] = ()
    if missing and not target.is_required:
        otherwise = (("otherwise", Call("absent", ())),)
    lookup = Call("lookup", (V, table(found)), otherwise)
    share = len(found) / len(given)
    exact = all(words(key) == words(value) for key, value in found.items())
    return Conversion(
        lookup,
        share * (0.95 if exact else 0.7),
        f"{len(found)} of {len(given)} enum values by name",
        is_ambiguous=bool(missing) or not exact,
    )


def _entries(found: Mapping[Code, Code]) -> tuple[tuple[Expression, Expression], ...]:
    return tuple((Literal(key), Literal(value)) for key, value in found.items())


def _told(told: Mapping[Code, Code]) -> Conversion:
    """A table that a description spells out, which a person is to look at."""
    lookup = call("lookup", V, ObjectDisplay(_entries(told)))
    return Conversion(lookup, 0.95, "a table in words", is_ambiguous=True, worth=TOLD_WORTH)


def _between(source: FieldInfo, target: FieldInfo) -> Conversion | None:
    """Conversions between two scalar types, or between an array and its item."""
    if "array" in target.types:
        return Conversion(_alone(target), 0.75, "wrapped into an array")
    if "array" in source.types:
        return _unwrap(target)
    if target.types & {"integer", "number"} and _is_text(source):
        return _text_to_number(source, target)
    if _is_text(target) and source.types & {"integer", "number"}:
        return _number_to_text(source, target)
    if target.types == {"boolean"} and _is_text(source):
        return _text_to_boolean(source)
    if _is_text(target) and source.types == {"boolean"}:
        return Conversion(call("text", V), 0.75, "boolean to text")
    return None


def _alone(target: FieldInfo) -> Expression:
    """The value as the only item; where nothing is there, an optional array is left out."""
    alone = ArrayDisplay((V,))
    return alone if target.is_required else call("non_empty", alone)


def _wrapped_where_alone(target: FieldInfo) -> Conversion:
    made = Conditional(call("is_array", V), V, _alone(target))
    return Conversion(made, 0.95, "an array as it is, one value wrapped into one")


_YES_NO = (("true", "false"), ("yes", "no"), ("y", "n"), ("1", "0"), ("on", "off"), ("t", "f"))


def _text_to_boolean(source: FieldInfo) -> Conversion | None:
    """A text that is seen to say yes or no; one of which nothing is known might.

    One that the schema allows nothing else is a boolean in all but type.
    """
    shown = {value for value in (*source.examples, *(source.enum or ())) if isinstance(value, str)}
    if not shown:
        return Conversion(call("boolean", V), 0.5, "text to boolean")
    for yes, no in _YES_NO:
        if {value.lower() for value in shown} <= {yes, no}:
            made = _said_yes(yes, no, next(iter(sorted(shown))))
            return replace(made, worth=KIND_WORTH) if len(source.enum or ()) == 2 else made
    return None


def _said_yes(yes: str, no: str, shown: str) -> Conversion:
    if (yes, no) == ("true", "false") and shown.islower():
        return Conversion(call("boolean", V), 0.75, "text to boolean")
    case = str.upper if shown.isupper() else str.title if shown.istitle() else str.lower
    lists = (("true", literal([case(yes)])), ("false", literal([case(no)])))
    return Conversion(Call("boolean", (V,), lists), 0.75, "text to boolean")


def _unwrap(target: FieldInfo) -> Conversion | None:
    if not target.types & {"string", "integer", "number", "boolean"}:
        return None
    return Conversion(
        call("first", V), 0.5, "first item of an array", is_lossy=True, is_ambiguous=True
    )


def _text_to_number(source: FieldInfo, target: FieldInfo) -> Conversion | None:
    part = asked_part(source, target)
    if part is not None:
        return Conversion(part[1], 0.9, f"the {part[0]} of a date", is_lossy=True)
    if source.format == "date-time" or (_is_time(target) and source.format == "date"):
        unit = epoch_unit(target)
        return Conversion(call("to_epoch", V, unit=unit), 0.85, f"date-time to epoch ({unit})")
    certainty = _numeric_certainty(source)
    if certainty == 0.0:
        return None
    if "number" in target.types:
        return Conversion(call("number", V), certainty, "text to number")
    return Conversion(call("integer", V), certainty, "text to integer")


def _numeric_certainty(source: FieldInfo) -> float:
    """Return how sure it is that a text field holds numbers, from what it was seen to hold."""
    shown = [value for value in (*source.examples, *(source.enum or ())) if isinstance(value, str)]
    if not shown:
        return 0.9 if re.search(r"\\d|0-9", source.pattern) else 0.5
    return 0.9 if all(_NUMBER.fullmatch(value) for value in shown) else 0.0


def _number_to_text(source: FieldInfo, target: FieldInfo) -> Conversion:
    if target.format in ("date-time", "date"):
        unit = epoch_unit(source)
        moment = call("from_epoch", V, unit=unit)
        shown = call("iso_date" if target.format == "date" else "iso_datetime", moment)
        lossy = target.format == "date"
        return Conversion(shown, 0.85, f"epoch ({unit}) to {target.format}", is_lossy=lossy)
    return Conversion(call("text", V), 0.85, "number to text")


def _is_time(field: FieldInfo) -> bool:
    said = " ".join((*words(own_name(field.path)), field.description.lower()))
    return any(word in said for word in ("epoch", "unix", "timestamp", "posix"))


def epoch_unit(field: FieldInfo) -> str:
    """Return `ms` or `s`, from a field's name, description and example values."""
    said = f"{own_name(field.path)} {field.description}".lower()
    if "millis" in said or unit_of(field) == MILLISECONDS:
        return "ms"
    numbers = [v for v in field.examples if isinstance(v, int) and not isinstance(v, bool)]
    return "ms" if numbers and min(numbers) > EPOCH_MS_FLOOR else "s"


def fixed_value(field: FieldInfo) -> tuple[Json] | None:
    """Return the one value that the contract allows (const, or a single enum value), or None."""
    if field.has_const:
        return (field.const,)
    if field.enum is not None and len(field.enum) == 1:
        return (field.enum[0],)
    return None


def is_allowed(value: Json, field: FieldInfo) -> bool:
    """Return whether the enum or const of a field, if it has one, allows a value."""
    allowed = fixed_value(field) or field.enum
    return allowed is None or any(same_value(value, item) for item in allowed)
