"""One story through the HTTP face: orders change their shape, billing keeps its contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from agent.pipeline.service import Service

OLD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "order_id": {"type": "string"},
        "total": {"type": "number"},
        "note": {"type": "string", "description": "Free text"},
    },
    "required": ["order_id", "total"],
}
NEW: dict[str, Any] = {
    "type": "object",
    "properties": {
        "orderId": {"type": "string"},
        "total": {"type": "number"},
        "note": {"type": "string", "description": "Free text"},
    },
    "required": ["orderId", "total"],
}
CONTRACT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "total": {"type": "number"},
        "note": {"type": "string"},
    },
    "required": ["id", "total"],
}
OLD_PAYLOAD = {"order_id": "A-1", "total": 12.5}
NEW_PAYLOAD = {"orderId": "A-1", "total": 12.5}
OUTPUT = {"id": "A-1", "total": 12.5}

ADAPTER: dict[str, Any] = {
    "driftmend_adapter": 1,
    "name": "orders-to-billing",
    "source": "orders",
    "source_fingerprints": [],
    "source_schema": OLD,
    "consumer": "billing",
    "contract_fingerprint": "",
    "contract": CONTRACT,
    "rules": [
        {"target": "/id", "value": "src.order_id"},
        {"target": "/total", "value": "src.total"},
        {"target": "/note", "value": "src.note"},
    ],
}
NEW_ADAPTER = {
    **ADAPTER,
    "source_schema": NEW,
    "rules": [{"target": "/id", "value": "src.orderId"}, *ADAPTER["rules"][1:]],
}
BREAKING_ADAPTER = {
    **ADAPTER,
    "rules": [
        {"target": "/id", "value": "src.order_id"},
        {"target": "/total", "value": "src.total if src.total >= 0 else 'negative'"},
    ],
}


@dataclass
class Story:
    """Tells the story up to a point. Every method returns what the call answered."""

    client: TestClient
    service: Service

    def registered(self) -> Story:
        """Register the source with its first version, and the contract."""
        assert self.client.put("/v1/sources/orders", json={}).status_code == 201
        answer = self.client.put("/v1/consumers/billing/contracts/orders", json=CONTRACT)
        assert answer.status_code == 200, answer.text
        answer = self.report(OLD)
        assert answer.status_code == 201, answer.text
        return self

    def report(self, schema: dict[str, Any], **headers: str) -> Any:
        """Report a schema version."""
        url = "/v1/sources/orders/versions"
        return self.client.post(url, json={"schema": schema}, headers=headers)

    def imported(self, adapter: dict[str, Any] = ADAPTER) -> dict[str, Any]:
        """Import an adapter and return its proposal."""
        answer = self.client.post("/v1/adapters", json=adapter)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def approved(self, adapter: dict[str, Any] = ADAPTER) -> dict[str, Any]:
        """Import and approve an adapter; return the adapter that serves."""
        return dict(self.decide(self.imported(adapter)["id"], "approve").json()["adapter"])

    def decide(self, id: str, kind: str, **more: Any) -> Any:
        """Decide about a proposal."""
        body = {"by": "mira", "reason": "checked", **more}
        return self.client.post(f"/v1/proposals/{id}/{kind}", json=body)

    def changed(self) -> dict[str, Any]:
        """Report the new version, draft its proposal, and return it whole."""
        answer = self.report(NEW)
        assert answer.status_code == 202, answer.text
        while self.service.work_once():
            pass
        return self.proposal(answer.json()["proposals"][0]["id"])

    def proposal(self, id: str) -> dict[str, Any]:
        """Return one proposal whole."""
        answer = self.client.get(f"/v1/proposals/{id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())


def problem(answer: Any) -> dict[str, Any]:
    """Return the problem document of an answer, after checking its shape (RFC 9457)."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["type"].startswith("urn:driftmend:problem:")
    assert document["title"]
    assert document["detail"]
    assert document["instance"].startswith("/")
    assert document["request_id"] == answer.headers["x-request-id"]
    assert "Traceback" not in answer.text
    return dict(document)
