"""Repair by counterexample: what contract and source document, never an invented value."""

from agent.core.repair.again import blamed, noted_again, without
from agent.core.repair.repairing import repair, starred
from agent.core.repair.sites import replace_row

__all__ = ["blamed", "noted_again", "repair", "replace_row", "starred", "without"]
