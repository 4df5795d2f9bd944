"""The function library of the adapter language (DESIGN section 4): a closed set."""

from __future__ import annotations

from typing import Final

from agent.core.language.functions.absent import ABSENT_FUNCTIONS
from agent.core.language.functions.aggregates import AGGREGATE_FUNCTIONS
from agent.core.language.functions.arrays import ARRAY_FUNCTIONS
from agent.core.language.functions.casing import CASING_FUNCTIONS
from agent.core.language.functions.choice import CHOICE_FUNCTIONS
from agent.core.language.functions.dates import DATE_FUNCTIONS
from agent.core.language.functions.identity import IDENTITY_FUNCTIONS
from agent.core.language.functions.numbers import NUMBER_FUNCTIONS
from agent.core.language.functions.objects import OBJECT_FUNCTIONS
from agent.core.language.functions.patterns import PATTERN_FUNCTIONS
from agent.core.language.functions.table import Absence, Function, Parameter
from agent.core.language.functions.text import TEXT_FUNCTIONS

FUNCTIONS: Final[dict[str, Function]] = {
    function.name: function
    for function in (
        *ABSENT_FUNCTIONS,
        *CHOICE_FUNCTIONS,
        *OBJECT_FUNCTIONS,
        *ARRAY_FUNCTIONS,
        *AGGREGATE_FUNCTIONS,
        *TEXT_FUNCTIONS,
        *CASING_FUNCTIONS,
        *PATTERN_FUNCTIONS,
        *NUMBER_FUNCTIONS,
        *DATE_FUNCTIONS,
        *IDENTITY_FUNCTIONS,
    )
}
"""All functions by name, in the order of the help."""

__all__ = ["FUNCTIONS", "Absence", "Function", "Parameter"]
