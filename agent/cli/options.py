"""Values of options: what each may be, and the settings that they override."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from agent.core.review import State

if TYPE_CHECKING:
    from agent.settings import Settings


def settings_of(args: argparse.Namespace) -> Settings:
    """Return the settings of the environment with a command's own options on top."""
    from agent.settings import read_settings

    overrides: dict[str, object] = {}
    if getattr(args, "data_dir", None):
        overrides["data_dir"] = Path(args.data_dir)
    if getattr(args, "host", None):
        overrides["host"] = args.host
    if getattr(args, "port", None) is not None:
        overrides["port"] = args.port
    return read_settings(**overrides)


def positive_number(text: str) -> float:
    """Return a number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


def positive_count(text: str) -> int:
    """Return a whole number above 0."""
    if not _is_whole(text) or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def port_number(text: str) -> int:
    """Return a port, 0 to 65535."""
    if not _is_whole(text) or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 9


def some_text(text: str) -> str:
    """Return a text that says something and is UTF-8, as the ledger keeps it."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is empty")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError(f"{text!r} is not UTF-8") from None
    return text


def proposal_states() -> tuple[str, ...]:
    """Return the states that a proposal can be in."""
    return tuple(state.value for state in State)
