"""What to write instead where a text or number is no date as it stands."""

from __future__ import annotations

import re
from typing import Final

_FORMS: Final = tuple(
    (re.compile(form), pattern)
    for form, pattern in (
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Za-z]+", "%Y-%m-%d %H:%M:%S %Z"),
        (r"\d{4}/\d\d?/\d\d?", "%Y/%m/%d"),
        (r"\d{4}/\d\d?/\d\d? \d\d:\d\d:\d\d", "%Y/%m/%d %H:%M:%S"),
        (r"\d\d?\.\d\d?\.\d{4} \d\d?:\d\d", "%d.%m.%Y %H:%M"),
        (r"\d\d?/\d\d?/\d{4}", "%d/%m/%Y"),
        (
            r"[A-Za-z]{3}, \d\d? [A-Za-z]{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}",
            "%a, %d %b %Y %H:%M:%S %z",
        ),
        (r"[A-Za-z]{3}, \d\d? [A-Za-z]{3} \d{4} \d\d:\d\d:\d\d [A-Z]+", "%a, %d %b %Y %H:%M:%S %Z"),
        (r"\d\d? [A-Za-z]{3} \d{4}", "%d %b %Y"),
    )
)
_USUAL: Final = "%d.%m.%Y"
_MILLISECONDS: Final = 10**11
"""Epoch numbers above it are milliseconds: as seconds they would lie beyond the year 5000."""
_LONGEST: Final = 100


def form_help(text: str) -> str:
    """Return what reads a text that is no ISO 8601 date."""
    bare = text[:_LONGEST].strip()
    if not bare:
        return "leave it out: parse_date(non_empty(trim(x)))"
    if bare != text[:_LONGEST]:
        return "trim it: parse_date(trim(x))"
    if re.fullmatch(r"\d{4}", text, re.ASCII):
        return "it has no month and no day: parse_date(x, pattern='%Y', assume_zone='UTC')"
    if re.fullmatch(r"\d{4}-\d\d", text, re.ASCII):
        return "it has no day: parse_date(x, pattern='%Y-%m', assume_zone='UTC')"
    if text.isdigit():
        return f"if it is an epoch: {_from_epoch('integer(x)', int(bare))}"
    fitting = (pattern for form, pattern in _FORMS if form.fullmatch(text))
    return f"give its form: parse_date(x, pattern='{next(fitting, _USUAL)}')"


def zone_help(text: str) -> str:
    """Return what reads a date text that says no zone."""
    known = "say which: parse_date(x, assume_zone='UTC') or an IANA name"
    if text.isdigit():
        return f"{known}; if it is an epoch: {_from_epoch('integer(x)', int(text))}"
    return known


def epoch_help(number: int | float) -> str:
    """Return what reads a number as a date."""
    return f"if it is an epoch: {_from_epoch('x', number)}"


def _from_epoch(written: str, number: int | float) -> str:
    unit = ", unit='ms'" if abs(number) > _MILLISECONDS else ""
    return f"from_epoch({written}{unit})"
