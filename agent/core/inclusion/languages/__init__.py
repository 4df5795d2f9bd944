"""Sets of texts, decided exactly or refused.

Questions about patterns and lengths (is a set empty, does one hold another, which are its few
members) are answered on deterministic automata that are built only as far as the answer needs. A
solver such as z3 was considered: it answers more kinds of question, and its limit is a clock, so
that the same question could end differently on another day. Here the limit counts steps.
"""

from agent.core.inclusion.languages.language import Language, read_pattern
from agent.core.inclusion.languages.textset import BUDGET, Members, TextSet, is_empty, members

__all__ = ["BUDGET", "Language", "Members", "TextSet", "is_empty", "members", "read_pattern"]
