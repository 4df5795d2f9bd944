from __future__ import annotations

import pytest

from tests.api.story import BREAKING_ADAPTER, NEW_PAYLOAD, OLD_PAYLOAD, OUTPUT, Story, problem


def test_queue__no_proposals__is_an_empty_last_page(story: Story) -> None:
    """An empty queue is a page like any other."""
    assert story.client.get("/v1/proposals").json() == {"items": [], "next_cursor": None}


def test_queue__by_pages__gives_every_proposal_once(story: Story) -> None:
    """Following the cursors walks the whole queue, newest first."""
    story.registered()
    made = [story.imported()["id"] for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = story.client.get(
            f"/v1/proposals?limit=2&cursor={cursor}" if cursor else "/v1/proposals?limit=2"
        ).json()
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert sorted(seen) == sorted(made)
    assert len(seen) == 5
    assert seen[0] == made[-1]


def test_queue__by_state__holds_only_that_state(story: Story) -> None:
    """The queue of one state is what a reviewer works through."""
    story.registered()
    story.imported()
    blocked = story.imported(BREAKING_ADAPTER)
    page = story.client.get("/v1/proposals?state=blocked").json()
    assert [one["id"] for one in page["items"]] == [blocked["id"]]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("state=nope", 422),
        ("limit=0", 422),
        ("limit=501", 422),
        ("limit=x", 422),
        ("cursor=%00", 422),
        ("cursor=unknown", 404),
    ],
)
def test_queue__an_unusable_question__is_a_problem(story: Story, query: str, status: int) -> None:
    """A parameter outside its bounds is refused, not bent."""
    answer = story.client.get(f"/v1/proposals?{query}")
    assert answer.status_code == status
    problem(answer)


def test_proposal__drafted_from_a_change__has_diff_rules_and_verification(story: Story) -> None:
    """One call gives a reviewer everything about a proposal."""
    story.registered().approved()
    whole = story.changed()
    assert whole["state"] == "pending"
    assert whole["verdict"] == "proved"
    assert whole["diff"]["changes"]
    assert {rule["target"] for rule in whole["adapter"]["rules"]} >= {"/id", "/total"}
    assert whole["verification"]["rules"]
    assert whole["evidence_hash"].startswith("sha256:")
    assert whole["decisions"] == []


def test_proposal__unknown__is_404(story: Story) -> None:
    """A proposal that is not there is a problem document."""
    answer = story.client.get("/v1/proposals/nope")
    assert answer.status_code == 404
    problem(answer)


def test_amend__a_rule__is_verified_at_once(story: Story) -> None:
    """The answer to an amendment already has its verdict."""
    proposal = story.registered().imported(BREAKING_ADAPTER)
    assert proposal["state"] == "blocked"
    rules = [
        {"target": "/id", "value": "src.order_id"},
        {"target": "/total", "value": "src.total"},
    ]
    body = {"rules": rules, "by": "mira", "reason": "no text", "revision": proposal["revision"]}
    answer = story.client.patch(f"/v1/proposals/{proposal['id']}/rules", json=body)
    assert answer.status_code == 200, answer.text
    amended = answer.json()
    assert (amended["state"], amended["verdict"]) == ("pending", "proved")
    assert [one["kind"] for one in amended["decisions"]] == ["amend"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"revision": 99}, 409),
        ({"rules": [{"target": "/id", "value": "src.order_id +"}]}, 422),
        ({"rules": [{"target": "id", "value": "src.order_id"}]}, 422),
        ({"rules": [{"target": "/id", "valu": "src.order_id"}]}, 422),
        ({"rules": {}}, 422),
        ({"reason": " "}, 422),
        ({"by": None}, 422),
        ({"revision": True}, 422),
        ({"revision": "1"}, 422),
    ],
)
def test_amend__unusable_or_stale__changes_nothing(
    story: Story, change: dict[str, object], status: int
) -> None:
    """A table outside the language, or one for an older revision, is refused whole."""
    proposal = story.registered().imported()
    body = {"rules": [], "by": "mira", "reason": "r", "revision": proposal["revision"]} | change
    answer = story.client.patch(f"/v1/proposals/{proposal['id']}/rules", json=body)
    assert answer.status_code == status, answer.text
    problem(answer)
    assert story.proposal(proposal["id"])["revision"] == proposal["revision"]


