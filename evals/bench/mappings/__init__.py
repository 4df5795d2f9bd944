"""The mappings of the benchmark: an adapter each, as a document with its schemas embedded."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from agent.core.language.document import Adapter, read_adapter
from agent.formats.documents import load_file

_FOLDER: Final = Path(__file__).parent

MAPPINGS: Final = {
    "flat": "flat, 20 fields",
    "orders": "nested order with lines",
    "telemetry": "pivots and joins",
}
"""What each mapping stands for."""


def load_mapping(name: str) -> Adapter:
    """Return the adapter of one mapping."""
    return read_adapter(load_file(str(_FOLDER / f"{name}.json")))
