from __future__ import annotations

import hashlib
import json

import pytest

from tests.api.story import (
    ADAPTER,
    CONTRACT,
    NEW,
    NEW_ADAPTER,
    NEW_PAYLOAD,
    OLD_PAYLOAD,
    OUTPUT,
    Story,
    problem,
)

URL = "/v1/adapt/orders/1/billing"


def test_adapt__an_approved_adapter__gives_the_contract_shape(story: Story) -> None:
    """Bytes of the source's shape go in, bytes of the contract's shape come out."""
    story.registered().approved()
    answer = story.client.post(URL, json=OLD_PAYLOAD)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == OUTPUT
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_adapt__auto__finds_the_version_by_shape(story: Story) -> None:
    """A caller who does not know the version gets the one adapter that fits."""
    story.registered().approved()
    story.report(NEW)
    story.approved(NEW_ADAPTER)
    for payload in (OLD_PAYLOAD, NEW_PAYLOAD):
        assert story.client.post("/v1/adapt/orders/auto/billing", json=payload).json() == OUTPUT


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (URL, NEW_PAYLOAD, 422),
        (URL, [], 422),
        ("/v1/adapt/orders/2/billing", OLD_PAYLOAD, 404),
        ("/v1/adapt/orders/1/nobody", OLD_PAYLOAD, 404),
        ("/v1/adapt/nobody/1/billing", OLD_PAYLOAD, 404),
        ("/v1/adapt/nobody/auto/billing", OLD_PAYLOAD, 404),
        ("/v1/adapt/orders/auto/billing", {"x": 1}, 404),
        ("/v1/adapt/orders/01x/billing", OLD_PAYLOAD, 404),
        ("/v1/adapt/orders/%00/billing", OLD_PAYLOAD, 404),
        ("/v1/adapt/orders/1", OLD_PAYLOAD, 404),
        ("/v1/adapt/orders/1/billing/more", OLD_PAYLOAD, 404),
        ("/v1/adapt/orders/1/billing/batch/more", OLD_PAYLOAD, 404),
        ("/v1/adapt/orders//billing", OLD_PAYLOAD, 404),
        ("/v1/adapt/", OLD_PAYLOAD, 404),
    ],
)
def test_adapt__nothing_that_fits__fails_closed(
    story: Story, path: str, body: object, status: int
) -> None:
    """Without an adapter for exactly this, nothing passes through."""
    story.registered().approved()
    answer = story.client.post(path, json=body)
    assert answer.status_code == status, answer.text
    problem(answer)


def test_adapt__a_refused_payload__names_the_place(story: Story) -> None:
    """A caller learns which part of the payload was refused and why."""
    story.registered().approved()
    told = problem(story.client.post(URL, json={"order_id": "A-1", "total": "12"}))
    assert told["source"] == "/total"
    assert told["reason"]


HIDDEN = hashlib.sha256(b"Z-1138").hexdigest()
"""No search finds the one payload on which this adapter breaks its contract."""

RARELY_BREAKING = {
    **ADAPTER,
    "rules": [
        {"target": "/id", "value": "src.order_id"},
        {"target": "/total", "value": f"'no' if sha256(src.order_id) == '{HIDDEN}' else src.total"},
    ],
}


def test_adapt__an_output_that_breaks_the_contract__is_not_served(story: Story) -> None:
    """What verification could not find is caught when it happens, alone and in a batch."""
    story.registered().approved(RARELY_BREAKING)
    bad = {"order_id": "Z-1138", "total": 1}
    told = problem(story.client.post(URL, json=bad))
    assert told["status"] == 500
    body = b"\n".join(json.dumps(one).encode() for one in (OLD_PAYLOAD, bad, OLD_PAYLOAD))
    lines = story.client.post(f"{URL}/batch", content=body).text.splitlines()
    assert [json.loads(line) for line in lines][::2] == [OUTPUT, OUTPUT]
    assert json.loads(lines[1])["error"]["status"] == 500


