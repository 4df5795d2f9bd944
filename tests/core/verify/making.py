"""Adapters, schemas and contracts for the tests of verification, in few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.core.contract import Contract
from agent.core.language.document import Adapter, read_adapter
from agent.core.proposing import RuleNote, Sample
from agent.core.schema import Schema, make_schema
from agent.core.verify.record import Verification
from agent.core.verify.verify import verify


def obj(required: str = "", **properties: Any) -> dict[str, Any]:
    """Return an object schema; `required` lists names, separated by spaces."""
    return {"type": "object", "required": required.split(), "properties": properties}


def array(items: Any) -> dict[str, Any]:
    """Return an array schema."""
    return {"type": "array", "items": items}


def map_of(values: Any) -> dict[str, Any]:
    """Return the schema of a map with such values."""
    return {"type": "object", "additionalProperties": values}


def enum(*values: Any) -> dict[str, Any]:
    """Return an enum schema."""
    return {"enum": list(values)}


TEXT = {"type": "string"}
INT = {"type": "integer"}
NUMBER = {"type": "number"}
BOOL = {"type": "boolean"}


def make_adapter(
    rules: Sequence[dict[str, Any]], *, source: Any, contract: Any, **more: Any
) -> Adapter:
    """Return the adapter with these rules from `source` to `contract`."""
    document = {
        "driftmend_adapter": 1,
        "name": "orders-to-billing",
        "source": "orders",
        "source_fingerprints": [],
        "source_schema": source,
        "consumer": "billing",
        "contract_fingerprint": "",
        "contract": contract,
        "rules": list(rules),
        "drops": [],
        **more,
    }
    return read_adapter(document)


def schema(document: Any) -> Schema:
    """Return the schema of a document."""
    return make_schema(document)


def check(
    rules: Sequence[dict[str, Any]],
    *,
    source: Any,
    contract: Any,
    samples: Sequence[Sample] = (),
    notes: Sequence[RuleNote] = (),
    let: dict[str, str] | None = None,
    **more: Any,
) -> Verification:
    """Return the verification of rules from `source` to `contract`."""
    extra = {"let": let} if let else {}
    return verify(
        make_adapter(rules, source=source, contract=contract, **extra),
        after=make_schema(source),
        contract=Contract(consumer="billing", schema=make_schema(contract)),
        samples=samples,
        notes=notes,
        **more,
    )


def value(target: str, expression: str, **more: Any) -> dict[str, Any]:
    """Return a value rule."""
    return {"target": target, "value": expression, **more}


def codes(verification: Verification) -> set[str]:
    """Return the codes of the findings."""
    return {finding.code for finding in verification.findings}
