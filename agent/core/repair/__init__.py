"""Repair by counterexample: what contract and source document, never an invented value."""

from agent.core.repair.repairing import repair, starred
from agent.core.repair.sites import replace_row

__all__ = ["repair", "replace_row", "starred"]
