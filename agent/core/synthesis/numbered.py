"""Tables between a closed list of texts with a number in each and a closed list of numbers."""

from __future__ import annotations

import re
from typing import Final

from agent.core.schema import FieldInfo

_NUMBERS: Final = re.compile(r"\d+")


def numbered(source: FieldInfo, target: FieldInfo) -> dict[str | int, str | int]:
    """Return which value of the contract has the number of each value of the source: `P1` is 1.

    Empty unless one list holds whole numbers, the other texts with one number each, no number is
    there twice, and the contract has all numbers of the source.
    """
    given, wanted = _by_number(source), _by_number(target)
    if len(given) < 2 or not given.keys() <= wanted.keys():
        return {}
    if {type(one) for one in given.values()} == {type(one) for one in wanted.values()}:
        return {}
    return {value: wanted[number] for number, value in given.items()}


def _by_number(field: FieldInfo) -> dict[int, str | int]:
    """Return the values of an enum by the number in them; nothing where some have none or two."""
    found: dict[int, str | int] = {}
    for value in field.enum or ():
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            return {}
        numbers = [str(value)] if isinstance(value, int) else _NUMBERS.findall(value)
        if len(numbers) != 1 or int(numbers[0]) in found:
            return {}
        found[int(numbers[0])] = value
    return found
