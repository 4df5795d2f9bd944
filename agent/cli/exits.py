"""Exit codes, what each means, and which one wins over several consumers."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from agent.errors import (
    CannotExport,
    Conflict,
    ContractBroken,
    DriftmendError,
    MemoryUnavailable,
    ModelUnavailable,
    PayloadRefused,
    StoreUnavailable,
)


class Exit(IntEnum):
    """What the command says to the shell."""

    DONE = 0
    NO = 1
    UNUSABLE = 2
    UNKNOWN = 3
    DECIDE = 4


PRECEDENCE = (Exit.UNUSABLE, Exit.UNKNOWN, Exit.NO, Exit.DECIDE, Exit.DONE)


def worst(codes: Iterable[Exit]) -> Exit:
    """Return the code that wins: 2 over 3 over 1 over 4 over 0."""
    return min(codes, key=PRECEDENCE.index, default=Exit.DONE)


def exit_for(error: DriftmendError) -> Exit:
    """Return the code for an error that ends a command."""
    match error:
        case Conflict() | PayloadRefused() | ContractBroken() | CannotExport():
            return Exit.NO
        case StoreUnavailable() | MemoryUnavailable() | ModelUnavailable():
            return Exit.UNKNOWN
        case _:
            return Exit.UNUSABLE
