"""The examples that the OpenAPI document shows, one story told through every call."""

from __future__ import annotations

from agent.core.values import Json

_AT = "2025-01-31T09:30:00Z"
_SHA = "sha256:" + "4f" * 32
_CHANGE_ID = "chg-7c1e"
_PROPOSAL_ID = "prp-91af"
_ADAPTER_ID = "adp-20d5"

ORDER_SCHEMA: Json = {
    "type": "object",
    "properties": {"order_id": {"type": "string"}, "total": {"type": "number"}},
    "required": ["order_id", "total"],
}
INVOICE_SCHEMA: Json = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "cents": {"type": "integer"}},
    "required": ["id", "cents"],
}
RULES: Json = [
    {"target": "/id", "value": "src.order_id"},
    {"target": "/cents", "value": "scale(src.total, 2)"},
]
ADAPTER_DOCUMENT: Json = {
    "driftmend_adapter": 1,
    "name": "orders-to-billing",
    "source": "orders",
    "source_fingerprints": [],
    "source_schema": ORDER_SCHEMA,
    "consumer": "billing",
    "contract_fingerprint": "",
    "contract": INVOICE_SCHEMA,
    "rules": RULES,
    "drops": [],
}

PUT_SOURCE: Json = {"description": "The order system", "by": "mira"}
REPORT_VERSION: Json = {
    "schema": ORDER_SCHEMA,
    "samples": [{"order_id": "A-1", "total": 12.5}],
    "by": "mira",
}
PUT_CONTRACT: Json = {
    "schema": INVOICE_SCHEMA,
    "invariants": [{"expression": "cents >= 0", "message": "nobody is owed money"}],
    "examples": [{"id": "A-1", "cents": 1250}],
    "by": "mira",
}
_DECIDER: Json = {"by": "mira", "reason": "checked against the price list", "revision": 3}
AMEND_RULES: Json = {"rules": RULES, **_DECIDER}
TRY_PAYLOAD: Json = {"payload": {"order_id": "A-1", "total": 12.5}}
DECIDE: Json = {**_DECIDER, "evidence_hash": _SHA}
IMPORT_ADAPTER: Json = {"adapter": ADAPTER_DOCUMENT, "version": 2, "by": "mira"}
EXPLAIN_TARGET: Json = {"payload": TRY_PAYLOAD["payload"], "target": "/cents"}

SOURCE: Json = {"name": "orders", "description": "The order system", "created_at": _AT}
VERSION: Json = {"source": "orders", "number": 2, "fingerprint": _SHA, "created_at": _AT}
DIFF: Json = {
    "before": "sha256:" + "1a" * 32,
    "after": _SHA,
    "changes": [
        {
            "check": "field-renamed",
            "before_path": "/id",
            "after_path": "/order_id",
            "severity": {"response": "breaking", "request": "breaking"},
            "detail": "/id is now /order_id",
            "confidence": 0.93,
        }
    ],
}
CHANGE: Json = {
    "id": _CHANGE_ID,
    "source": "orders",
    "before": 1,
    "after": 2,
    "diff": DIFF,
    "created_at": _AT,
}
CONTRACT: Json = {
    "consumer": "billing",
    "source": "orders",
    "number": 1,
    "fingerprint": _SHA,
    "created_at": _AT,
}
SUMMARY: Json = {
    "id": _PROPOSAL_ID,
    "source": "orders",
    "version": 2,
    "consumer": "billing",
    "state": "pending",
    "revision": 3,
    "verdict": "tested",
    "confidence": 0.91,
    "decision_needed": True,
    "author": "driftmend",
    "change": _CHANGE_ID,
    "evidence_hash": _SHA,
    "failure": "",
    "created_at": _AT,
    "updated_at": _AT,
}
DECISION: Json = {
    "kind": "approve",
    "by": "mira",
    "reason": "checked against the price list",
    "evidence_hash": _SHA,
    "at": _AT,
}
VERIFICATION: Json = {
    "verdict": "tested",
    "confidence": 0.91,
    "decision_needed": True,
    "unsatisfied": [],
    "findings": [],
    "counterexample": None,
    "tried": 300,
    "pairs": 0,
    "rules": [{"target": "/id", "confidence": 0.93, "evidence": [], "alternatives": []}],
}
PROPOSAL: Json = {
    **SUMMARY,
    "adapter": ADAPTER_DOCUMENT,
    "verification": VERIFICATION,
    "provenance": {},
    "diff": DIFF,
    "decisions": [],
}
PROPOSAL_PAGE: Json = {"items": [SUMMARY], "next_cursor": None}
REPORTED: Json = {"version": VERSION, "is_new": True, "change": CHANGE, "proposals": [SUMMARY]}
TRIED: Json = {"output": {"id": "A-1", "cents": 1250}, "violations": [], "refused": None}
ADAPTER_SUMMARY: Json = {
    "id": _ADAPTER_ID,
    "source": "orders",
    "version": 2,
    "consumer": "billing",
    "fingerprint": _SHA,
    "state": "active",
    "proposal": _PROPOSAL_ID,
    "created_at": _AT,
}
ADAPTER: Json = {**ADAPTER_SUMMARY, "document": ADAPTER_DOCUMENT}
ADAPTER_LIST: Json = {"items": [ADAPTER_SUMMARY]}
APPROVED: Json = {"proposal": {**SUMMARY, "state": "approved"}, "adapter": ADAPTER_SUMMARY}
EXPORT: Json = {
    "language": "jq",
    "program": "# The adapter orders-to-billing …\n",
    "checked": "agrees",
    "detail": "checked in jq on 100 generated payloads: 98 agreed, 2 refused",
    "marks": ["/rules/2: text: a number that is 1.0, read or computed, is printed as 1"],
}
PROGRAM = "// The adapter orders-to-billing …\nexport const adapt = (() => { … })();\n"
EXPLANATION: Json = {
    "target": "/cents",
    "is_present": True,
    "value": 1250,
    "steps": [
        {
            "rule": "/rules/1",
            "text": "scale(src.total, 2)",
            "reads": [{"path": "/total", "value": 12.5}],
        }
    ],
}
CAN_ADAPT: Json = {
    "source": "orders",
    "version": "2",
    "consumers": [
        {
            "consumer": "billing",
            "status": "tested",
            "reason": "the active adapter was tested and approved",
        }
    ],
}
READY: Json = {
    "status": "ok",
    "checks": [{"name": "ledger", "is_ok": True, "detail": "reads and writes"}],
}
PROBLEM: Json = {
    "type": "urn:driftmend:problem:conflict",
    "title": "The move is not legal now",
    "status": 409,
    "detail": "proposal prp-91af: is approved, so it cannot become rejected",
    "instance": "/v1/proposals/prp-91af/reject",
    "request_id": "6f1c0b",
    "where": "proposal prp-91af",
    "found": "is approved, so it cannot become rejected",
    "help": "from approved it can become superseded",
}
