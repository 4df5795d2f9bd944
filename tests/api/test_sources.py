from __future__ import annotations

import json

import pytest

from tests.api.story import CONTRACT, NEW, OLD, OLD_PAYLOAD, Story, problem

YAML_SCHEMA = """
type: object
properties:
  order_id: {type: string}
  total: {type: number}
  note: {type: string}
required: [order_id, total]
"""
OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {},
    "components": {"schemas": {"Order": OLD}},
}


def test_put_source__new_then_known__is_201_then_200(story: Story) -> None:
    """Registering is idempotent, and says whether it was the first time."""
    first = story.client.put("/v1/sources/orders", json={"description": "a"})
    second = story.client.put("/v1/sources/orders", json={"description": "b"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["description"] == "b"


def test_put_source__without_a_body__registers_it(story: Story) -> None:
    """A name is enough."""
    assert story.client.put("/v1/sources/orders").status_code == 201


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"descripton": "x"}, "/descripton"),
        ({"description": 1}, "/description"),
        ({"by": ""}, "/by"),
        ({"description": "\x00"}, "/description"),
        ([], ""),
    ],
)
def test_put_source__an_unusable_body__is_422_with_the_place(
    story: Story, body: object, where: str
) -> None:
    """Unknown fields and wrong types are named by JSON Pointer; nothing is coerced."""
    answer = story.client.put("/v1/sources/orders", json=body)
    assert answer.status_code == 422
    assert problem(answer)["errors"][0]["where"] == where


@pytest.mark.parametrize("name", ["%00", "a%0Ab", "x" * 300, "%20"])
def test_put_source__an_unusable_name__is_refused(story: Story, name: str) -> None:
    """No store ever sees a name with control characters or without end."""
    answer = story.client.put(f"/v1/sources/{name}", json={})
    assert answer.status_code in {400, 422}
    problem(answer)


def test_report__the_first_version__is_201_without_a_change(story: Story) -> None:
    """There is nothing to compare a first version with."""
    story.client.put("/v1/sources/orders", json={})
    answer = story.report(OLD)
    assert answer.status_code == 201
    assert answer.json()["change"] is None
    assert answer.json()["is_new"] is True
    assert answer.json()["version"]["number"] == 1


def test_report__the_same_version_again__is_201_and_not_new(story: Story) -> None:
    """Key order and titles make no new version."""
    story.registered()
    answer = story.report({**dict(reversed(OLD.items())), "title": "Order"})
    assert answer.status_code == 201
    assert answer.json()["is_new"] is False


def test_report__a_changed_version__is_202_with_change_and_proposals(story: Story) -> None:
    """A change is answered at once; its proposals are drafted afterwards."""
    answer = story.registered().report(NEW)
    assert answer.status_code == 202
    told = answer.json()
    assert [one["consumer"] for one in told["proposals"]] == ["billing"]
    assert told["proposals"][0]["state"] == "drafting"
    assert answer.headers["location"] == f"/v1/changes/{told['change']['id']}"
    change = story.client.get(answer.headers["location"])
    assert change.status_code == 200
    assert change.json()["diff"]["changes"]


@pytest.mark.parametrize("media_type", ["application/yaml", "text/yaml", "application/json", ""])
def test_report__a_bare_schema_as_yaml__is_read(story: Story, media_type: str) -> None:
    """The schema itself may be the body, as YAML too."""
    story.registered()
    headers = {"Content-Type": media_type} if media_type else {}
    url = "/v1/sources/orders/versions"
    answer = story.client.post(url, content=YAML_SCHEMA.encode(), headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["is_new"] is False


def test_report__a_component_of_an_openapi_document__is_picked_by_pointer(story: Story) -> None:
    """An OpenAPI document is reported whole, with the component's pointer in the query."""
    story.registered()
    url = "/v1/sources/orders/versions?pointer=/components/schemas/Order"
    answer = story.client.post(url, json=OPENAPI)
    assert answer.status_code == 201, answer.text
    assert answer.json()["is_new"] is False
    wrapped = {"schema": OPENAPI, "pointer": "/components/schemas/Order"}
    answer = story.client.post("/v1/sources/orders/versions", json=wrapped)
    assert answer.json()["is_new"] is False


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"a": 1, "a": 2}', 400),
        (b'{"const": NaN}', 400),
        (b"\xff\xfe\xff", 400),
        (b"a: &x [*x]", 400),
        (b"3", 422),
        (b'"text"', 422),
        (b"[]", 422),
        (b'{"type": "strin"}', 422),
        (b'{"$ref": "#/$defs/nowhere"}', 422),
        (b'{"$ref": "http://127.0.0.1:9/x.json"}', 422),
        (b'{"$ref": "file:///etc/passwd"}', 422),
        (b'{"schema": {}, "sample": []}', 422),
        (b'{"schema": {"type": "object"}, "samples": [1]}', 422),
        (json.dumps(OPENAPI).encode(), 422),
        (b'{"type": ' + b"[" * 200_000, 400),
    ],
)
def test_report__what_is_no_schema__is_refused_with_its_place(
    story: Story, content: bytes, status: int
) -> None:
    """Each unusable body gets one clear problem, and nothing is recorded."""
    story.registered()
    answer = story.client.post("/v1/sources/orders/versions", content=content)
    assert answer.status_code == status, answer.text
    problem(answer)
    assert len(story.service.ledger.versions("orders")) == 1


