"""Options that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from agent.settings import Settings, read_settings


def settings_of(args: argparse.Namespace) -> Settings:
    """Return the settings of the environment with a command's own options on top."""
    overrides: dict[str, object] = {}
    if getattr(args, "data_dir", None):
        overrides["data_dir"] = Path(args.data_dir).expanduser()
    if getattr(args, "host", None):
        overrides["host"] = args.host
    if getattr(args, "port", None) is not None:
        overrides["port"] = args.port
    return read_settings(**overrides)
