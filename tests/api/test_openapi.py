from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import bodies, examples
from tests.api.story import Story, problem

CALLS = {
    ("put", "/v1/sources/{source}"),
    ("post", "/v1/sources/{source}/versions"),
    ("put", "/v1/consumers/{consumer}/contracts/{source}"),
    ("get", "/v1/changes/{id}"),
    ("get", "/v1/proposals"),
    ("get", "/v1/proposals/{id}"),
    ("patch", "/v1/proposals/{id}/rules"),
    ("post", "/v1/proposals/{id}/try"),
    ("post", "/v1/proposals/{id}/approve"),
    ("post", "/v1/proposals/{id}/reject"),
    ("post", "/v1/proposals/{id}/request-changes"),
    ("post", "/v1/adapters"),
    ("get", "/v1/adapters"),
    ("get", "/v1/adapters/{id}"),
    ("get", "/v1/adapters/{id}/explain"),
    ("post", "/v1/adapters/{id}/explain"),
    ("get", "/v1/adapters/{id}/export/{language}"),
    ("get", "/v1/can-adapt"),
    ("post", "/v1/adapt/{source}/{version}/{consumer}"),
    ("post", "/v1/adapt/{source}/{version}/{consumer}/batch"),
    ("get", "/healthz"),
    ("get", "/readyz"),
}


def references(node: Any) -> set[str]:
    """Return every `$ref` below a node."""
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(references(value) for value in node.values()))
    if isinstance(node, list):
        return set().union(*(references(value) for value in node))
    return set()


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    """Return the OpenAPI document as it is served."""
    answer = client.get("/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


def test_openapi__the_calls__are_exactly_those_of_the_design(document: dict[str, Any]) -> None:
    """Every call is documented, and no call exists that is not meant to."""
    found = {(method, path) for path, item in document["paths"].items() for method in item}
    assert found == CALLS
    assert document["info"]["title"] == "Driftmend"
    assert document["openapi"].startswith("3.1")


def test_openapi__every_reference__leads_somewhere(document: dict[str, Any]) -> None:
    """A client generator finds every schema that is named."""
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document["paths"])) <= known
    assert {ref for ref in references(document["components"]) if ref.startswith("#/comp")} <= known


def test_openapi__every_call__documents_its_problems_and_its_body(document: dict[str, Any]) -> None:
    """A caller reads which problems can come, and what a writing call takes."""
    for path, item in document["paths"].items():
        for method, call in item.items():
            if path == "/healthz":
                continue
            assert "application/problem+json" in call["responses"]["503"]["content"], path
            if method in {"put", "patch", "post"}:
                assert call["requestBody"]["content"], path
            assert "HTTPValidationError" not in json.dumps(call)


def test_openapi__every_body_of_a_call__has_an_example(document: dict[str, Any]) -> None:
    """Documentation shows what a call looks like."""
    for path, item in document["paths"].items():
        for call in item.values():
            for status, response in call["responses"].items():
                if not status.startswith("2"):
                    continue
                for content in response["content"].values():
                    name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
                    schema = document["components"]["schemas"].get(name, {})
                    assert "example" in content or schema.get("examples"), (path, status)


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, model in vars(bodies).items()
        if isinstance(model, type)
        and issubclass(model, bodies.BaseModel)
        and "examples" in (model.model_config.get("json_schema_extra") or {})
    ],
)
def test_examples__every_one__is_a_valid_body(name: str) -> None:
    """An example that could not be sent or received would mislead."""
    model = getattr(bodies, name)
    for example in model.model_config["json_schema_extra"]["examples"]:
        model.model_validate(example)


def test_examples__the_rules__are_in_the_language(story: Story) -> None:
    """The adapter that the documentation shows can be imported and approved."""
    story.client.put("/v1/sources/orders", json=examples.PUT_SOURCE)
    story.client.put("/v1/consumers/billing/contracts/orders", json=examples.PUT_CONTRACT)
    assert story.client.post("/v1/sources/orders/versions", json=examples.REPORT_VERSION).is_success
    answer = story.client.post("/v1/adapters", json={"adapter": examples.ADAPTER_DOCUMENT})
    assert answer.status_code == 201, answer.text
    tried = story.client.post(f"/v1/proposals/{answer.json()['id']}/try", json=examples.TRY_PAYLOAD)
    assert tried.json() == examples.TRIED


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/nothing", 404),
        ("GET", "/nothing", 404),
        ("DELETE", "/v1/proposals", 405),
        ("GET", "/v1/sources/orders/versions", 405),
        ("GET", "/docs", 404),
        ("GET", "/metrics", 404),
        ("GET", "/static/../app.py", 404),
        ("GET", "/static/%2e%2e/app.py", 404),
    ],
)
def test_any_address__unknown__is_a_problem(
    client: TestClient, method: str, path: str, status: int
) -> None:
    """The framework's own errors are problem documents too."""
    answer = client.request(method, path)
    assert answer.status_code == status
    problem(answer)


def test_health__up_and_ready__are_200(client: TestClient) -> None:
    """A supervisor learns that the process is up and that its parts answer."""
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200, ready.text
    assert {check["name"] for check in ready.json()["checks"]} >= {"ledger"}
