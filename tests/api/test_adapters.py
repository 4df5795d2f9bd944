from __future__ import annotations

import json

import pytest

from tests.api.story import ADAPTER, NEW, NEW_ADAPTER, OLD_PAYLOAD, Story, problem


def test_import__bare_or_wrapped__becomes_a_verified_proposal(story: Story) -> None:
    """A hand-written adapter is verified and waits for a decision like any other."""
    story.registered()
    bare = story.client.post("/v1/adapters?version=1&by=ana", json=ADAPTER)
    wrapped = story.client.post(
        "/v1/adapters", json={"adapter": ADAPTER, "version": 1, "by": "ana"}
    )
    for answer in (bare, wrapped):
        assert answer.status_code == 201, answer.text
        assert answer.json()["state"] == "pending"
        assert answer.json()["author"] == "ana"
        assert answer.headers["location"] == f"/v1/proposals/{answer.json()['id']}"


def test_import__the_same_key_again__makes_one_proposal(story: Story) -> None:
    """A retry makes no second proposal."""
    story.registered()
    headers = {"Idempotency-Key": "i-1"}
    first = story.client.post("/v1/adapters", json=ADAPTER, headers=headers)
    second = story.client.post("/v1/adapters", json=ADAPTER, headers=headers)
    assert second.json() == first.json()
    assert len(story.client.get("/v1/proposals").json()["items"]) == 1


def test_import__a_key_that_named_another_call__is_refused(story: Story) -> None:
    """A key belongs to one request to one address."""
    story.registered()
    headers = {"Idempotency-Key": "i-1"}
    assert story.report(NEW, **headers).status_code == 202
    answer = story.client.post("/v1/adapters", json=ADAPTER, headers=headers)
    assert answer.status_code == 422
    problem(answer)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"driftmend_adapter": 2}, 422),
        ({"rules": [{"target": "/id", "value": "import os"}]}, 422),
        ({"rules": [{"target": "/id", "value": "nope(src.a)"}]}, 422),
        ({"surprise": 1}, 422),
        ({"source": "nobody"}, 404),
        ({"consumer": "nobody"}, 404),
    ],
)
def test_import__what_is_no_adapter__is_refused(
    story: Story, change: dict[str, object], status: int
) -> None:
    """An adapter outside the language, or for what nobody knows, makes no proposal."""
    story.registered()
    answer = story.client.post("/v1/adapters", json={**ADAPTER, **change})
    assert answer.status_code == status, answer.text
    problem(answer)
    assert story.client.get("/v1/proposals").json()["items"] == []


def test_import__a_bad_expression__tells_its_position(story: Story) -> None:
    """An editor can point at the place."""
    rules = [{"target": "/id", "value": "src.order_id + nope"}]
    answer = story.registered().client.post("/v1/adapters", json={**ADAPTER, "rules": rules})
    told = problem(answer)
    assert told["position"] == 15
    assert "/rules/0" in told["where"]


@pytest.mark.parametrize("version", ["0", "-1", "x", "99"])
def test_import__for_a_version_that_is_not_there__is_refused(story: Story, version: str) -> None:
    """An adapter is for a version on record."""
    answer = story.registered().client.post(f"/v1/adapters?version={version}", json=ADAPTER)
    assert answer.status_code in {404, 422}
    problem(answer)


def test_adapters__approved__are_listed_and_read(story: Story) -> None:
    """An approved adapter can be found and read with its document."""
    served = story.registered().approved()
    listed = story.client.get("/v1/adapters?source=orders").json()["items"]
    assert listed == [served]
    whole = story.client.get(f"/v1/adapters/{served['id']}").json()
    assert whole["document"]["rules"][0]["target"] == "/id"
    assert story.client.get("/v1/adapters?source=other").json()["items"] == []


def test_adapter__unknown__is_404(story: Story) -> None:
    """An adapter that is not there is a problem document."""
    answer = story.client.get("/v1/adapters/nope")
    assert answer.status_code == 404
    problem(answer)


def test_explain__a_target__names_rule_and_reads(story: Story) -> None:
    """A caller learns which rule and which source path made a value, by GET and by POST alike."""
    served = story.registered().approved()
    url = f"/v1/adapters/{served['id']}/explain"
    asked = {"payload": json.dumps(OLD_PAYLOAD), "target": "/id"}
    got = story.client.get(url, params=asked)
    posted = story.client.post(url, json={"payload": OLD_PAYLOAD, "target": "/id"})
    assert got.status_code == 200, got.text
    assert got.json() == posted.json()
    assert got.json()["value"] == "A-1"
    step = got.json()["steps"][0]
    assert step["rule"] == "/rules/0"
    assert {"path": "/order_id", "value": "A-1"} in step["reads"]


def test_explain__a_target_that_nothing_wrote__is_not_present(story: Story) -> None:
    """A field that stayed absent is told apart from null."""
    served = story.registered().approved()
    url = f"/v1/adapters/{served['id']}/explain"
    answer = story.client.post(url, json={"payload": OLD_PAYLOAD, "target": "/note"})
    assert (answer.json()["is_present"], answer.json()["value"]) == (False, None)


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"target": "/id"}, 422),
        ({"payload": "{", "target": "/id"}, 400),
        ({"payload": "x" * 17_000}, 422),
    ],
)
def test_explain__an_unusable_question__is_a_problem(
    story: Story, params: dict[str, str], status: int
) -> None:
    """A question without a readable payload cannot be answered."""
    served = story.registered().approved()
    answer = story.client.get(f"/v1/adapters/{served['id']}/explain", params=params)
    assert answer.status_code == status
    problem(answer)


def test_explain__a_target_that_is_no_pointer__is_a_problem(story: Story) -> None:
    """A target is a JSON Pointer."""
    served = story.registered().approved()
    params = {"payload": json.dumps(OLD_PAYLOAD), "target": "id"}
    answer = story.client.get(f"/v1/adapters/{served['id']}/explain", params=params)
    assert answer.status_code in {400, 422}
    problem(answer)


def test_can_adapt__before_and_after_approval__says_so_with_a_reason(story: Story) -> None:
    """For every consumer there is a status and a reason in words."""
    story.registered()
    url = "/v1/can-adapt?source=orders&version=1"
    before = story.client.get(url).json()["consumers"]
    assert [(one["consumer"], one["status"]) for one in before] == [("billing", "none")]
    assert before[0]["reason"]
    story.approved()
    after = story.client.get(url).json()["consumers"]
    assert [(one["consumer"], one["status"]) for one in after] == [("billing", "proved")]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("source=orders", 422),
        ("version=1", 422),
        ("source=orders&version=9", 404),
        ("source=orders&version=x", 404),
        ("source=nobody&version=1", 404),
    ],
)
def test_can_adapt__an_unusable_question__is_a_problem(
    story: Story, query: str, status: int
) -> None:
    """Only a known version of a known source can be asked about."""
    answer = story.registered().client.get(f"/v1/can-adapt?{query}")
    assert answer.status_code == status
    problem(answer)


def test_import__for_a_newer_version__is_decided_on_its_own(story: Story) -> None:
    """Adapters of two versions serve side by side."""
    story.registered().approved()
    story.report(NEW)
    served = story.approved(NEW_ADAPTER)
    assert served["version"] == 2
    assert len(story.client.get("/v1/adapters").json()["items"]) == 2
