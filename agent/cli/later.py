"""Commands and options of the design that a later release brings: they say so."""

from __future__ import annotations

from agent.cli.exits import Exit
from agent.cli.output import complain

LATER = {
    "worker": "a worker process of its own; `driftmend serve` has one inside",
}
"""Commands of the design that a later release brings."""


def not_yet(name: str, what: str) -> Exit:
    """Say that something is not there yet, and return the code for an unusable call."""
    complain(f"`{name}` ({what}) comes with a later release")
    return Exit.UNUSABLE
