"""Inverses of adapters: what of a payload an output gives back, and what is lost."""

from agent.core.language.inverse.inverting import invert
from agent.core.language.inverse.records import Inversion, Kind, RuleInversion

__all__ = ["Inversion", "Kind", "RuleInversion", "invert"]