def test_try__a_payload__gives_output_and_violations(story: Story) -> None:
    """A trial shows what would come out, and serves nothing."""
    proposal = story.registered().imported()
    url = f"/v1/proposals/{proposal['id']}/try"
    answer = story.client.post(url, json={"payload": OLD_PAYLOAD})
    assert answer.status_code == 200
    assert answer.json() == {"output": OUTPUT, "violations": [], "refused": None}
    assert story.client.post("/v1/adapt/orders/1/billing", json=OLD_PAYLOAD).status_code == 404


def test_try__a_breaking_output__names_the_clause(story: Story) -> None:
    """A violation says where the output is wrong and which clause of the contract says so."""
    proposal = story.registered().imported(BREAKING_ADAPTER)
    payload = {"order_id": "A", "total": -1}
    answer = story.client.post(f"/v1/proposals/{proposal['id']}/try", json={"payload": payload})
    violation = answer.json()["violations"][0]
    assert violation["path"] == "/total"
    assert violation["clause"].endswith("/type")


def test_try__a_payload_of_another_shape__is_refused(story: Story) -> None:
    """What does not fit the source schema is not tried."""
    proposal = story.registered().imported()
    url = f"/v1/proposals/{proposal['id']}/try"
    answer = story.client.post(url, json={"payload": NEW_PAYLOAD})
    assert answer.status_code == 422
    problem(answer)


def test_approve__a_pending_proposal__serves_from_now_on(story: Story) -> None:
    """The answer to an approval has the adapter that serves."""
    proposal = story.registered().imported()
    answer = story.decide(proposal["id"], "approve", revision=proposal["revision"])
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["proposal"]["state"] == "approved"
    assert told["adapter"]["state"] == "active"
    assert story.client.post("/v1/adapt/orders/1/billing", json=OLD_PAYLOAD).json() == OUTPUT
    assert story.proposal(proposal["id"])["decisions"][0]["reason"] == "checked"


@pytest.mark.parametrize("kind", ["approve", "reject", "request-changes"])
@pytest.mark.parametrize("stale", [{"revision": 0}, {"evidence_hash": "sha256:" + "0" * 64}])
def test_decide__on_what_is_stale__is_409_and_changes_nothing(
    story: Story, kind: str, stale: dict[str, object]
) -> None:
    """A decision counts only for what the reviewer saw."""
    proposal = story.registered().imported()
    answer = story.decide(proposal["id"], kind, **stale)
    assert answer.status_code == 409
    problem(answer)
    assert story.proposal(proposal["id"])["state"] == "pending"


@pytest.mark.parametrize("kind", ["approve", "reject", "request-changes"])
def test_decide__with_the_evidence_that_is_there__counts(story: Story, kind: str) -> None:
    """Naming the right revision and evidence is a decision."""
    proposal = story.registered().imported()
    answer = story.decide(
        proposal["id"],
        kind,
        revision=proposal["revision"],
        evidence_hash=proposal["evidence_hash"],
    )
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("kind", ["approve", "reject", "request-changes"])
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"by": "mira"},
        {"reason": "r"},
        {"by": "mira", "reason": "  "},
        {"by": "mira", "reason": "r", "force": True},
        {"by": "mira", "reason": "r", "revision": 1.0},
        {"by": "mi\x00ra", "reason": "r"},
    ],
)
def test_decide__without_name_or_reason__is_422(
    story: Story, kind: str, body: dict[str, object]
) -> None:
    """A decision has a name and a reason."""
    proposal = story.registered().imported()
    answer = story.client.post(f"/v1/proposals/{proposal['id']}/{kind}", json=body)
    assert answer.status_code == 422
    problem(answer)


def test_approve__a_refuted_proposal__is_409(story: Story) -> None:
    """What verification blocked, nobody can approve."""
    proposal = story.registered().imported(BREAKING_ADAPTER)
    answer = story.decide(proposal["id"], "approve")
    assert answer.status_code == 409
    assert "blocked" in problem(answer)["detail"]


def test_approve__twice__is_one_approval(story: Story) -> None:
    """The second approval is a conflict, and one adapter serves."""
    proposal = story.registered().imported()
    assert story.decide(proposal["id"], "approve").status_code == 200
    assert story.decide(proposal["id"], "approve").status_code == 409
    assert len(story.client.get("/v1/adapters").json()["items"]) == 1


def test_request_changes__a_pending_proposal__is_drafted_anew(story: Story) -> None:
    """Sending a proposal back puts it into the worker's queue."""
    story.registered().approved()
    whole = story.changed()
    answer = story.decide(whole["id"], "request-changes")
    assert answer.json()["state"] == "drafting"
    while story.service.work_once():
        pass
    assert story.proposal(whole["id"])["state"] == "pending"
