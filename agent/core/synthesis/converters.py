"""Conversions of `v` that could turn given values into wanted ones, the simplest first."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator

from agent.core import paths
from agent.core.language.rewrite import replace_name
from agent.core.language.syntax import (
    ArrayComprehension,
    ArrayDisplay,
    Call,
    Expression,
    Field,
    Literal,
    Loop,
    Name,
)
from agent.core.matching.names import stems
from agent.core.synthesis.addresses import address_parts
from agent.core.synthesis.arithmetic import changed_numbers, numbers_of_texts
from agent.core.synthesis.build import V, call
from agent.core.synthesis.examples import distinct_count, holds, is_present, value_of
from agent.core.synthesis.spoken import beside
from agent.core.synthesis.taught_tables import (
    Candidate,
    Pairs,
    exceptions,
    may_recur,
    whole_tables,
)
from agent.core.synthesis.templates import is_specific, literal_cost
from agent.core.synthesis.written_dates import DATE_PATTERNS
from agent.core.values import json_type, same_value

ENTRY_MARKS = ("/", ":", "#", "|")
SEPARATORS = (
    " ", ", ", ",", "/", "-", ":", ".", "_", "|", "; ", ";", "@", "#", "=", ": ", "://", "\n", "",
)  # fmt: skip
_DATE = re.compile(r"\d{4}|\d[-/.: ]\d")
UTC_OFFSET = "[+]00:?00$"
LONG_SECONDS = r"(:[0-9]{2})(\.[0-9]*[1-9])?\.?0*(Z|[+-][0-9]{2}:?[0-9]{2})$"
PART_OF_TEXT = "a part of the text"
ADDRESS_COST = 1.3


def converters(pairs: Pairs, *, is_closed: bool = False) -> Iterator[Candidate]:
    """Yield the conversions that hold on all pairs, cheapest kinds first.

    A table needs values that come back, or a set that `is_closed` (an enum, a boolean): learned
    from values that never repeat it would only recite the pairs.
    """
    for make in (*_makers(pairs, is_closed=is_closed), exceptions):
        for expression, cost, reason in make(pairs):
            if holds(expression, pairs):
                yield expression, cost, reason


def is_related(given: object, wanted: object) -> bool:
    """Return whether one value could be a conversion of another: no table, no guess.

    Texts share their letters or a number; everything else is left to the conversions.
    """
    if isinstance(given, str) and isinstance(wanted, str):
        left, right = _letters(given), _letters(wanted)
        if not left or not right:
            return not right and not left
        return left in right or right in left or bool(_long_numbers(left) & _long_numbers(right))
    if isinstance(given, str) and isinstance(wanted, (int, float)):
        return any(character.isdecimal() for character in given)
    if isinstance(given, (dict, list)) or isinstance(wanted, (dict, list)):
        return isinstance(given, (dict, list)) or isinstance(wanted, list)
    return not isinstance(given, bool) and not isinstance(wanted, bool)


@functools.lru_cache(maxsize=65_536)
def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


@functools.lru_cache(maxsize=65_536)
def _long_numbers(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\d{2,4}", text))


def _makers(pairs: Pairs, *, is_closed: bool) -> Iterator[Callable[[Pairs], Iterator[Candidate]]]:
    given = {json_type(value) for value, _ in pairs}
    wanted = {json_type(value) for _, value in pairs}
    yield _identity
    numbers = {"integer", "number"}
    if given == {"string"} and wanted == {"string"}:
        yield from (_cases, _parts, _dates_to_text, _affixes, _replacements, _with_point, _cased)
    if given == {"string"} and wanted <= numbers:
        yield from (_text_to_number, numbers_of_texts, _part_numbers)
    if given <= numbers and wanted == {"string"}:
        yield from (_number_to_text, _with_places, _affixes)
    if given <= numbers and wanted <= numbers:
        yield changed_numbers
    if given == {"array"}:
        yield _array_to_one
    if wanted == {"array"}:
        yield _one_to_array
    if given == {"array"} and wanted == {"array"}:
        yield from (_array_items, _array_order)
    if may_recur(pairs, is_closed=is_closed):
        yield whole_tables


def _identity(_: Pairs) -> Iterator[Candidate]:
    yield V, 0.0, "the value as it is"


def _cases(_: Pairs) -> Iterator[Candidate]:
    for name in ("lower", "upper", "title", "trim", "collapse", "snake", "kebab", "camel"):
        yield call(name, V), 0.8, name


def _dates_to_text(pairs: Pairs) -> Iterator[Candidate]:
    if not all(_DATE.search(str(given)) and _DATE.search(str(wanted)) for given, wanted in pairs):
        return
    utc = call("replace_pattern", V, Literal(UTC_OFFSET), Literal("Z"))
    yield utc, 1.05, "UTC written as Z"
    short = call("replace_pattern", utc, Literal(LONG_SECONDS), Literal(r"\1\2\3"))
    yield short, 1.5, "UTC written as Z, without zeros at the end of the fraction"
    parses: list[Expression] = [
        V,
        call("parse_date", V, assume_zone="UTC"),
        call("to_zone", V, Literal("UTC")),
    ]
    parses += [
        call("parse_date", V, pattern=pattern, assume_zone="UTC")
        for pattern in DATE_PATTERNS
        if holds_somehow(
            call("iso_date", call("parse_date", V, pattern=pattern, assume_zone="UTC")), pairs
        )
    ]
    for cost, parsed in enumerate(parses):
        yield call("iso_datetime", parsed), 1.0 + cost / 10, "date as ISO 8601"
        yield call("iso_date", parsed), 1.0 + cost / 10, "day of a date"
        for places in (3, 6):
            yield call("iso_datetime", parsed, fraction=places), 1.2 + cost / 10, "date as ISO 8601"
        for pattern in DATE_PATTERNS:
            yield call("format_date", parsed, Literal(pattern)), 1.4 + cost / 10, "date as text"


def holds_somehow(expression: Expression, pairs: Pairs) -> bool:
    """Return whether an expression over `v` gives a value for every pair, whichever it is."""
    return all(is_present(value_of(expression, {V.name: given})) for given, _ in pairs)


def _affixes(pairs: Pairs) -> Iterator[Candidate]:
    """A constant before or after the value, put on or taken off."""
    first, wanted = str(pairs[0][0]), str(pairs[0][1])
    if distinct_count([given for given, _ in pairs]) < 2:
        yield from _around(first, wanted)
        return
    for respelt, extra in _respelt(first):
        shown = str(value_of(respelt, {V.name: first}))
        at = wanted.find(shown)
        if shown and at >= 0 and not set("{}") & set(wanted):
            pattern = wanted[:at] + "{}" + wanted[at + len(shown) :]
            cost = 1.2 + extra + literal_cost(pattern) / 2
            yield call("format", Literal(pattern), respelt), cost, f"written as {pattern}"
    at = first.find(wanted)
    if wanted and at >= 0 and isinstance(pairs[0][0], str):
        before, after = at, len(first) - at - len(wanted)
        end = -after if after else None
        arguments = (V, Literal(before)) if end is None else (V, Literal(before), Literal(end))
        ends = {str(given)[len(str(given)) - after :] for given, _ in pairs}
        if len({str(given)[:before] for given, _ in pairs}) == 1 and len(ends) == 1:
            yield Call("slice", arguments), 1.6, PART_OF_TEXT


def _around(given: str, wanted: str) -> Iterator[Candidate]:
    """What stands before a value that is hardly there by coincidence, and after it."""
    at = wanted.find(given)
    if at >= 0 and given != wanted and is_specific(given) and not set("{}") & set(wanted):
        pattern = wanted[:at] + "{}" + wanted[at + len(given) :]
        yield call("format", Literal(pattern), V), 2.4, f"written as {pattern}"


def labelled(pairs: Pairs, path: str) -> Iterator[Candidate]:
    """Yield one value with a constant around it that names its field: `priority:low`."""
    given, wanted = pairs[0]
    if not isinstance(given, str) or not isinstance(wanted, str) or set("{}") & set(wanted):
        return
    if distinct_count([one for _, one in pairs]) > 1:
        return
    said = stems(" ".join(map(str, paths.parse(path))))
    for respelt, extra in _respelt(given):
        shown = str(value_of(respelt, {V.name: given}))
        at = wanted.find(shown) if shown else -1
        before, after = wanted[:at], wanted[at + len(shown) :]
        around = stems(f"{before} {after}")
        if at >= 0 and around and around <= said:
            pattern = before + "{}" + after
            yield call("format", Literal(pattern), respelt), 1.5 + extra, f"written as {pattern}"


def _respelt(text: str) -> Iterator[tuple[Expression, float]]:
    """Yield the value as it is and respelled, with what that costs."""
    yield V, 0.0
    if any(character.isalpha() for character in text):
        for function in ("lower", "upper", "snake", "kebab", "camel", "title"):
            yield call(function, V), 0.4


def _parts(pairs: Pairs) -> Iterator[Candidate]:
    for part, name in address_parts([str(given) for given, _ in pairs]):
        yield part, ADDRESS_COST, f"{PART_OF_TEXT}: the {name}"
    if distinct_count([wanted for _, wanted in pairs]) < 2:
        yield from _last_parts(pairs)
        return
    for separator in SEPARATORS:
        if separator and all(separator in str(given) for given, _ in pairs):
            for index in (0, 1, -1, 2, -2, 3):
                yield call("part", V, Literal(separator), Literal(index)), 1.3, PART_OF_TEXT
    for separator in SEPARATORS:
        if separator and len(separator) == 1 and any(separator in str(v) for v, _ in pairs):
            if not all(separator in str(given) for given, _ in pairs):
                for index in (0, -1):
                    yield call("part", V, Literal(separator), Literal(index)), 1.4, PART_OF_TEXT
            for is_before in (True, False):
                made = beside(separator, is_before=is_before, is_last=is_before)
                yield made, 1.5, PART_OF_TEXT
                yield call("trim", made), 1.7, PART_OF_TEXT
    for pattern in (r"(\d+)", r"([A-Za-z]+)", r"([^/]+)$", r"\(([^)]*)\)"):
        yield call("extract", V, Literal(pattern)), 1.8, f"what matches {pattern}"


def _last_parts(pairs: Pairs) -> Iterator[Candidate]:
    """What stands after the only separator: one value shows no more of a split."""
    for separator in ENTRY_MARKS:
        if all(str(given).count(separator) == 1 for given, _ in pairs):
            yield call("part", V, Literal(separator), Literal(-1)), 1.5, PART_OF_TEXT


def _cased(pairs: Pairs) -> Iterator[Candidate]:
    """Other letters of a part or of a replacement."""
    for name, change in (("lower", str.lower), ("upper", str.upper)):
        changed = [(change(str(given)), wanted) for given, wanted in pairs]
        if all(given == old for (given, _), (old, _) in zip(changed, pairs, strict=True)):
            continue
        for make in (_parts, _affixes, _replacements):
            for expression, cost, _ in make(changed):
                if holds(expression, changed):
                    made = replace_name(expression, V.name, call(name, V))
                    yield made, cost + 0.4, f"{name}, {PART_OF_TEXT}"
                    break


def _replacements(pairs: Pairs) -> Iterator[Candidate]:
    for old in ("-", "_", " ", ".", "/", ":", ","):
        for new in ("", "-", "_", " ", ".", "/", ":"):
            if old != new and any(old in str(given) for given, _ in pairs):
                yield call("replace", V, Literal(old), Literal(new)), 1.5, f"{old!r} as {new!r}"


def _with_point(pairs: Pairs) -> Iterator[Candidate]:
    """A whole number in a text with the decimal that others have: `2` as `2.0`, `1.1` as it is."""
    if any(str(wanted) == f"{given}.0" for given, wanted in pairs):
        made = call("replace_pattern", V, Literal("^([0-9]+)$"), Literal(r"\1.0"))
        yield made, 1.3, "whole numbers with a decimal"


def _text_to_number(_: Pairs) -> Iterator[Candidate]:
    yield call("integer", V), 0.7, "text to integer"
    yield call("number", V), 0.8, "text to number"
    for unit in ("s", "ms"):
        yield call("to_epoch", V, unit=unit), 1.0, f"date to epoch ({unit})"
        assumed = call("parse_date", V, assume_zone="UTC")
        yield call("to_epoch", assumed, unit=unit), 1.3, f"date to epoch ({unit}), read as UTC"


def _part_numbers(pairs: Pairs) -> Iterator[Candidate]:
    for expression, cost, reason in _parts([(given, str(wanted)) for given, wanted in pairs]):
        yield call("integer", expression), cost + 0.3, reason
        bare = call("replace_pattern", expression, Literal("^0+([0-9])"), Literal("\\1"))
        yield call("integer", bare), cost + 0.6, reason
        yield call("number", expression), cost + 0.4, reason


def _number_to_text(_: Pairs) -> Iterator[Candidate]:
    yield call("text", V), 0.7, "number to text"
    for unit in ("s", "ms"):
        moment = call("from_epoch", V, unit=unit)
        yield call("iso_datetime", moment), 1.0, f"epoch ({unit}) to date-time"
        yield call("iso_datetime", moment, fraction=3), 1.1, f"epoch ({unit}) to date-time"
        yield call("iso_date", moment), 1.1, f"epoch ({unit}) to date"


def _with_places(pairs: Pairs) -> Iterator[Candidate]:
    """A number written with always as many decimals, `3.50`, also from the smaller unit: 350."""
    places = {len(str(wanted).partition(".")[2]) for _, wanted in pairs}
    if len(places) == 1 and (count := places.pop()) in (1, 2, 3):
        scaled = call("round", call("scale", V, Literal(count)), Literal(0))
        for whole, cost in ((scaled, 1.7), (V, 1.9)):
            digits = call("pad", call("text", whole), Literal(count + 1), Literal("0"))
            before, after = (
                Call("slice", (digits, Literal(0), Literal(-count))),
                Call("slice", (digits, Literal(-count))),
            )
            made = call("format", Literal("{}.{}"), before, after)
            yield made, cost, f"written with {count} decimals"


def _array_to_one(pairs: Pairs) -> Iterator[Candidate]:
    yield call("first", V), 1.0, "first item"
    yield call("last", V), 1.5, "last item"
    yield call("count", V), 1.2, "number of items"
    is_text = all(isinstance(wanted, str) for _, wanted in pairs)
    for name in ("sum", "min", "max"):
        yield call(name, V), 3.5 if is_text else 2.0, name
    if all(isinstance(wanted, str) for _, wanted in pairs):
        for separator in SEPARATORS:
            yield call("join", Literal(separator), V), 1.1, f"joined with {separator!r}"


def _one_to_array(pairs: Pairs) -> Iterator[Candidate]:
    yield ArrayDisplay((V,)), 0.9, "wrapped into an array"
    if all(isinstance(given, str) for given, _ in pairs):
        for separator in SEPARATORS:
            if separator:
                made = call("split", V, Literal(separator))
                yield made, 1.2, f"split at {separator!r}"
                if any(given == "" for given, _ in pairs):
                    parts = replace_name(made, V.name, call("non_empty", V))
                    filled = call("default", parts, ArrayDisplay(()))
                    yield filled, 1.3, f"split at {separator!r}, none where it is empty"


def _array_items(pairs: Pairs) -> Iterator[Candidate]:
    """One conversion or one field of every item."""
    if not all(len(given) == len(wanted) for given, wanted in pairs):  # type: ignore[arg-type]
        return
    items = [
        (left, right)
        for given, wanted in pairs
        for left, right in zip(given, wanted, strict=True)  # type: ignore[call-overload]
    ]
    if not items:
        return
    loop = (Loop(("x",), V, ()),)
    if all(isinstance(left, dict) for left, _ in items):
        for key in items[0][0]:
            if all(same_value(left.get(key), right) for left, right in items):
                yield ArrayComprehension(Field(Name("x"), key), loop), 1.3, f"{key} of every item"
        return
    if any(isinstance(value, (dict, list)) for pair in items for value in pair):
        return
    for expression, cost, reason in converters(items):
        # A table of items is left to loops, which know more of an item than one value.
        if expression != V and not reason.startswith("a table"):
            yield ArrayComprehension(_of(expression, Name("x")), loop), cost + 0.8, reason
            return


def _array_order(_: Pairs) -> Iterator[Candidate]:
    yield call("distinct", V), 1.4, "each item once"


def _of(expression: Expression, read: Expression) -> Expression:
    """Return a conversion of `v` as a conversion of `read`."""
    return replace_name(expression, V.name, read)