def test_report__an_unknown_source__is_404(story: Story) -> None:
    """A version belongs to a registered source."""
    answer = story.report(OLD)
    assert answer.status_code == 404
    problem(answer)


@pytest.mark.parametrize("is_chunked", [False, True])
def test_report__over_the_cap__is_413(story: Story, is_chunked: bool) -> None:
    """A body over 1 MB is refused, whether or not it says its length."""
    big = b'{"description": "' + b"x" * 1_100_000 + b'"}'
    content = iter([big]) if is_chunked else big
    answer = story.client.post("/v1/sources/orders/versions", content=content)
    assert answer.status_code == 413
    problem(answer)


def test_report__the_same_key_again__replays_the_first_answer(story: Story) -> None:
    """A retry with the same idempotency key changes nothing and gets the same answer."""
    story.registered()
    headers = {"Idempotency-Key": "k-1"}
    first, second = story.report(NEW, **headers), story.report(NEW, **headers)
    assert (first.status_code, second.status_code) == (202, 202)
    assert second.json() == first.json()
    assert second.headers["location"] == first.headers["location"]
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


def test_report__the_same_key_with_another_body__is_refused(story: Story) -> None:
    """A key names one request; reusing it is a mistake that must be seen."""
    story.registered()
    headers = {"Idempotency-Key": "k-1"}
    assert story.report(NEW, **headers).status_code == 202
    answer = story.report({**NEW, "minProperties": 3}, **headers)
    assert answer.status_code == 422
    assert problem(answer)["type"].endswith("idempotency-key-reused")
    assert len(story.service.ledger.versions("orders")) == 2


def test_report__a_failed_request_with_a_key__may_be_mended_and_sent_again(story: Story) -> None:
    """Only answers are kept, no errors."""
    headers = {"Idempotency-Key": "k-1"}
    assert story.report(OLD, **headers).status_code == 404
    story.registered()
    assert story.report(NEW, **headers).status_code == 202


@pytest.mark.parametrize("key", ["", "x" * 201, "a b", "ä"])
def test_report__an_unusable_key__is_400(story: Story, key: str) -> None:
    """A key is 1 to 200 printable ASCII characters."""
    story.registered()
    url = "/v1/sources/orders/versions"
    headers = {"Idempotency-Key": key.encode("latin-1")}
    answer = story.client.post(url, json=NEW, headers=headers)
    assert answer.status_code == 400
    problem(answer)


def test_put_contract__again__is_the_same_contract(story: Story) -> None:
    """The same contract twice is one contract."""
    story.registered()
    url = "/v1/consumers/billing/contracts/orders"
    wrapped = {"schema": CONTRACT, "by": "mira"}
    assert story.client.put(url, json=wrapped).json()["number"] == 1


def test_put_contract__an_example_that_breaks_it__is_refused(story: Story) -> None:
    """A contract and its examples must agree."""
    story.registered()
    url = "/v1/consumers/billing/contracts/orders"
    answer = story.client.put(url, json={"schema": CONTRACT, "examples": [OLD_PAYLOAD]})
    assert answer.status_code in {400, 422}
    problem(answer)


def test_put_contract__for_an_unknown_source__is_404(story: Story) -> None:
    """A contract is about a registered source."""
    answer = story.client.put("/v1/consumers/billing/contracts/nobody", json=CONTRACT)
    assert answer.status_code == 404
    problem(answer)


@pytest.mark.parametrize(("path", "status"), [("/v1/changes/nope", 404), ("/v1/changes/%00", 422)])
def test_change__unknown__is_a_problem(story: Story, path: str, status: int) -> None:
    """An unknown id is 404, and one that cannot be an id is 422."""
    answer = story.client.get(path)
    assert answer.status_code == status
    problem(answer)


def test_put_contract__with_invariants__is_another_contract(story: Story) -> None:
    """Invariants are part of what is accepted, in the schema or beside it."""
    story.registered()
    url = "/v1/consumers/billing/contracts/orders"
    beside = {"schema": CONTRACT, "invariants": [{"expression": "total >= 0.0"}]}
    told = story.client.put(url, json=beside).json()
    assert told["number"] == 2
    inside = {**CONTRACT, "x-driftmend-invariants": ["total >= 0.0"]}
    assert story.client.put(url, json=inside).json()["fingerprint"] == told["fingerprint"]


def test_put_contract__an_invariant_that_is_no_cel__is_refused(story: Story) -> None:
    """The problem names the item and the column."""
    story.registered()
    url = "/v1/consumers/billing/contracts/orders"
    body = {"schema": CONTRACT, "invariants": [{"expression": "total >="}]}
    answer = story.client.put(url, json=body)
    assert answer.status_code == 422
    assert "/x-driftmend-invariants /0" in problem(answer)["detail"]
