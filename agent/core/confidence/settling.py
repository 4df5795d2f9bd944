"""Which doubts a confidence settles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from agent.core.confidence.signals import Ground

if TYPE_CHECKING:
    from agent.core.proposing import RuleNote

DECISION_FLOOR = 0.95
"""Below this confidence a person decides (DESIGN, section 5)."""

ALWAYS_ASKED = frozenset({Ground.CONSTANT, Ground.DEFAULT, Ground.UNEXPLAINED, Ground.MODEL})
"""Grounds that a person decides on however sure they look: no source field says so."""


def settled(note: RuleNote) -> RuleNote:
    """Return a note that is ambiguous no longer where its confidence has weighed all rivals.

    Rivals count among the signals, so that a rule which is sure all the same leaves no question.
    """
    signals = note.signals
    if signals is None or signals.ground in ALWAYS_ASKED or note.confidence < DECISION_FLOOR:
        return note
    return replace(note, is_ambiguous=False)
