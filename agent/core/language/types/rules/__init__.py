"""What each function of the language gives and refuses, by the shapes of its arguments."""

from typing import Final

from agent.core.language.types.rules.absent import ABSENT_RULES
from agent.core.language.types.rules.aggregates import AGGREGATE_RULES
from agent.core.language.types.rules.arrays import ARRAY_RULES
from agent.core.language.types.rules.choice import CHOICE_RULES
from agent.core.language.types.rules.dates import DATE_RULES
from agent.core.language.types.rules.identity import IDENTITY_RULES
from agent.core.language.types.rules.numbers import NUMBER_RULES
from agent.core.language.types.rules.objects import OBJECT_RULES
from agent.core.language.types.rules.site import Rule
from agent.core.language.types.rules.text import TEXT_RULES

RULES: Final[dict[str, Rule]] = {
    **ABSENT_RULES,
    **CHOICE_RULES,
    **OBJECT_RULES,
    **ARRAY_RULES,
    **AGGREGATE_RULES,
    **TEXT_RULES,
    **NUMBER_RULES,
    **DATE_RULES,
    **IDENTITY_RULES,
}
"""The typing rule of every function."""
