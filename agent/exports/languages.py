"""The languages that an adapter can be exported to."""

from __future__ import annotations

from typing import Final

from agent.exports.javascript import JavaScript
from agent.exports.jq import Jq
from agent.exports.jsonata import Jsonata
from agent.ports import Exporter

EXPORTERS: Final[dict[str, Exporter]] = {
    "javascript": JavaScript(),
    "jq": Jq(),
    "jsonata": Jsonata(),
}
"""Exporters by the name that `--to` takes."""
