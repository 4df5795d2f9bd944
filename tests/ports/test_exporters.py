"""Every exporter, through the port's suite, in its real engine."""

from __future__ import annotations

import pytest

from agent.exports.check import Engine
from agent.exports.languages import EXPORTERS
from agent.ports import Exporter
from tests.exports.adapters import engine_of
from tests.ports.exporter_suite import ExporterSuite


@pytest.mark.parametrize("language", EXPORTERS)
class TestExporters(ExporterSuite):
    """JavaScript in Node.js, jq in libjq, JSONata in its own package."""

    @pytest.fixture
    def exporter(self, language: str) -> Exporter:
        """The exporter of a language."""
        return EXPORTERS[language]

    @pytest.fixture
    def engine(self, language: str) -> Engine:
        """Its engine on this machine."""
        return engine_of(language)