def test_adapt__a_repeated_key__takes_the_last(story: Story) -> None:
    """The typed decoder reads as most readers do; what comes out fits the contract either way."""
    story.registered().approved()
    body = b'{"order_id": "A-1", "total": 1, "total": 12.5}'
    assert story.client.post(URL, content=body).json() == OUTPUT


@pytest.mark.parametrize("body", [b"", b"{", b"a: 1", b'{"total": NaN}', b"\xff"])
def test_adapt__what_is_not_json__is_400(story: Story, body: bytes) -> None:
    """The live path takes strict JSON and nothing else."""
    story.registered().approved()
    answer = story.client.post(URL, content=body)
    assert answer.status_code == 400
    problem(answer)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", [URL, f"{URL}/batch"])
def test_adapt__another_method__is_405(story: Story, method: str, path: str) -> None:
    """Payloads are posted."""
    answer = story.client.request(method, path)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"
    problem(answer)


def test_batch__a_bad_line__is_an_error_line_with_its_number(story: Story) -> None:
    """One bad line is answered where it stands, and the rest goes on."""
    story.registered().approved()
    good = json.dumps(OLD_PAYLOAD)
    body = "\n".join([good, "{", "", json.dumps(NEW_PAYLOAD), good])
    answer = story.client.post(f"{URL}/batch", content=body.encode())
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [lines[0], lines[3]] == [OUTPUT, OUTPUT]
    assert [line["error"]["line"] for line in lines[1:3]] == [2, 4]
    assert [line["error"]["status"] for line in lines[1:3]] == [400, 422]
    assert len(lines) == 4


@pytest.mark.parametrize("body", [b"", b"\n\n"])
def test_batch__no_lines__is_an_empty_answer(story: Story, body: bytes) -> None:
    """Nothing in, nothing out."""
    story.registered().approved()
    answer = story.client.post(f"{URL}/batch", content=body)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize(
    "path", ["/v1/adapt/orders/1/billing/batch", "/v1/adapt/nobody/auto/billing/batch"]
)
def test_batch__without_an_adapter__is_404_as_a_whole(story: Story, path: str) -> None:
    """A batch that cannot work is refused before the first line, also when it is empty."""
    story.registered()
    answer = story.client.post(path, content=b"")
    assert answer.status_code == 404
    problem(answer)


def test_batch__auto__decides_line_by_line(story: Story) -> None:
    """Under auto each line finds its own version, and one that fits none is an error line."""
    story.registered().approved()
    story.report(NEW)
    story.approved(NEW_ADAPTER)
    body = b"".join(json.dumps(one).encode() + b"\n" for one in ({}, OLD_PAYLOAD, NEW_PAYLOAD))
    answer = story.client.post("/v1/adapt/orders/auto/billing/batch", content=body)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines[0]["error"]["status"] == 404
    assert lines[1:] == [OUTPUT, OUTPUT]


def test_adapt__an_output_that_breaks_an_invariant__is_not_served(story: Story) -> None:
    """Every output is judged by the contract's invariants before it leaves."""
    story.registered()
    body = {"schema": CONTRACT, "invariants": [{"expression": "id != 'withdrawn-77'"}]}
    story.client.put("/v1/consumers/billing/contracts/orders", json=body)
    story.approved()
    url = "/v1/adapt/orders/1/billing"
    assert story.client.post(url, json={"order_id": "A-1", "total": 1}).status_code == 200
    answer = story.client.post(url, json={"order_id": "withdrawn-77", "total": 1})
    assert answer.status_code == 500
    assert "withdrawn-77' does not hold" in problem(answer)["detail"]


def test_approve__an_invariant_added_since__is_refused(story: Story) -> None:
    """Approval is bound to the contract with its invariants."""
    story.registered()
    proposal = story.imported()
    body = {"schema": CONTRACT, "invariants": [{"expression": "id != 'withdrawn-77'"}]}
    story.client.put("/v1/consumers/billing/contracts/orders", json=body)
    assert story.decide(proposal["id"], "approve").status_code == 409
