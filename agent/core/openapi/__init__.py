"""Whole OpenAPI 3 documents: their operations, their payloads, and what changed between two."""

from agent.core.openapi.compare import compare_apis
from agent.core.openapi.document import ApiDocument
from agent.core.openapi.findings import ApiDiff, Finding

__all__ = ["ApiDiff", "ApiDocument", "Finding", "compare_apis"]
